// Small numbers for words in a row's `flags`: attribution in the low two bits, seal above.
import type { Attribution, SealState } from "../types.ts";

const ATTRIBUTIONS: readonly Attribution[] = ["unknown", "schedule", "seal"];
const SEALS: readonly SealState[] = ["unchecked", "verified", "mismatch"];

export function encodeFlags(attribution: Attribution, seal: SealState): number {
  return ATTRIBUTIONS.indexOf(attribution) + 4 * SEALS.indexOf(seal);
}

export function decodeFlags(flags: number): { attribution: Attribution; seal: SealState } {
  return {
    attribution: ATTRIBUTIONS[flags & 3] ?? "unknown",
    seal: SEALS[flags >> 2] ?? "unchecked",
  };
}

export function toBytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.slice(2));
}

export function toHex(bytes: Uint8Array): string {
  return `0x${bytes.toHex()}`;
}

/** Committee seats: u32 LE ids. */
export function encodeSeats(ids: readonly number[]): Buffer {
  const bytes = Buffer.alloc(ids.length * 4);
  ids.forEach((id, i) => bytes.writeUInt32LE(id, i * 4));
  return bytes;
}

export function decodeSeats(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes);
  return Array.from({ length: view.length / 4 }, (_, i) => view.readUInt32LE(i * 4));
}
