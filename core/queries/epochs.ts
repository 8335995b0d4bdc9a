// How did each epoch go, for everybody or for some?
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { readRange } from "../storage/position.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import { readCalendar } from "./calendar.ts";
import type { EpochSum } from "./epoch-sums.ts";
import { openEpochSums, readEpochSums } from "./epoch-sums.ts";
import { openSeatReader } from "./held-seats.ts";
import { committeeBlock, openLuck } from "./luck.ts";
import type { BlockFinder, SlotSpan } from "./place.ts";
import { intersect, openFinder } from "./place.ts";
import type { Counts, Production } from "./production.ts";
import { NO_COUNTS, ratio, readProduction } from "./production.ts";
import type { Page } from "./selection.ts";
import { sortRows, takePage } from "./selection.ts";
import { readEnds } from "./summary.ts";

/** For the meaning of the words see production.ts. */
export interface EpochRecord extends Production {
  epoch: number;
  /** When it began. */
  time: string | null;
  mainchainEpoch: number | null;
  /** Theirs, or all; null = the committee is not known. */
  seats: number | null;
  committeeSize: number | null;
  expected: number;
  reliability: number | null;
  /** Blocks made by everybody in this epoch. */
  blocks: number;
  /** made / blocks */
  share: number | null;
  /** Null for everybody together: all are always as lucky as ever. */
  luck: number | null;
}

export interface EpochSelection {
  /** Epochs that touch it. */
  slots: SlotSpan;
  authors: readonly number[] | null;
}

/** Every epoch between the first and the last stored block, those without a block or a turn too. */
export function* iterateEpochs(
  db: Database,
  { slots, authors }: EpochSelection,
  page: Page,
): Generator<EpochRecord> {
  const chain = readConstants(db);
  const range = rangeOf(db, slots);
  if (chain === null || range === null) return;
  const read = openEpochReader(db, authors, chain);
  for (const epoch of takePage(countEpochs(range, page.ascending), page)) yield read(epoch);
}

/**
 * What follows from the counts of an epoch alone, and can be sorted by: seats and luck would want every committee's list
 * to be read, tens of thousands of them.
 */
export const COUNTED = [
  "expected",
  "made",
  "missed",
  "orphaned",
  "reliability",
  "blocks",
  "share",
] as const satisfies readonly (keyof EpochRecord)[];
type Counted = (typeof COUNTED)[number];

/** The same by a count, those without a value last; among equals the newest first. */
export function* iterateEpochsBy(
  db: Database,
  { slots, authors }: EpochSelection,
  { column, descending }: { column: Counted; descending: boolean },
  page: Pick<Page, "offset" | "limit">,
): Generator<EpochRecord> {
  const chain = readConstants(db);
  const range = rangeOf(db, slots);
  if (chain === null || range === null) return;
  const read = openEpochReader(db, authors, chain);
  const keyOf = openKey(db, authors, range, column);
  const keyed = [...countEpochs(range, false)].map((epoch) => ({ epoch, key: keyOf(epoch) }));
  for (const { epoch } of takePage(sortRows(keyed, "key", descending), page)) yield read(epoch);
}

function openKey(
  db: Database,
  authors: readonly number[] | null,
  range: EpochRange,
  column: Counted,
): (epoch: number) => number | null {
  const index = (rows: readonly EpochSum[]): Map<number, EpochSum> =>
    new Map(rows.map((row) => [row.epoch, row]));
  const theirs = index(readEpochSums(db, authors, range));
  const wantsAll = authors !== null && (column === "blocks" || column === "share");
  const all = wantsAll ? index(readEpochSums(db, null, range)) : theirs;
  return (epoch) => describeCounts(theirs.get(epoch), all.get(epoch))[column];
}

/** Epochs, both ends included. */
interface EpochRange {
  from: number;
  to: number;
}

function rangeOf(db: Database, slots: SlotSpan): EpochRange | null {
  const chain = readConstants(db);
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null) return null;
  const stored = intersect(slots, { from: first.slot, to: last.slot + 1 });
  if (stored.from >= stored.to) return null;
  return { from: epochOf(stored.from, chain), to: epochOf(stored.to - 1, chain) };
}

function* countEpochs({ from, to }: EpochRange, ascending: boolean): Generator<number> {
  if (ascending) for (let epoch = from; epoch <= to; epoch++) yield epoch;
  else for (let epoch = to; epoch >= from; epoch--) yield epoch;
}

function describeCounts(
  { made, missed, orphaned }: Production = NO_COUNTS,
  all: Production = NO_COUNTS,
): Pick<EpochRecord, Counted> {
  const expected = made + missed;
  const reliability = ratio(made, expected);
  return {
    made,
    missed,
    orphaned,
    expected,
    reliability,
    blocks: all.made,
    share: ratio(made, all.made),
  };
}

function openEpochReader(
  db: Database,
  authors: readonly number[] | null,
  chain: ChainConstants,
): (epoch: number) => EpochRecord {
  const calendar = readCalendar(db);
  const blockAt = openFinder(db);
  const everybody = openEpochSums(db, null);
  const theirs = authors === null ? everybody : openEpochSums(db, authors);
  const seats = openSeatReader(db, authors);
  const luckIn = openLuck(db, seats, blockAt);
  return (epoch) => {
    const slots = { from: epochFirstSlot(epoch, chain), to: epochFirstSlot(epoch + 1, chain) };
    const { time, mainchainEpoch } = calendar(slots.from);
    const counts = describeCounts(theirs(epoch), everybody(epoch));
    const committee = seats.inForce(committeeBlock(slots, blockAt));
    return {
      epoch,
      time,
      mainchainEpoch,
      seats: committee?.held ?? null,
      committeeSize: committee?.size ?? null,
      ...counts,
      luck: authors === null ? null : luckIn(slots, counts.expected),
    };
  };
}

/** Counts of everybody between two slots: heights tell how many blocks, so no author's rows are added up. */
export function openTotals(db: Database, blockAt: BlockFinder): (slots: SlotSpan) => Counts {
  const countBlocks = db.query<{ n: number }, [number, number]>(
    "SELECT count(*) AS n FROM blocks WHERE number >= ? AND number < ?",
  );
  const countMissed = db.query<{ n: number }, [number, number]>(
    "SELECT count(*) AS n FROM missed WHERE slot >= ? AND slot < ?",
  );
  const countOrphans = db.query<{ n: number }, [number, number]>(
    "SELECT count(*) AS n FROM orphans WHERE slot >= ? AND slot < ?",
  );
  const { first, last } = readRange(db);
  // Without a hole, heights are counts.
  const whole = first !== null && last !== null && readProduction(db).made === last - first + 1;
  return ({ from, to }) => {
    const [low, high] = [blockAt(from), blockAt(to)];
    const made = whole ? Math.max(0, high - low) : (countBlocks.get(low, high)?.n ?? 0);
    return {
      made,
      missed: countMissed.get(from, to)?.n ?? 0,
      orphaned: countOrphans.get(from, to)?.n ?? 0,
      lastBlock: made === 0 ? 0 : high - 1,
    };
  };
}
