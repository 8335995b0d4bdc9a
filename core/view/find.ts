// The next block somebody is looking for: by author's key or label, or by hash.
import type { Database } from "bun:sqlite";

import { iterateBlocks } from "../queries/blocks.ts";
import { EVERYTHING } from "../queries/selection.ts";
import { toHex } from "../storage/codes.ts";
import type { SearchFrom } from "../storage/hash-prefixes.ts";
import { findByHash, findByPrefix, hashesFrom } from "../storage/hash-prefixes.ts";
import { readRange } from "../storage/position.ts";
import type { FindFacts } from "./messages.ts";

const NONE: FindFacts = { number: null, orphan: null };
/** Fewer digits begin too many hashes, and two bytes of each are noted. */
const LEAST_DIGITS = 4;
/** So many name one thing, whichever way it lies. */
const WHOLE_DIGITS = 64;

/** Hashes and authors are looked up where they are noted: the longest chain is searched whole. */
export function findBlock(db: Database, text: string, from: number | null, up: boolean): FindFacts {
  const { first, last } = readRange(db);
  if (first === null || last === null) return NONE;
  const wanted = text.trim().toLowerCase();
  const search = { from: from ?? (up ? first : last), up };
  const digits = /^(?:0x)?([0-9a-f]+)$/.exec(wanted)?.[1] ?? "";
  const numbers = [byAuthor(db, wanted, digits, search), byHash(db, digits, search)].filter(
    (number) => number !== null,
  );
  if (numbers.length > 0) {
    return { number: up ? Math.min(...numbers) : Math.max(...numbers), orphan: null };
  }
  return orphanBy(db, digits, search);
}

/** Key by its beginning, label by any part. */
const AUTHORS = `
  SELECT id FROM authorities WHERE instr(lower(coalesce(label, '')), $text) > 0
    OR ($length > 0 AND (substr(lower(hex(aura)), 1, $length) = $digits
      OR substr(lower(hex(sidechain)), 1, $length) = $digits))`;

function byAuthor(
  db: Database,
  text: string,
  digits: string,
  { from, up }: SearchFrom,
): number | null {
  const authors = db
    .query<{ id: number }, { text: string; digits: string; length: number }>(AUTHORS)
    .all({ text, digits, length: digits.length })
    .map(({ id }) => id);
  if (authors.length === 0) return null;
  const heights = up ? { from, to: Number.MAX_SAFE_INTEGER } : { from: 0, to: from };
  const selection = { ...EVERYTHING, heights, authors };
  for (const { number } of iterateBlocks(db, selection, { offset: 0, limit: 1, ascending: up })) {
    return number;
  }
  return null;
}

function byHash(db: Database, digits: string, search: SearchFrom): number | null {
  if (digits.length === WHOLE_DIGITS) return findByHash(db, `0x${digits}`);
  const isPart = digits.length >= LEAST_DIGITS && digits.length < WHOLE_DIGITS;
  return isPart ? findByPrefix(db, digits, search) : null;
}

interface Orphan {
  number: number;
  hash: Uint8Array;
}

/** The nearest that lost; one named in full is found whichever way it lies. */
function orphanBy(db: Database, digits: string, { from, up }: SearchFrom): FindFacts {
  if (digits.length < LEAST_DIGITS || digits.length > WHOLE_DIGITS) return NONE;
  const which = up ? "number >= ? ORDER BY number" : "number <= ? ORDER BY number DESC";
  const bound = digits.length < WHOLE_DIGITS ? from : up ? 0 : Number.MAX_SAFE_INTEGER;
  const row = db
    .query<Orphan, [Uint8Array, Uint8Array, number]>(
      `SELECT number, hash FROM orphans WHERE hash BETWEEN ? AND ? AND ${which} LIMIT 1`,
    )
    .get(...hashesFrom(digits), bound);
  return row === null ? NONE : { number: row.number, orphan: toHex(row.hash) };
}
