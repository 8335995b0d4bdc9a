// Our slots and what became of them.
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";

/** One of our slots. `made`: number of the canonical block in it; null = none. */
export interface OwnTurn {
  slot: number;
  validator: string;
  made: number | null;
  /** A block was made there and lost. */
  orphaned: boolean;
  /** Nobody made a block for many slots around: the chain stood still, and that is nobody's failure. */
  halted: boolean;
}

export interface OwnOrphan {
  hash: string;
  number: number;
  slot: number;
  validator: string;
}

export interface OwnProduction {
  validator: string;
  made: number;
  missed: number;
}

/** So many empty slots in a row are a halt of the chain, no chance; the check of its age calls it critical. */
const HALT_SLOTS = 11;
/** An orphan may be seen this many blocks after its height was finalized. */
const LATE_ORPHANS = 64;
interface Place {
  number: number;
  slot: number;
}

/** After a place, up to another one. */
export function readTurns(
  db: Database,
  owners: ReadonlyMap<number, string>,
  since: Place,
  until: Place,
): OwnTurn[] {
  const ids = JSON.stringify([...owners.keys()]);
  const rows = db
    .query<
      { slot: number; author: number; made: number | null; orphaned: number },
      { ids: string; number: number; slot: number; lastNumber: number; lastSlot: number }
    >(
      `WITH ours (id) AS (SELECT value FROM json_each($ids))
       SELECT slot, author, number AS made, 0 AS orphaned FROM blocks
         WHERE number > $number AND number <= $lastNumber AND slot > $slot
           AND author IN (SELECT id FROM ours)
       UNION ALL
       SELECT m.slot, m.author, NULL, EXISTS
           (SELECT 1 FROM orphans o WHERE o.slot = m.slot AND o.author = m.author)
         FROM missed m WHERE m.slot > $slot AND m.slot < $lastSlot
           AND m.author IN (SELECT id FROM ours)
       ORDER BY 1`,
    )
    .all({ ids, ...since, lastNumber: until.number, lastSlot: until.slot });
  return rows.map(({ slot, author, made, orphaned }) => ({
    slot,
    validator: owners.get(author) ?? "",
    made,
    orphaned: orphaned === 1,
    halted: made === null && isHalted(db, slot),
  }));
}

/** Whether a missed slot lies in a row of so many. */
function isHalted(db: Database, slot: number): boolean {
  const around = db
    .query<{ slot: number }, [number, number]>(
      "SELECT slot FROM missed WHERE slot BETWEEN ? AND ? ORDER BY slot",
    )
    .all(slot - HALT_SLOTS + 1, slot + HALT_SLOTS - 1);
  const missed = new Set(around.map((each) => each.slot));
  let [first, last] = [slot, slot];
  while (missed.has(first - 1)) first -= 1;
  while (missed.has(last + 1)) last += 1;
  return last - first + 1 >= HALT_SLOTS;
}

export function countTurns(turns: readonly OwnTurn[]): OwnProduction[] {
  const counts = new Map<string, { made: number; missed: number }>();
  for (const { validator, made, halted } of turns) {
    if (halted) continue;
    const count = counts.get(validator) ?? { made: 0, missed: 0 };
    count[made === null ? "missed" : "made"] += 1;
    counts.set(validator, count);
  }
  return [...counts].map(([validator, count]) => ({ validator, ...count }));
}

export function readOwnOrphans(
  db: Database,
  owners: ReadonlyMap<number, string>,
  { number, startNumber }: { number: number; startNumber: number },
  lastNumber: number,
): OwnOrphan[] {
  return db
    .query<
      { hash: Uint8Array; number: number; slot: number; author: number },
      [number, number, string]
    >(
      `SELECT hash, number, slot, author FROM orphans WHERE number > ? AND number <= ?
         AND author IN (SELECT value FROM json_each(?)) ORDER BY slot, hash`,
    )
    .all(
      Math.max(startNumber, number - LATE_ORPHANS),
      lastNumber,
      JSON.stringify([...owners.keys()]),
    )
    .map(({ author, ...row }) => ({
      ...row,
      hash: toHex(row.hash),
      validator: owners.get(author) ?? "",
    }));
}
