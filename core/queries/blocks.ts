// Which blocks, and who made them? Newest first.
import type { Database } from "bun:sqlite";

import { decodeFlags, toHex } from "../storage/codes.ts";
import { readFinalized } from "../storage/position.ts";
import type { Attribution, SealState } from "../types.ts";
import type { Calendar, SlotDate } from "./calendar.ts";
import { readCalendar } from "./calendar.ts";

export interface BlockRecord extends SlotDate {
  number: number;
  hash: string;
  /** Null when the block before is not stored. */
  parentHash: string | null;
  slot: number;
  authorAura: string | null;
  authorSidechain: string | null;
  label: string | null;
  ours: boolean;
  attribution: Attribution;
  /** Null = not checked. */
  sealVerified: boolean | null;
  /** False for a block seen off the canonical chain. */
  canonical: boolean;
  finalized: boolean;
  /** Null = body not seen. */
  extrinsics: number | null;
}

/** Bounds are inclusive; of what lies between them the newest `limit` blocks are read. */
export interface BlockRange {
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
}

interface Row {
  number: number;
  hash: Uint8Array;
  parent: Uint8Array | null;
  slot: number;
  flags: number;
  extrinsics: number | null;
  aura: Uint8Array | null;
  sidechain: Uint8Array | null;
  label: string | null;
  ours: number | null;
  canonical: number;
}

/** A parent hash is not stored: it is the hash of the row before, or that of the chain's start. */
const CANONICAL = `
  SELECT b.number, b.hash, b.slot, b.flags, b.extrinsics, a.aura, a.sidechain, a.label, a.ours,
    1 AS canonical,
    coalesce(p.hash, CASE WHEN b.number = (SELECT min(number) FROM blocks)
      THEN (SELECT start_parent_hash FROM state) END) AS parent
  FROM blocks b
  LEFT JOIN blocks p ON p.number = b.number - 1
  LEFT JOIN authorities a ON a.id = b.author
  WHERE b.number BETWEEN $from AND $to`;

const NEWEST = "ORDER BY b.number DESC LIMIT $limit";

const ORPHANS = `
  SELECT b.number, b.hash, b.slot, b.flags, b.extrinsics, a.aura, a.sidechain, a.label, a.ours,
    0 AS canonical, b.parent_hash AS parent
  FROM orphans b LEFT JOIN authorities a ON a.id = b.author
  WHERE b.number BETWEEN $from AND $to ORDER BY b.number DESC, b.hash LIMIT $limit`;

export function readBlocks(db: Database, range: BlockRange): BlockRecord[] {
  return read(db, `${CANONICAL} ${NEWEST}`, bind(range));
}

/** Blocks seen off the canonical chain. */
export function readOrphans(db: Database, range: BlockRange): BlockRecord[] {
  return read(db, ORPHANS, bind(range));
}

/** Blocks of one author. Every block of the range is looked at: keep it short. */
export function readBlocksBy(
  db: Database,
  author: number,
  firstSlot: number,
  range: BlockRange,
): BlockRecord[] {
  const sql = `${CANONICAL} AND b.author = $author AND b.slot >= $firstSlot ${NEWEST}`;
  return read(db, sql, { ...bind(range), author, firstSlot });
}

function bind({ from = 0, to = Number.MAX_SAFE_INTEGER, limit }: BlockRange): {
  from: number;
  to: number;
  limit: number;
} {
  return { from, to, limit };
}

function read(db: Database, sql: string, values: Record<string, number>): BlockRecord[] {
  const calendar = readCalendar(db);
  const finalized = readFinalized(db)?.number ?? -1;
  return db
    .query<Row, Record<string, number>>(sql)
    .all(values)
    .map((row) => toRecord(row, calendar, finalized));
}

function toRecord(row: Row, calendar: Calendar, finalized: number): BlockRecord {
  const { number, slot, label, extrinsics } = row;
  const { attribution, seal } = decodeFlags(row.flags);
  const canonical = row.canonical === 1;
  return {
    number,
    hash: toHex(row.hash),
    parentHash: row.parent === null ? null : toHex(row.parent),
    slot,
    ...calendar(slot),
    authorAura: row.aura === null ? null : toHex(row.aura),
    authorSidechain: row.sidechain === null ? null : toHex(row.sidechain),
    label,
    ours: row.ours === 1,
    attribution,
    sealVerified: verdict(seal),
    canonical,
    finalized: canonical && number <= finalized,
    extrinsics,
  };
}

function verdict(seal: SealState): boolean | null {
  return seal === "unchecked" ? null : seal === "verified";
}
