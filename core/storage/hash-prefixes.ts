// The first two bytes of every hash in closed epochs: a block is found by its hash without an index of hashes.
import type { Database } from "bun:sqlite";

import { toBytes } from "./codes.ts";

/** Bytes kept of a hash. Of ten million blocks some 150 share them: so few rows are looked at. */
const PREFIX_BYTES = 2;
/** A row holds at most so many blocks: what is read at once when a file of an older mvm is gone through. */
const MOST_BLOCKS = 8192;

interface Hash {
  number: number;
  hash: Uint8Array;
}

interface PrefixRow {
  first: number;
  prefixes: Uint8Array;
}

function prepareLast(db: Database) {
  return db.prepare<{ last: number }, []>(
    `SELECT first_block + length(prefixes) / ${PREFIX_BYTES} - 1 AS last
     FROM hash_prefixes ORDER BY first_block DESC LIMIT 1`,
  );
}

/** Returns what notes the blocks of closed epochs that are not noted yet. Nothing changes these any more. */
export function openPrefixWriter(db: Database): () => void {
  const noted = prepareLast(db);
  const select = db.prepare<Hash, [number]>(
    `SELECT number, hash FROM blocks
     WHERE number > ? AND number <= (SELECT closed_block FROM state)
     ORDER BY number LIMIT ${MOST_BLOCKS}`,
  );
  const insert = db.prepare("INSERT INTO hash_prefixes VALUES (?, ?)");
  return () => {
    let last = noted.get()?.last ?? -1;
    for (;;) {
      const run = contiguous(select.all(last));
      const [first] = run;
      if (first === undefined) return;
      insert.run(first.number, joinPrefixes(run));
      last = first.number + run.length - 1;
    }
  };
}

/** Places stand for heights, so a row ends before a hole. */
function contiguous(hashes: readonly Hash[]): readonly Hash[] {
  const hole = hashes.findIndex(({ number }, i) => number !== (hashes[0]?.number ?? 0) + i);
  return hole === -1 ? hashes : hashes.slice(0, hole);
}

function joinPrefixes(hashes: readonly Hash[]): Uint8Array {
  const joined = new Uint8Array(hashes.length * PREFIX_BYTES);
  for (const [i, { hash }] of hashes.entries())
    joined.set(hash.subarray(0, PREFIX_BYTES), i * PREFIX_BYTES);
  return joined;
}

/** Height of a canonical block by its hash, the newest first; null = it is not stored. */
export function findByHash(db: Database, hash: string): number | null {
  const wanted = toBytes(hash);
  const noted = prepareLast(db).get();
  const open = db
    .prepare<{ number: number }, [number, Uint8Array]>(
      "SELECT number FROM blocks WHERE number > ? AND hash = ? ORDER BY number DESC LIMIT 1",
    )
    .get(noted?.last ?? -1, wanted);
  return open?.number ?? findNoted(db, wanted);
}

function findNoted(db: Database, wanted: Uint8Array): number | null {
  const isIt = db.prepare<{ number: number }, [number, Uint8Array]>(
    "SELECT number FROM blocks WHERE number = ? AND hash = ?",
  );
  const [prefix = 0] = asNumbers(wanted.slice(0, PREFIX_BYTES));
  const rows = db
    .prepare<PrefixRow, []>(
      "SELECT first_block AS first, prefixes FROM hash_prefixes ORDER BY first_block DESC",
    )
    .iterate();
  for (const { first, prefixes } of rows) {
    const numbers = asNumbers(prefixes);
    for (let at = numbers.indexOf(prefix); at !== -1; at = numbers.indexOf(prefix, at + 1)) {
      if (isIt.get(first + at, wanted) !== null) return first + at;
    }
  }
  return null;
}

/** Where a search begins, that height included, and which way it goes. */
export interface SearchFrom {
  from: number;
  up: boolean;
}

/**
 * Height of the nearest canonical block whose hash begins so; null = none that way.
 * @param digits four to 64 hex digits, in small letters
 */
export function findByPrefix(
  db: Database,
  digits: string,
  { from, up }: SearchFrom,
): number | null {
  const wanted = hashesFrom(digits);
  const last = prepareLast(db).get()?.last ?? -1;
  const open = db.prepare<{ number: number }, [number, number, Uint8Array, Uint8Array]>(
    `SELECT number FROM blocks WHERE number BETWEEN ? AND ? AND hash BETWEEN ? AND ?
     ORDER BY number ${up ? "ASC" : "DESC"} LIMIT 1`,
  );
  const inOpen = (): number | null => {
    const [low, high] = up ? [Math.max(from, last + 1), Number.MAX_SAFE_INTEGER] : [last + 1, from];
    return open.get(low, high, ...wanted)?.number ?? null;
  };
  const inNoted = (): number | null => findNotedFrom(db, wanted, { from, up });
  return up ? (inNoted() ?? inOpen()) : (inOpen() ?? inNoted());
}

/** The lowest and the highest hash that begin so. */
export function hashesFrom(digits: string): [Uint8Array, Uint8Array] {
  return [toBytes(`0x${digits.padEnd(64, "0")}`), toBytes(`0x${digits.padEnd(64, "f")}`)];
}

function findNotedFrom(
  db: Database,
  [lowest, highest]: [Uint8Array, Uint8Array],
  { from, up }: SearchFrom,
): number | null {
  const isIt = db.prepare<{ number: number }, [number, Uint8Array, Uint8Array]>(
    "SELECT number FROM blocks WHERE number = ? AND hash BETWEEN ? AND ?",
  );
  const [prefix = 0] = asNumbers(lowest.slice(0, PREFIX_BYTES));
  const rows = db
    .prepare<PrefixRow, [number, number]>(
      `SELECT first_block AS first, prefixes FROM hash_prefixes
       WHERE first_block + length(prefixes) / ${PREFIX_BYTES} > ? AND first_block <= ?
       ORDER BY first_block ${up ? "ASC" : "DESC"}`,
    )
    .iterate(up ? from : 0, up ? Number.MAX_SAFE_INTEGER : from);
  for (const { first, prefixes } of rows) {
    const numbers = asNumbers(prefixes);
    const next = (at: number): number =>
      up ? numbers.indexOf(prefix, at) : at < 0 ? -1 : numbers.lastIndexOf(prefix, at);
    const step = up ? 1 : -1;
    const begin = up ? Math.max(0, from - first) : Math.min(numbers.length - 1, from - first);
    for (let at = next(begin); at !== -1; at = next(at + step)) {
      if (isIt.get(first + at, lowest, highest) !== null) return first + at;
    }
  }
  return null;
}

/** In whatever order of bytes this machine has: they are only compared with each other. */
function asNumbers(bytes: Uint8Array): Uint16Array {
  const isAligned = bytes.byteOffset % PREFIX_BYTES === 0;
  const { buffer, byteOffset, length } = isAligned ? bytes : bytes.slice();
  return new Uint16Array(buffer, byteOffset, Math.floor(length / PREFIX_BYTES));
}

/** A stretch of blocks whose prefixes are noted wrongly, or not at all. */
export interface WrongPrefixes {
  from: number;
  to: number;
}

/** Reads every row of the closed epochs. */
export function* findWrongPrefixes(db: Database): Generator<WrongPrefixes> {
  const select = db.prepare<Hash, [number, number]>(
    "SELECT number, hash FROM blocks WHERE number BETWEEN ? AND ? ORDER BY number",
  );
  const rows = db
    .prepare<PrefixRow, []>(
      "SELECT first_block AS first, prefixes FROM hash_prefixes ORDER BY first_block",
    )
    .all();
  const { first: oldest, closed } = db
    .prepare<{ first: number | null; closed: number }, []>(
      "SELECT min(number) AS first, (SELECT closed_block FROM state) AS closed FROM blocks",
    )
    .get() ?? { first: null, closed: 0 };
  let next = oldest ?? 0;
  for (const { first, prefixes } of rows) {
    yield* storedIn(db, next, first - 1);
    const to = first + prefixes.length / PREFIX_BYTES - 1;
    if (first < next || to > closed) yield { from: first, to };
    else yield* differing(select.all(first, to), { first, prefixes });
    next = to + 1;
  }
  yield* storedIn(db, next, closed);
}

/** Each block whose prefix is another one; all of them where a block is missing. */
function* differing(
  hashes: readonly Hash[],
  { first, prefixes }: PrefixRow,
): Generator<WrongPrefixes> {
  const found = joinPrefixes(contiguous(hashes));
  if (found.length !== prefixes.length || hashes[0]?.number !== first) {
    yield { from: first, to: first + Math.ceil(prefixes.length / PREFIX_BYTES) - 1 };
    return;
  }
  const [theirs, noted] = [asNumbers(found), asNumbers(prefixes)];
  for (const [i, prefix] of theirs.entries())
    if (prefix !== noted[i]) yield { from: first + i, to: first + i };
}

/** The stretch, if any block of it is stored. */
function* storedIn(db: Database, from: number, to: number): Generator<WrongPrefixes> {
  const row = db
    .prepare<{ n: number }, [number, number]>(
      "SELECT 1 AS n FROM blocks WHERE number BETWEEN ? AND ? LIMIT 1",
    )
    .get(from, to);
  if (row !== null) yield { from, to };
}
