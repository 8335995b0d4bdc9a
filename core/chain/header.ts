// Header JSON → SCALE bytes → hash. RPC notifications carry no hash, and replies may be wrong: we hash.
import {
  badReply,
  parseArray,
  parseHex,
  parseObject,
  parseQuantity,
  parseString,
} from "../parse.ts";
import type { Header } from "../types.ts";
import { decodeDigest } from "./digest.ts";
import { compactHex } from "./scale.ts";

export function blake2(bytes: Uint8Array): Buffer {
  return new Bun.CryptoHasher("blake2b256").update(bytes).digest();
}

/** Parses a header object of `chain_getHeader`, `chain_getBlock` or a head subscription. */
export function parseHeader(value: unknown, path: string): Header {
  const json = parseObject(value, path);
  const number = parseQuantity(json["number"], `${path}.number`);
  const parentHash = parseHex(json["parentHash"], `${path}.parentHash`, 32);
  const stateRoot = parseHex(json["stateRoot"], `${path}.stateRoot`, 32);
  const extrinsicsRoot = parseHex(json["extrinsicsRoot"], `${path}.extrinsicsRoot`, 32);
  const digestJson = parseObject(json["digest"], `${path}.digest`);
  const logs = parseArray(digestJson["logs"], `${path}.digest.logs`).map((log) =>
    parseString(log, `${path}.digest.logs`),
  );
  const fields =
    parentHash.slice(2) + compactHex(number) + stateRoot.slice(2) + extrinsicsRoot.slice(2);
  return {
    number,
    hash: `0x${blake2(encode(fields, logs, path)).toString("hex")}`,
    parentHash,
    digest: decodeDigest(logs, `block ${number}`),
    // The seal is the last log; it signs all that comes before it.
    preHash: () => blake2(encode(fields, logs.slice(0, -1), path)),
  };
}

/** SCALE: parent hash ‖ Compact(number) ‖ state root ‖ extrinsics root ‖ Compact(#logs) ‖ logs. */
function encode(fields: string, logs: readonly string[], path: string): Buffer {
  let hex = fields + compactHex(logs.length);
  for (const log of logs) hex += log.slice(2);
  const bytes = Buffer.from(hex, "hex");
  // Buffer.from stops silently at the first character that is no hex digit.
  if (bytes.length * 2 !== hex.length) throw badReply(`${path}.digest.logs`, "0x hex", logs);
  return bytes;
}
