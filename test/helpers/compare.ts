// What the database says against what the devnet knows, row by row; and the file against itself.
import type { Database } from "bun:sqlite";

import { findWrongPrefixes } from "../../core/storage/hash-prefixes.ts";
import { readConstants } from "../../core/storage/meta.ts";
import { openReadable } from "../../core/storage/open.ts";
import { SPAN_EPOCHS } from "../../core/storage/tally.ts";
import type { Truth } from "../../examples/devnet/devnet.ts";

export interface Differences {
  blocks: number;
  wrong: string[];
  /** Heights of blocks that have none. */
  unknown: number[];
  unknownAuthors: number;
  unknownTurns: number;
  missedSlots: number;
  orphans: number;
}

const HEX = (column: string): string =>
  `iif(${column} IS NULL, NULL, '0x' || lower(hex(${column})))`;

interface Row {
  number: number;
  hash: string;
  slot: number;
  author: string | null;
  extrinsics: number | null;
}

const CANONICAL = `SELECT number, ${HEX("hash")} AS hash, slot, ${HEX("aura")} AS author, extrinsics
  FROM blocks LEFT JOIN authorities ON id = author ORDER BY number`;
const ORPHANED = `SELECT number, ${HEX("hash")} AS hash, slot, ${HEX("aura")} AS author, extrinsics
  FROM orphans LEFT JOIN authorities ON id = author ORDER BY number, hash`;
const MISSED = `SELECT slot, ${HEX("aura")} AS author
  FROM missed LEFT JOIN authorities ON id = author ORDER BY slot`;

/**
 * Compares every canonical block, missed slot and, from `orphansFrom` up, orphan with the truth. Lost
 * branches are not served by a node once they are final, so only a follower can have seen them.
 */
export function compareWithTruth(file: string, truth: Truth, orphansFrom = Infinity): Differences {
  using db = openReadable(file);
  const rows = db.prepare<Row, []>(CANONICAL).all();
  const missed = db.prepare<{ slot: number; author: string | null }, []>(MISSED).all();
  const orphans = db.prepare<Row, []>(ORPHANED).all();
  const wrong: string[] = [];
  const first = rows[0]?.number ?? 1;
  const expected = truth.blocks.filter((block) => block.number >= first);
  compareBlocks(rows, expected, wrong);
  const firstSlot = expected[0]?.slot ?? 0;
  compareMissed(
    missed,
    truth.missed.filter((each) => each.slot > firstSlot),
    wrong,
  );
  compareOrphans(orphans, truth, orphansFrom, wrong);
  return {
    blocks: rows.length,
    wrong,
    unknown: rows.filter((row) => row.author === null).map(({ number }) => number),
    unknownAuthors: rows.filter((row) => row.author === null).length,
    unknownTurns: missed.filter((each) => each.author === null).length,
    missedSlots: missed.length,
    orphans: orphans.length,
  };
}

function compareBlocks(rows: Row[], expected: Truth["blocks"], wrong: string[]): void {
  if (rows.length !== expected.length) wrong.push(`${rows.length} blocks for ${expected.length}`);
  for (const [i, block] of expected.entries()) {
    const row = rows[i];
    const author = row?.author ?? block.author;
    const { number, hash, slot, extrinsics } = block;
    const found = row && { ...row, author };
    if (Bun.deepEquals(found, { number, hash, slot, author: block.author, extrinsics })) continue;
    wrong.push(`block ${number}: ${JSON.stringify(row)}`);
  }
}

function compareMissed(
  rows: { slot: number; author: string | null }[],
  expected: Truth["missed"],
  wrong: string[],
): void {
  if (rows.length !== expected.length) wrong.push(`${rows.length} missed for ${expected.length}`);
  for (const [i, each] of expected.entries()) {
    const row = rows[i];
    if (row?.slot === each.slot && (row.author ?? each.author) === each.author) continue;
    wrong.push(`missed slot ${each.slot}: ${JSON.stringify(row)}`);
  }
}

function compareOrphans(rows: Row[], truth: Truth, from: number, wrong: string[]): void {
  const describe = ({ number, hash, slot, author, extrinsics }: Row): string =>
    `${number} ${hash} ${slot} ${author} ${extrinsics}`;
  const seen = (row: { number: number }): boolean =>
    row.number >= from && row.number <= truth.finalized;
  const stored = new Set(rows.filter(seen).map(describe));
  const expected = new Set(truth.orphans.filter(seen).map(describe));
  for (const orphan of expected) if (!stored.has(orphan)) wrong.push(`orphan not kept: ${orphan}`);
  for (const orphan of stored) if (!expected.has(orphan)) wrong.push(`no orphan: ${orphan}`);
}

/** Stored orphans, final by now, that the devnet never made: what a lying node said. */
export function findUntrueOrphans(file: string, truth: Truth): string[] {
  using db = openReadable(file);
  const made = new Map(truth.orphans.map((orphan) => [orphan.hash, orphan]));
  const untrue = db
    .prepare<Row, []>(ORPHANED)
    .all()
    .filter(({ number }) => number <= truth.finalized)
    .filter(({ hash, slot, author }) => {
      const orphan = made.get(hash);
      return orphan?.slot !== slot || (author ?? orphan.author) !== orphan.author;
    });
  return untrue.map((row) => `no orphan: ${JSON.stringify(row)}`);
}

/** Everything the file must satisfy by itself; an empty list is good. */
export function checkInvariants(file: string): string[] {
  using db = openReadable(file);
  const faults: string[] = [];
  const integrity = db.prepare<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
  for (const row of integrity) if (row.integrity_check !== "ok") faults.push(row.integrity_check);
  const holes = db
    .prepare<{ n: number }, []>(
      "SELECT coalesce(max(number) - min(number) + 1, 0) - count(*) AS n FROM blocks",
    )
    .get();
  if (holes?.n !== 0) faults.push(`${holes?.n} holes`);
  for (const { from, to } of findWrongPrefixes(db))
    faults.push(`hash prefixes of blocks ${from} to ${to} are not those of the rows`);
  compareTallies(db, faults);
  return faults;
}

/** Counts of closed epochs, and those taken of the open ones, must equal the rows counted afresh. */
function compareTallies(db: Database, faults: string[]): void {
  const perEpoch = readConstants(db)?.slotsPerEpoch ?? 1;
  const recount = `
    SELECT slot / ${perEpoch} AS epoch, coalesce(author, 0) AS author, 1 AS made, 0 AS missed,
      0 AS orphaned, number AS last_block FROM blocks
    UNION ALL SELECT slot / ${perEpoch}, coalesce(author, 0), 0, 1, 0, 0 FROM missed
    UNION ALL SELECT slot / ${perEpoch}, coalesce(author, 0), 0, 0, 1, 0 FROM orphans`;
  const kept = `SELECT epoch, author, made, missed, orphaned, last_block FROM tallies
    UNION ALL SELECT epoch, author, made, missed, orphaned, last_block FROM open_counts`;
  if (!Bun.deepEquals(sums(db, "epoch, author", recount), sums(db, "epoch, author", kept))) {
    faults.push("tallies differ from the rows they count");
  }
  const closed = "SELECT * FROM tallies WHERE epoch <= (SELECT closed_epoch FROM state)";
  if (!Bun.deepEquals(sums(db, "author", closed), sums(db, "author", "SELECT * FROM totals"))) {
    faults.push("totals differ from the tallies they sum up");
  }
  const spans = closed.replace("SELECT *", `SELECT *, epoch / ${SPAN_EPOCHS} AS span`);
  if (
    !Bun.deepEquals(
      sums(db, "span, author", spans),
      sums(db, "span, author", "SELECT * FROM spans"),
    )
  ) {
    faults.push("spans differ from the tallies they sum up");
  }
  compareSeals(db, faults);
}

/** What the seals of closed epochs said, counted afresh. */
function compareSeals(db: Database, faults: string[]): void {
  const recount = `SELECT count(*) FILTER (WHERE flags >> 2 = 1) AS verified,
    count(*) FILTER (WHERE flags >> 2 = 2) AS mismatched
    FROM blocks WHERE number <= (SELECT closed_block FROM state)`;
  const kept = "SELECT closed_verified AS verified, closed_mismatched AS mismatched FROM state";
  if (!Bun.deepEquals(db.prepare(recount).get(), db.prepare(kept).get())) {
    faults.push("counts of seals differ from the rows they count");
  }
}

function sums(db: Database, by: string, rows: string): unknown[] {
  return db
    .prepare(
      `SELECT ${by}, sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
         iif(author = 0, 0, max(last_block)) AS last_block FROM (${rows}) GROUP BY ${by}
       HAVING sum(made) + sum(missed) + sum(orphaned) > 0 ORDER BY ${by}`,
    )
    .all();
}
