// The few SCALE shapes a monitor meets: compact integers and fixed-size fields, read with bounds checks.
import { MonitorError } from "../errors.ts";

/** Compact<u32> as hex without 0x. */
export function compactHex(value: number): string {
  if (value < 64) return byteHex(value << 2);
  if (value < 16_384) return littleEndianHex((value << 2) | 1, 2);
  if (value < 1_073_741_824) return littleEndianHex(value * 4 + 2, 4);
  return `03${littleEndianHex(value, 4)}`;
}

function byteHex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function littleEndianHex(value: number, bytes: number): string {
  let hex = "";
  for (let i = 0, rest = value; i < bytes; i++, rest = Math.floor(rest / 256)) {
    hex += byteHex(rest % 256);
  }
  return hex;
}

/** Reads SCALE bytes front to back; every short read is a `bad-reply` naming what was read. */
export class ScaleReader {
  readonly #bytes: Buffer;
  readonly #subject: string;
  #offset = 0;

  constructor(hex: string, subject: string) {
    const digits = hex.startsWith("0x") ? hex.slice(2) : hex;
    this.#bytes = Buffer.from(digits, "hex");
    this.#subject = subject;
    // Buffer.from stops silently at the first character that is no hex digit.
    if (this.#bytes.length * 2 !== digits.length) throw this.#bad("is not hex");
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#take(1).readUInt8();
  }

  u16(): number {
    return this.#take(2).readUInt16LE();
  }

  u32(): number {
    return this.#take(4).readUInt32LE();
  }

  /** u64 as a number; beyond 2^53 nothing here is plausible. */
  u64(): number {
    const value = Number(this.#take(8).readBigUInt64LE());
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
    return this.#take(bytes).toString("hex");
  }

  /** Trailing bytes mean that the layout is not the one we know: never half-believe it. */
  end(): void {
    if (this.remaining !== 0) throw this.#bad(`has ${this.remaining} bytes too many`);
  }

  #take(bytes: number): Buffer {
    if (bytes > this.remaining) throw this.#bad("is too short");
    const slice = this.#bytes.subarray(this.#offset, this.#offset + bytes);
    this.#offset += bytes;
    return slice;
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
