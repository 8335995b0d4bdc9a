// The time line: blocks, the slots nobody filled and the blocks that lost, in one list, newest first.
import type { Database } from "bun:sqlite";

import { readBlocks } from "../queries/blocks.ts";
import { openFinder } from "../queries/place.ts";
import { toHex } from "../storage/codes.ts";
import { readRange } from "../storage/position.ts";
import type { Around, TimelineFacts, TimelineRow } from "./messages.ts";
import { readOurTimeline } from "./our-timeline.ts";
import { newestFirst, NOTHING, readOrphanRows, toRow } from "./timeline-rows.ts";

/** Blocks on each side of the one asked for. */
const REACH = 150;
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

type Timeline = Pick<TimelineFacts, "rows" | "toStart">;

/** Around a place, or the newest lines. */
export function readTimeline(db: Database, around: Around | null, ours: boolean): Timeline {
  const { first, last } = readRange(db);
  if (first === null || last === null) return { rows: [], toStart: true };
  if (ours) return readOurTimeline(db, around, REACH);
  const wanted = around === null ? last : heightOf(db, around);
  const middle = Math.max(first, Math.min(last, wanted));
  const to = Math.min(last, Math.max(middle + REACH, first + 2 * REACH));
  const from = Math.max(first, to - 2 * REACH);
  return { rows: readRows(db, from, to, to === last), toStart: from === first };
}

function heightOf(db: Database, around: Around): number {
  return "number" in around ? around.number : openFinder(db)(around.slot);
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
  return rows.sort(newestFirst);
}

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
