// A header's bytes, its seal, its hash and its JSON.
import { type Candidate, signSeal } from "./keys.ts";
import { blake2, compact, fromHex, toHex, u32, u64 } from "./scale.ts";

export interface HeaderParts {
  parentHash: Buffer;
  number: number;
  stateRoot: Buffer;
  extrinsicsRoot: Buffer;
  /** SCALE bytes of each digest item. */
  logs: Buffer[];
}

export interface SealedHeader {
  hash: Buffer;
  json: string;
}

function item(kind: number, engine: string, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([kind]),
    Buffer.from(engine),
    compact(payload.length),
    payload,
  ]);
}

export const DIGEST = {
  slot: (slot: number): Buffer => item(6, "aura", u64(slot)),
  /** A plain secondary slot: the author by an index, and no proof. */
  babeSlot: (index: number, slot: number): Buffer =>
    item(6, "BABE", Buffer.concat([Buffer.from([2]), u32(index), u64(slot)])),
  mainchainHash: (hash: Buffer): Buffer => item(6, "mcsh", hash),
  version: (spec: number): Buffer => item(4, "MNSV", u32(spec)),
  mmrRoot: (root: Buffer): Buffer => item(4, "BEEF", Buffer.concat([Buffer.from([3]), root])),
  logged: (hex: string): Buffer => fromHex(hex),
  codeChanged: (): Buffer => Buffer.from([8]),
  seal: (engine: string, signature: Uint8Array): Buffer => item(5, engine, Buffer.from(signature)),
};

function encodeHeader(header: HeaderParts): Buffer {
  return Buffer.concat([
    header.parentHash,
    compact(header.number),
    header.stateRoot,
    header.extrinsicsRoot,
    compact(header.logs.length),
    ...header.logs,
  ]);
}

function headerJson(header: HeaderParts): string {
  const logs = header.logs.map((log) => `"${toHex(log)}"`).join(",");
  return [
    `{"parentHash":"${toHex(header.parentHash)}","number":"0x${header.number.toString(16)}"`,
    `,"stateRoot":"${toHex(header.stateRoot)}","extrinsicsRoot":"${toHex(header.extrinsicsRoot)}"`,
    `,"digest":{"logs":[${logs}]}}`,
  ].join("");
}

export function finishHeader(header: HeaderParts): SealedHeader {
  return { hash: blake2(encodeHeader(header)), json: headerJson(header) };
}

/** The seal signs the hash of the header as it is without the seal log. */
export function sealHeader(
  header: HeaderParts,
  author: Candidate,
  engine: "aura" | "BABE",
): SealedHeader {
  const signature = signSeal(author, blake2(encodeHeader(header)));
  return finishHeader({ ...header, logs: [...header.logs, DIGEST.seal(engine, signature)] });
}
