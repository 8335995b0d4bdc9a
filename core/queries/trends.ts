// How did production go, day by day?
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { slotTimeMs } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import { openCounts } from "./counts.ts";
import { openTotals } from "./epochs.ts";
import { openFinder } from "./place.ts";
import type { Production } from "./production.ts";
import { ratio } from "./production.ts";
import { readEnds } from "./summary.ts";

const DAY_MS = 86_400_000;

/** For the meaning of the words see production.ts. */
export interface DayRecord extends Production {
  /** UTC, YYYY-MM-DD. */
  day: string;
  expected: number;
  reliability: number | null;
  /** Blocks made by everybody. */
  blocks: number;
  /** made / blocks */
  share: number | null;
  /** Blocks of the day may be missing here: the chain as stored begins or ends within it. */
  partial: boolean;
}

/** The last days up to that of the last stored block, oldest first. */
export function readTrends(
  db: Database,
  { authors, days }: { authors: readonly number[] | null; days: number },
): DayRecord[] {
  const chain = readConstants(db);
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null) return [];
  const dayOf = (slot: number): number => Math.floor(slotTimeMs(slot, chain) / DAY_MS);
  const newest = dayOf(last.slot);
  const oldest = Math.max(dayOf(first.slot), newest - days + 1);
  const theirs = authors === null ? null : openCounts(db, authors);
  const everybody = openTotals(db, openFinder(db));
  return Array.from({ length: newest - oldest + 1 }, (_, i) => {
    const slots = slotsOfDay(oldest + i, chain);
    const all = everybody(slots);
    const counts = theirs?.(slots) ?? all;
    const { made, missed, orphaned } = counts;
    return {
      day: new Date((oldest + i) * DAY_MS).toISOString().slice(0, 10),
      expected: made + missed,
      made,
      missed,
      orphaned,
      reliability: ratio(made, made + missed),
      blocks: all.made,
      share: ratio(made, all.made),
      partial: slots.from < first.slot || slots.to > last.slot + 1,
    };
  });
}

function slotsOfDay(day: number, chain: ChainConstants): { from: number; to: number } {
  const firstSlot = (each: number): number => Math.ceil((each * DAY_MS) / chain.slotDurationMs);
  return { from: firstSlot(day), to: firstSlot(day + 1) };
}
