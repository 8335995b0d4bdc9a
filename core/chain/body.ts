// What a header says of the body it was made for: the root of a trie over all extrinsics, by their place.
import { hexDigit } from "../parse.ts";
import { compactHex } from "./scale.ts";

interface Entry {
  /** Compact(place), hex digits. No key is the beginning of another. */
  key: string;
  /** Hex digits. */
  value: string;
}

const LEAF = 0x40;
const BRANCH = 0x80;
const HASH_DIGITS = 64;

/** Whether a body, as a node tells it, is the one that a header names. */
export function bodyFits(extrinsics: readonly unknown[], root: string): boolean {
  return extrinsics.every(isHexText) && bodyRoot(extrinsics) === root;
}

/**
 * The extrinsics root of a body, extrinsics as 0x hex with their length before them. Substrate's base-16 Patricia trie
 * in its first layout (values in their nodes), which runtimes of system version 0 and 1 use. Null
 * for what is no hex.
 */
export function bodyRoot(extrinsics: readonly string[]): string | null {
  const entries = extrinsics.map((hex, i) => ({ key: compactHex(i), value: hex.slice(2) }));
  try {
    return `0x${hash(entries.length === 0 ? "00" : encodeNode(entries, 0))}`;
  } catch {
    return null;
  }
}

/** @param depth digits of the keys that lead here */
function encodeNode(entries: readonly Entry[], depth: number): string {
  const [first = { key: "", value: "" }] = entries;
  if (entries.length === 1) {
    return encodeKey(LEAF, first.key.slice(depth)) + withLength(first.value);
  }
  let end = depth;
  while (entries.every(({ key }) => key.charAt(end) === first.key.charAt(end))) end++;
  let bitmap = 0;
  let children = "";
  for (const [digit, below] of divide(entries, end).entries()) {
    if (below === undefined) continue;
    bitmap |= 1 << digit;
    children += encodeChild(encodeNode(below, end + 1));
  }
  return encodeKey(BRANCH, first.key.slice(depth, end)) + encodeBitmap(bitmap) + children;
}

/** Entries by the digit at a place of their keys. */
function divide(entries: readonly Entry[], at: number): (Entry[] | undefined)[] {
  const parts: (Entry[] | undefined)[] = [];
  for (const entry of entries) (parts[hexDigit(entry.key.charCodeAt(at))] ??= []).push(entry);
  return parts;
}

/** Digits two to a byte, an odd one first. Keys of places are too short for a count of their digits to overflow. */
function encodeKey(kind: number, digits: string): string {
  const head = (kind | digits.length).toString(16);
  return head + (digits.length % 2 === 0 ? digits : `0${digits}`);
}

function encodeBitmap(bitmap: number): string {
  const hex = bitmap.toString(16).padStart(4, "0");
  return hex.slice(2) + hex.slice(0, 2);
}

/** A node stands in its parent by its hash, or itself where it is shorter. */
function encodeChild(node: string): string {
  return withLength(node.length < HASH_DIGITS ? node : hash(node));
}

function withLength(digits: string): string {
  return compactHex(digits.length / 2) + digits;
}

function isHexText(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("0x");
}

function hash(digits: string): string {
  return Bun.CryptoHasher.hash("blake2b256", Uint8Array.fromHex(digits), "hex");
}
