// Header JSON → SCALE bytes → hash. RPC notifications carry no hash, and replies may be wrong: we hash.
import { badReply, parseArray, parseHash, parseObject, parseQuantity } from "../parse.ts";
import type { Header } from "../types.ts";
import { decodeDigest } from "./digest.ts";
import { compactHex } from "./scale.ts";

/** Parses a header object of `chain_getHeader`, `chain_getBlock` or a head subscription. */
export function parseHeader(value: unknown, path: string): Header {
  const json = parseObject(value, path);
  const number = parseQuantity(json["number"], path);
  // A block number is a u32 here; a larger one would be cut silently in the encoding below.
  if (number > 0xffff_ffff) throw badReply(path, "a 32-bit block number", json["number"]);
  const parentHash = parseHash(json["parentHash"], path);
  const stateRoot = parseHash(json["stateRoot"], path);
  const extrinsicsRoot = parseHash(json["extrinsicsRoot"], path);
  const logs = parseLogs(parseObject(json["digest"], path)["logs"], path);
  const fields =
    parentHash.slice(2) + compactHex(number) + stateRoot.slice(2) + extrinsicsRoot.slice(2);
  return {
    number,
    hash: `0x${Bun.CryptoHasher.hash("blake2b256", encode(fields, logs, path), "hex")}`,
    parentHash,
    digest: decodeDigest(logs, `block ${number}`),
    // The seal is the last log; it signs all that comes before it.
    preHash: () => Bun.CryptoHasher.hash("blake2b256", encode(fields, logs.slice(0, -1), path)),
  };
}

function parseLogs(value: unknown, path: string): readonly string[] {
  const logs = parseArray(value, path);
  if (!logs.every(isHexText)) throw badReply(`${path}.digest.logs`, "0x hex", value);
  // Logs are told apart by their letters, and the same bytes may be written in others.
  return logs.map((log) => log.toLowerCase());
}

function isHexText(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("0x");
}

/** SCALE: parent hash ‖ Compact(number) ‖ state root ‖ extrinsics root ‖ Compact(#logs) ‖ logs. */
function encode(fields: string, logs: readonly string[], path: string): Uint8Array<ArrayBuffer> {
  let hex = fields + compactHex(logs.length);
  for (const log of logs) hex += log.slice(2);
  try {
    return Uint8Array.fromHex(hex);
  } catch {
    throw badReply(path, "a header of hex fields", logs);
  }
}
