// The few SCALE encodings a block header and the runtime calls need, and blake2.
import { blake2AsU8a, xxhashAsU8a } from "@polkadot/util-crypto";

export function blake2(bytes: Uint8Array): Buffer {
  return new Bun.CryptoHasher("blake2b256").update(bytes).digest();
}

export function toHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

export function fromHex(text: string): Buffer {
  return Buffer.from(text.startsWith("0x") ? text.slice(2) : text, "hex");
}

export function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16LE(value);
  return out;
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

export function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

export function compact(value: number): Buffer {
  if (value < 0x40) return Buffer.from([value << 2]);
  if (value < 0x4000) return u16((value << 2) | 1);
  if (value < 0x4000_0000) return u32(value * 4 + 2);
  let length = 4;
  while (value >= 2 ** (8 * length)) length++;
  const out = Buffer.alloc(1 + length);
  out[0] = ((length - 4) << 2) | 3;
  for (let i = 0, rest = value; i < length; i++, rest = Math.floor(rest / 256))
    out[1 + i] = rest % 256;
  return out;
}

/** Vec<u8> or String. */
export function bytesOf(value: Uint8Array | string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([compact(bytes.length), bytes]);
}

export function vecOf(items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([compact(items.length), ...items]);
}

/** Identifier of a runtime API in the version's `apis` list. */
export function apiId(name: string): string {
  return toHex(blake2AsU8a(name, 64));
}

export function storageKey(pallet: string, item: string): string {
  return toHex(Buffer.concat([xxhashAsU8a(pallet, 128), xxhashAsU8a(item, 128)]));
}
