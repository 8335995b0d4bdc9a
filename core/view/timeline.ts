// The time line: blocks, the slots nobody filled and the blocks that lost, in one list, newest first.
import type { Database } from "bun:sqlite";

import type { BlockRecord } from "../queries/blocks.ts";
import { readBlocks } from "../queries/blocks.ts";
import { decodeFlags, toHex } from "../storage/codes.ts";
import { readRange } from "../storage/position.ts";
import type { TimelineRow } from "./messages.ts";

/** Blocks on each side of the one asked for. */
const REACH = 300;
/** Missed slots in a row listed one by one; a chain may have stood still for a month. */
const LISTED = 20;

interface MissedRecord {
  slot: number;
  aura: Uint8Array | null;
  label: string | null;
  ours: number | null;
}

const MISSED = `
  SELECT m.slot, a.aura, a.label, a.ours FROM missed m LEFT JOIN authorities a ON a.id = m.author
  WHERE m.slot > ? AND m.slot < ? ORDER BY m.slot DESC LIMIT ?`;

/** Around a block, or the newest blocks. */
export function readTimeline(db: Database, around: number | null): TimelineRow[] {
  const { first, last } = readRange(db);
  if (first === null || last === null) return [];
  const middle = Math.max(first, Math.min(last, around ?? last));
  const to = Math.min(last, Math.max(middle + REACH, first + 2 * REACH));
  return readRows(db, Math.max(first, to - 2 * REACH), to, to === last);
}

export function readNewest(db: Database, blocks: number): TimelineRow[] {
  const { first, last } = readRange(db);
  if (first === null || last === null) return [];
  return readRows(db, Math.max(first, last - blocks + 1), last, true);
}

function readRows(db: Database, from: number, to: number, isTip: boolean): TimelineRow[] {
  const blocks = readBlocks(db, { from, to, limit: to - from + 1 });
  // A losing block may stand above the canonical tip for a moment.
  const newest = isTip ? Number.MAX_SAFE_INTEGER : (blocks[0]?.slot ?? 0);
  const orphans = readOrphanRows(db, blocks.at(-1)?.slot ?? 0, newest);
  const rows = [...blocks.map(toRow), ...orphans];
  const missed = db.query<MissedRecord, [number, number, number]>(MISSED);
  for (const [i, block] of blocks.entries()) {
    const before = blocks[i + 1];
    if (before === undefined) break;
    const gap = block.slot - before.slot - 1;
    if (gap > 0) rows.push(...missedRows(missed.all(before.slot, block.slot, LISTED), gap));
  }
  // Of two for one slot the canonical one comes first.
  return rows.sort((a, b) => b.slot - a.slot || ORDER[a.kind] - ORDER[b.kind]);
}

const ORDER = { block: 0, orphan: 1, missed: 2, skipped: 3 };

function missedRows(records: readonly MissedRecord[], gap: number): TimelineRow[] {
  const rows = records.map(({ slot, aura, label, ours }) => ({
    ...NOTHING,
    key: `slot ${slot}`,
    kind: "missed" as const,
    slot,
    author: aura === null ? null : toHex(aura),
    label,
    ours: ours === 1,
  }));
  const more = gap - rows.length;
  const lowest = rows.at(-1);
  if (more <= 0 || lowest === undefined) return rows;
  const slot = lowest.slot - 1;
  return [...rows, { ...NOTHING, key: `skipped ${slot}`, kind: "skipped", slot, slots: more }];
}

const NOTHING = {
  number: null,
  hash: null,
  author: null,
  label: null,
  ours: false,
  finalized: false,
  seal: null,
  extrinsics: null,
  slots: 1,
} satisfies Partial<TimelineRow>;

interface OrphanRecord extends MissedRecord {
  number: number;
  hash: Uint8Array;
  flags: number;
  extrinsics: number | null;
}

/** By slot: that has an index, a height has none. */
const ORPHANS = `
  SELECT o.number, o.hash, o.slot, o.flags, o.extrinsics, a.aura, a.label, a.ours
  FROM orphans o LEFT JOIN authorities a ON a.id = o.author WHERE o.slot BETWEEN ? AND ?`;

function readOrphanRows(db: Database, from: number, to: number): TimelineRow[] {
  return db
    .query<OrphanRecord, [number, number]>(ORPHANS)
    .all(from, to)
    .map(({ number, slot, label, extrinsics, ...row }) => {
      const { seal } = decodeFlags(row.flags);
      const hash = toHex(row.hash);
      return {
        ...NOTHING,
        ...{ key: `orphan ${hash}`, kind: "orphan", number, hash, slot, label, extrinsics },
        author: row.aura === null ? null : toHex(row.aura),
        ours: row.ours === 1,
        seal: seal === "unchecked" ? null : seal === "verified",
      };
    });
}

function toRow(record: BlockRecord): TimelineRow {
  const { number, hash, slot, label, ours, finalized, extrinsics } = record;
  return {
    key: `block ${number}`,
    kind: "block",
    ...{ number, hash, slot, label, ours, finalized, extrinsics },
    author: record.authorAura,
    seal: record.sealVerified,
    slots: 1,
  };
}
