// Field parsers for what comes from outside: unknown in, typed out, the path in the message.
import { MonitorError } from "./errors.ts";

export function badReply(path: string, expected: string, found: unknown): MonitorError {
  return new MonitorError("bad-reply", `${path}: expected ${expected}, found ${show(found)}`);
}

const LONGEST_SHOWN = 80;

/** Never the whole of it: what was found may be megabytes, or nested deeper than anything can write out. */
function show(found: unknown): string {
  if (typeof found === "string") {
    const text = JSON.stringify(found.slice(0, LONGEST_SHOWN));
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 3)}...` : text;
  }
  if (typeof found !== "object" || found === null) return String(found);
  return Array.isArray(found) ? `a list of ${found.length}` : "an object";
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

/** A name, an address, a reason: longer than this is none, and would be kept and shown wherever it goes. */
const LONGEST_TEXT = 1000;

export function parseText(value: unknown, path: string): string {
  const text = parseString(value, path);
  if (text.length > LONGEST_TEXT) {
    throw badReply(path, `at most ${LONGEST_TEXT} characters`, `${text.length} of them`);
  }
  return text;
}

/** How many, or which one: whole, not below zero, and exact. */
export function parseCount(value: unknown, path: string): number {
  const number = parseNumber(value, path);
  if (!Number.isSafeInteger(number) || number < 0) throw badReply(path, "a whole number", value);
  return number;
}

export function parseNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw badReply(path, "a number", value);
  return value;
}

export function parseBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw badReply(path, "true or false", value);
  return value;
}

// Looked for is what is no digit: a pattern of pairs remembers each of them, and gives up after some millions.
const NO_DIGIT = /[^0-9a-f]/i;

function isHexBytes(text: string): boolean {
  return text.startsWith("0x") && text.length % 2 === 0 && !NO_DIGIT.test(text.slice(2));
}

/** Bytes as 0x hex, lower-cased; `bytes` fixes the length. */
export function parseHex(value: unknown, path: string, bytes?: number): string {
  const text = parseString(value, path);
  const wanted = bytes === undefined ? "0x hex bytes" : `${bytes} bytes as 0x hex`;
  if ((bytes !== undefined && text.length !== 2 + 2 * bytes) || !isHexBytes(text)) {
    throw badReply(path, wanted, value);
  }
  return text.toLowerCase();
}

/** Substrate's block number: a hex quantity (`0x1b139b`). Digit by digit: every header passes here. */
export function parseQuantity(value: unknown, path: string): number {
  const text = parseString(value, path);
  let number = text.startsWith("0x") && text.length > 2 ? 0 : Number.NaN;
  for (let i = 2; i < text.length && number <= Number.MAX_SAFE_INTEGER; i++)
    number = number * 16 + hexDigit(text.charCodeAt(i));
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
