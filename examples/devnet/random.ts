// Seeded chance. Draws are functions of (seed, purpose, slot, …) and not of call order, so live
// production, both branches of a fork and the search for the first slot all see the same luck.
import { blake2 } from "./scale.ts";

export const DRAW = { miss: 1, missRate: 2, fork: 3, forkDepth: 4, stake: 5 } as const;

export function seedNumber(seed: string): number {
  return blake2(Buffer.from(`devnet|${seed}`)).readUInt32LE(0);
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1). */
export function draw(seed: number, purpose: number, a: number, b = 0): number {
  const first = mix(seed ^ Math.imul(purpose, 0x9e3779b1));
  return mix(mix(first ^ (a >>> 0)) ^ Math.imul(b + 1, 0x27d4eb2f)) / 0x1_0000_0000;
}

export interface Sequence {
  uint32(): number;
  /** A whole number in [0, below). */
  below(limit: number): number;
  bytes(length: number): Buffer;
}

/** sfc32, started from the hash of a label. */
export function sequence(label: string | Uint8Array): Sequence {
  const start = blake2(typeof label === "string" ? Buffer.from(label) : label);
  let a = start.readInt32LE(0);
  let b = start.readInt32LE(4);
  let c = start.readInt32LE(8);
  let counter = start.readInt32LE(12);
  const uint32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  const bytes = (length: number): Buffer => {
    const words = new Uint32Array((length + 3) >> 2);
    for (let i = 0; i < words.length; i++) words[i] = uint32();
    return Buffer.from(words.buffer, 0, length);
  };
  return {
    uint32,
    below: (limit) => Math.floor((uint32() / 0x1_0000_0000) * limit),
    bytes,
  };
}
