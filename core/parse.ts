// Field parsers for what comes from outside: unknown in, typed out, the path in the message.
import { MonitorError } from "./errors.ts";

export function badReply(path: string, expected: string, found: unknown): MonitorError {
  const text = JSON.stringify(found) ?? String(found);
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return new MonitorError("bad-reply", `${path}: expected ${expected}, found ${shown}`);
}

export function parseObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badReply(path, "an object", value);
  }
  // An object that is no array has string keys: the one place where this is asserted.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as Record<string, unknown>;
}

export function parseArray(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw badReply(path, "a list", value);
  return value;
}

export function parseString(value: unknown, path: string): string {
  if (typeof value !== "string") throw badReply(path, "a string", value);
  return value;
}

export function parseNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw badReply(path, "a number", value);
  return value;
}

export function parseBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw badReply(path, "true or false", value);
  return value;
}

const HEX = /^0x(?:[0-9a-f]{2})*$/i;

/** Bytes as 0x hex, lower-cased; `bytes` fixes the length. */
export function parseHex(value: unknown, path: string, bytes?: number): string {
  const text = parseString(value, path);
  const wanted = bytes === undefined ? "0x hex bytes" : `${bytes} bytes as 0x hex`;
  if (!HEX.test(text) || (bytes !== undefined && text.length !== 2 + 2 * bytes)) {
    throw badReply(path, wanted, value);
  }
  return text.toLowerCase();
}

/** Substrate's block number: a hex quantity (`0x1b139b`). Digit by digit: every header passes here. */
export function parseQuantity(value: unknown, path: string): number {
  const text = parseString(value, path);
  let number = text.startsWith("0x") && text.length > 2 ? 0 : Number.NaN;
  for (let i = 2; i < text.length; i++) number = number * 16 + hexDigit(text.charCodeAt(i));
  if (!Number.isSafeInteger(number)) throw badReply(path, "a hex quantity", value);
  return number;
}

/** Value of a hex digit by its character code; NaN for any other. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48; // 0-9
  const letter = (code | 32) - 87; // a-f, A-F
  return letter >= 10 && letter <= 15 ? letter : Number.NaN;
}

/**
 * A 32-byte hash by its shape alone, lower-cased. For the hot path, where the bytes are hashed or compared
 * right after and a digit that is no hex cannot get by.
 */
export function parseHash(value: unknown, path: string): string {
  if (typeof value !== "string" || value.length !== 66 || !value.startsWith("0x")) {
    throw badReply(path, "a 32-byte hash", value);
  }
  return value.toLowerCase();
}
