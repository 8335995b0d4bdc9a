// How are our validators doing in the epoch under way, and which keys does the file mark as ours?
import type { Database } from "bun:sqlite";

import { toBytes, toHex } from "../storage/codes.ts";
import type { Registration } from "../types.ts";
import { COUNTS } from "./production.ts";

export interface MarkedKey {
  aura: string;
  sidechain: string | null;
  grandpa: string | null;
  label: string | null;
  registration: Registration;
  stake: number | null;
  invalidReason: string | null;
}

interface MarkedRow {
  aura: Uint8Array;
  sidechain: Uint8Array | null;
  grandpa: Uint8Array | null;
  label: string | null;
  registration: Registration;
  stake: number | null;
  invalidReason: string | null;
}

/** Aura keys marked as ours by the last start of the sync. */
export function readMarkedKeys(db: Database): MarkedKey[] {
  return db
    .query<MarkedRow, []>(
      `SELECT aura, sidechain, grandpa, label, registration, stake, invalid_reason AS invalidReason
       FROM authorities WHERE ours = 1 ORDER BY id`,
    )
    .all()
    .map((row) => ({
      ...row,
      aura: toHex(row.aura),
      sidechain: row.sidechain === null ? null : toHex(row.sidechain),
      grandpa: row.grandpa === null ? null : toHex(row.grandpa),
    }));
}

/** Counts of a group of keys; for the words see production.ts. */
export interface OurProduction {
  /** In the epoch of the last stored block. */
  made: number;
  missed: number;
  orphaned: number;
  /** Turns missed since the last block made, in that epoch. */
  missedInRow: number;
  lastMissedSlot: number | null;
  lastOrphan: number | null;
  lastBlock: number | null;
  lastSlot: number | null;
  /** Since the first stored block. */
  total: { made: number; missed: number; orphaned: number };
}

interface Sums {
  made: number | null;
  missed: number | null;
  orphaned: number | null;
  lastBlock: number | null;
}

/** Several keys of one validator count as one. The epoch is the chain's last stored one. */
export function readOurProduction(
  db: Database,
  aura: readonly string[],
  { epoch, firstSlot }: { epoch: number; firstSlot: number },
): OurProduction {
  const ids = readIds(db, aura);
  const now = db
    .query<Sums, [string, number]>(
      `SELECT sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned, 0 AS lastBlock
       FROM open_counts WHERE author IN (SELECT value FROM json_each(?)) AND epoch = ?`,
    )
    .get(ids, epoch);
  const total = db
    .query<Sums, [string]>(
      `SELECT sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
         max(last_block) AS lastBlock
       FROM (${COUNTS}) WHERE author IN (SELECT value FROM json_each(?))`,
    )
    .get(ids);
  const lastBlock = total?.lastBlock ? total.lastBlock : null;
  const lastSlot = lastBlock === null ? null : readSlot(db, lastBlock);
  return {
    ...plain(now),
    ...readLastTurns(db, ids, Math.max(firstSlot, (lastSlot ?? -1) + 1), firstSlot),
    lastBlock,
    lastSlot,
    total: plain(total),
  };
}

function readIds(db: Database, aura: readonly string[]): string {
  const select = db.query<{ id: number }, [Uint8Array]>(
    "SELECT id FROM authorities WHERE aura = ?",
  );
  return JSON.stringify(aura.flatMap((key) => select.get(toBytes(key))?.id ?? []));
}

function readSlot(db: Database, number: number): number | null {
  return (
    db.query<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?").get(number)
      ?.slot ?? null
  );
}

function readLastTurns(
  db: Database,
  ids: string,
  sinceSlot: number,
  firstSlot: number,
): Pick<OurProduction, "missedInRow" | "lastMissedSlot" | "lastOrphan"> {
  const row = db
    .query<
      Pick<OurProduction, "missedInRow" | "lastMissedSlot" | "lastOrphan">,
      [string, number, number]
    >(
      `WITH our (id) AS (SELECT value FROM json_each(?1))
       SELECT
         (SELECT count(*) FROM missed WHERE slot >= ?2 AND author IN our) AS missedInRow,
         (SELECT max(slot) FROM missed WHERE slot >= ?3 AND author IN our) AS lastMissedSlot,
         -- The + keeps it off the index by number, along which it would walk every orphan there is.
         (SELECT max(+number) FROM orphans WHERE slot >= ?3 AND author IN our) AS lastOrphan`,
    )
    .get(ids, sinceSlot, firstSlot);
  return row ?? { missedInRow: 0, lastMissedSlot: null, lastOrphan: null };
}

function plain(sums: Sums | null): { made: number; missed: number; orphaned: number } {
  return { made: sums?.made ?? 0, missed: sums?.missed ?? 0, orphaned: sums?.orphaned ?? 0 };
}
