// Everything the file knows about one block.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { decodeSeats, toBytes } from "../storage/codes.ts";
import type { BlockRecord } from "./blocks.ts";
import { iterateBlocks, iterateOrphans } from "./blocks.ts";
import type { MissedRecord } from "./missed.ts";
import { iterateMissed } from "./missed.ts";
import { EVERYTHING } from "./selection.ts";
import { readEnds } from "./summary.ts";

/** Of the slots missed before a block, so many are listed. */
const MOST_MISSED = 100;

export interface BlockDetails extends BlockRecord {
  /** Seat whose turn the slot was, from 0, and the size of the committee in force; null = not known. */
  seat: number | null;
  committeeSize: number | null;
  /** Runtime that built it. */
  specVersion: number | null;
  /** Slots between its parent and it that hold no block. */
  missedBefore: number;
  /** The newest of them, oldest first. */
  missed: MissedRecord[];
  /** Blocks seen at its height that lost; for a block that lost, the one that won is first. */
  rivals: BlockRecord[];
}

/** Throws `usage` when no such block is stored. */
export function readBlock(db: Database, number: number): BlockDetails {
  const [record] = at(db, number);
  if (record === undefined) throw notStored(db, `block ${number}`);
  return describe(db, record, orphansAt(db, number));
}

/** Height of a block seen off the canonical chain; null = it is not among them. */
export function findOrphan(db: Database, hash: string): number | null {
  const row = db
    .query<{ number: number }, [Uint8Array]>("SELECT number FROM orphans WHERE hash = ?")
    .get(toBytes(hash));
  return row?.number ?? null;
}

/** A block seen off the canonical chain. */
export function readOrphan(db: Database, hash: string, number: number): BlockDetails {
  const orphans = orphansAt(db, number);
  const record = orphans.find((each) => each.hash === hash);
  if (record === undefined) throw notStored(db, `block ${hash}`);
  const others = orphans.filter((each) => each !== record);
  return describe(db, record, [...at(db, number), ...others]);
}

function at(db: Database, number: number): BlockRecord[] {
  const page = { offset: 0, limit: 1, ascending: true };
  return [...iterateBlocks(db, { ...EVERYTHING, heights: { from: number, to: number } }, page)];
}

function orphansAt(db: Database, number: number): BlockRecord[] {
  const page = { offset: 0, limit: Infinity, ascending: true };
  return [...iterateOrphans(db, { ...EVERYTHING, heights: { from: number, to: number } }, page)];
}

export function notStored(db: Database, what: string): MonitorError {
  const { first, last } = readEnds(db);
  return new MonitorError("usage", `${what} is not stored`, {
    hint:
      first === null || last === null
        ? "no blocks yet: run `mvm sync`"
        : `the database holds blocks ${first.number} to ${last.number}`,
  });
}

function describe(db: Database, record: BlockRecord, rivals: BlockRecord[]): BlockDetails {
  const missed = missedBefore(db, record);
  return {
    ...record,
    ...seatOf(db, record),
    specVersion: specVersionOf(db, record.number),
    missedBefore: missed.count,
    missed: missed.newest,
    rivals,
  };
}

function missedBefore(
  db: Database,
  { number, slot, canonical }: BlockRecord,
): { count: number; newest: MissedRecord[] } {
  // Of a block that lost, only its own slot is known to have been missed by the chain that won.
  if (!canonical) return { count: 0, newest: [] };
  const parent =
    db.query<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?").get(number - 1)
      ?.slot ?? startSlot(db);
  const slots = { from: parent === null ? slot : parent + 1, to: slot };
  const row = db
    .query<{ n: number }, [number, number]>(
      "SELECT count(*) AS n FROM missed WHERE slot >= ? AND slot < ?",
    )
    .get(slots.from, slots.to);
  const page = { offset: 0, limit: MOST_MISSED, ascending: false };
  const newest = [...iterateMissed(db, { ...EVERYTHING, slots }, page)].reverse();
  return { count: row?.n ?? 0, newest };
}

function startSlot(db: Database): number | null {
  return (
    db.query<{ slot: number | null }, []>("SELECT start_parent_slot AS slot FROM state").get()
      ?.slot ?? null
  );
}

/** The list in its parent's state decides. */
function seatOf(
  db: Database,
  { number, slot }: BlockRecord,
): Pick<BlockDetails, "seat" | "committeeSize"> {
  const row = db
    .query<{ seats: Uint8Array }, [number]>(
      "SELECT seats FROM committees WHERE after_block < ? ORDER BY after_block DESC LIMIT 1",
    )
    .get(number);
  const committeeSize = row === null ? null : decodeSeats(row.seats).length;
  return { seat: committeeSize === null ? null : slot % committeeSize, committeeSize };
}

function specVersionOf(db: Database, number: number): number | null {
  return (
    db
      .query<{ spec: number }, [number]>(
        `SELECT spec_version AS spec FROM runtimes WHERE from_block <= ?
         ORDER BY from_block DESC LIMIT 1`,
      )
      .get(number)?.spec ?? null
  );
}
