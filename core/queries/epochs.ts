// How did each epoch go, for everybody or for some?
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { readRange } from "../storage/position.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import { readCalendar } from "./calendar.ts";
import { openCounts } from "./counts.ts";
import { openSeatReader } from "./held-seats.ts";
import { committeeBlock, openLuck } from "./luck.ts";
import type { BlockFinder, SlotSpan } from "./place.ts";
import { intersect, openFinder } from "./place.ts";
import type { Counts, Production } from "./production.ts";
import { ratio, readProduction } from "./production.ts";
import type { Page } from "./selection.ts";
import { takePage } from "./selection.ts";
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
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null) return;
  const stored = intersect(slots, { from: first.slot, to: last.slot + 1 });
  if (stored.from >= stored.to) return;
  const [oldest, newest] = [epochOf(stored.from, chain), epochOf(stored.to - 1, chain)];
  const read = openEpochReader(db, authors);
  function* all(): Generator<number> {
    if (page.ascending) for (let epoch = oldest; epoch <= newest; epoch++) yield epoch;
    else for (let epoch = newest; epoch >= oldest; epoch--) yield epoch;
  }
  for (const epoch of takePage(all(), page)) {
    const from = epochFirstSlot(epoch, chain);
    yield read(epoch, { from, to: epochFirstSlot(epoch + 1, chain) });
  }
}

function openEpochReader(
  db: Database,
  authors: readonly number[] | null,
): (epoch: number, slots: SlotSpan) => EpochRecord {
  const calendar = readCalendar(db);
  const blockAt = openFinder(db);
  const theirs = authors === null ? null : openCounts(db, authors);
  const everybody = openTotals(db, blockAt);
  const seats = openSeatReader(db, authors);
  const luckIn = openLuck(db, seats, blockAt);
  return (epoch, slots) => {
    const all = everybody(slots);
    const counts = theirs?.(slots) ?? all;
    const { made, missed, orphaned } = counts;
    const { time, mainchainEpoch } = calendar(slots.from);
    const expected = counts.made + counts.missed;
    const committee = seats.inForce(committeeBlock(slots, blockAt));
    return {
      epoch,
      time,
      mainchainEpoch,
      seats: committee?.held ?? null,
      committeeSize: committee?.size ?? null,
      expected,
      made,
      missed,
      orphaned,
      reliability: ratio(made, made + missed),
      blocks: all.made,
      share: ratio(made, all.made),
      luck: authors === null ? null : luckIn(slots, expected),
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
