// The few SCALE shapes a monitor meets: compact integers and fixed-size fields, read with bounds checks.
import { MonitorError } from "../errors.ts";
import { hexDigit } from "../parse.ts";

const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Compact<u32> as hex without 0x. */
export function compactHex(value: number): string {
  if (value < 64) return littleEndianHex(value << 2, 1);
  if (value < 16_384) return littleEndianHex((value << 2) | 1, 2);
  if (value < 1_073_741_824) return littleEndianHex(value * 4 + 2, 4);
  return `03${littleEndianHex(value, 4)}`;
}

function littleEndianHex(value: number, bytes: number): string {
  let hex = "";
  for (let shift = 0; shift < 8 * bytes; shift += 8) hex += BYTE_HEX[(value >>> shift) & 255] ?? "";
  return hex;
}

/** Little-endian bytes of a hex text as a number; NaN when one is no hex. Past 2^53 it is not exact. */
export function littleEndian(hex: string, from: number, bytes: number): number {
  let value = 0;
  for (let i = from + 2 * bytes - 2; i >= from; i -= 2) {
    value = value * 256 + hexDigit(hex.charCodeAt(i)) * 16 + hexDigit(hex.charCodeAt(i + 1));
  }
  return value;
}

/**
 * Reads SCALE front to back, straight from hex: what is read is a few bytes of a log, or keys that stay
 * hex. Every short or malformed read is a `bad-reply` naming what was read.
 */
export class ScaleReader {
  readonly #digits: string;
  readonly #subject: string;
  #at: number;

  /** @param from first character to read: past an `0x`, say */
  constructor(hex: string, subject: string, from = hex.startsWith("0x") ? 2 : 0) {
    this.#digits = hex;
    this.#subject = subject;
    this.#at = from;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return (this.#digits.length - this.#at) / 2;
  }

  u8(): number {
    return this.#littleEndian(1);
  }

  u16(): number {
    return this.#littleEndian(2);
  }

  u32(): number {
    return this.#littleEndian(4);
  }

  /** u64 as a number; beyond 2^53 nothing here is plausible. */
  u64(): number {
    const value = this.#littleEndian(8);
    if (!Number.isSafeInteger(value)) throw this.#bad("holds a number past 2^53");
    return value;
  }

  compact(): number {
    const first = this.u8();
    switch (first & 3) {
      case 0:
        return first >> 2;
      case 1:
        return (first >> 2) | (this.u8() << 6);
      case 2:
        return (first >> 2) + this.u16() * 64 + this.u8() * 4_194_304;
      default:
        if (first !== 3) throw this.#bad("holds a compact number past 2^32");
        return this.u32();
    }
  }

  /** Fixed bytes as hex without 0x. */
  hex(bytes: number): string {
    const start = this.#skip(2 * bytes);
    return this.#digits.slice(start, this.#at);
  }

  /** Trailing bytes mean that the layout is not the one we know: never half-believe it. */
  end(): void {
    if (this.remaining !== 0) throw this.#bad(`has ${this.remaining} bytes too many`);
  }

  #littleEndian(bytes: number): number {
    const value = littleEndian(this.#digits, this.#skip(2 * bytes), bytes);
    if (Number.isNaN(value)) throw this.#bad("is not hex");
    return value;
  }

  #skip(digits: number): number {
    const start = this.#at;
    if (start + digits > this.#digits.length) throw this.#bad("is too short");
    this.#at = start + digits;
    return start;
  }

  #bad(what: string): MonitorError {
    return new MonitorError("bad-reply", `${this.#subject} ${what}`);
  }
}

/** `Compact(n)` then n keys of 32 bytes: the layout of every authority list. Keys as 0x hex. */
export function readKeys(reader: ScaleReader, bytesAfterKey = 0): string[] {
  const count = reader.compact();
  const keys: string[] = [];
  for (let i = 0; i < count; i++) {
    keys.push(`0x${reader.hex(32)}`);
    if (bytesAfterKey > 0) reader.hex(bytesAfterKey);
  }
  return keys;
}
