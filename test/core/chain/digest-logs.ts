// Digest logs written by hand, for the cases no recorded chain holds yet.
import { compactToU8a } from "@polkadot/util";

function item(kind: string, engine: string, payload: string): string {
  const length = Buffer.from(compactToU8a(payload.length / 2)).toString("hex");
  return `0x${kind}${Buffer.from(engine).toString("hex")}${length}${payload}`;
}

function u32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString("hex");
}

function u64(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.toString("hex");
}

const VRF = "cd".repeat(96); // output and proof

export const LOGS = {
  auraSlot: (slot: number): string => item("06", "aura", u64(slot)),
  /** 1 = primary, 2 = secondary plain, 3 = secondary VRF. */
  babeSlot: (tag: number, index: number, slot: number): string =>
    item("06", "BABE", `0${tag}${u32(index)}${u64(slot)}${tag === 2 ? "" : VRF}`),
  mainchain: (): string => item("06", "mcsh", "ab".repeat(32)),
  version: (spec: number): string => item("04", "MNSV", u32(spec)),
  /** Aura's change of the whole list. */
  authorities: (keys: readonly string[]): string => {
    const list = keys.map((key) => key.slice(2)).join("");
    return item("04", "aura", `01${Buffer.from(compactToU8a(keys.length)).toString("hex")}${list}`);
  },
  auraDisabled: (index: number): string => item("04", "aura", `02${u32(index)}`),
  codeChanged: (): string => "0x08",
  seal: (engine: "aura" | "BABE", byte = "5e"): string => item("05", engine, byte.repeat(64)),
  item,
};

/** A header as a node sends it, with these logs. */
export function headerJson(logs: readonly string[], number = 7): Record<string, unknown> {
  return {
    parentHash: `0x${"01".repeat(32)}`,
    number: `0x${number.toString(16)}`,
    stateRoot: `0x${"02".repeat(32)}`,
    extrinsicsRoot: `0x${"03".repeat(32)}`,
    digest: { logs },
  };
}
