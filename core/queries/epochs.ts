// How did each epoch go, for everybody or for some?
import type { Database } from "bun:sqlite";

import { decodeSeats } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { readRange } from "../storage/position.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import { readCalendar } from "./calendar.ts";
import { openCounts, readCounts } from "./counts.ts";
import type { BlockFinder, SlotSpan } from "./place.ts";
import { intersect, openFinder } from "./place.ts";
import type { Counts, Production } from "./production.ts";
import { addCounts, NO_COUNTS, ratio, readProduction } from "./production.ts";
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
  const seatsIn = openSeats(db, authors, blockAt);
  const usual = authors === null ? null : usualShare(db, authors);
  return (epoch, slots) => {
    const all = everybody(slots);
    const counts = theirs?.(slots) ?? all;
    const { made, missed, orphaned } = counts;
    const { time, mainchainEpoch } = calendar(slots.from);
    return {
      epoch,
      time,
      mainchainEpoch,
      ...seatsIn(slots),
      expected: made + missed,
      made,
      missed,
      orphaned,
      reliability: ratio(made, made + missed),
      blocks: all.made,
      share: ratio(made, all.made),
      luck: usual === null ? null : ratio(made, all.made * usual),
    };
  };
}

/** Their part of all stored blocks. */
function usualShare(db: Database, authors: readonly number[]): number {
  const counts = readCounts(db);
  const made = (each: Iterable<Counts>): number => [...each].reduce(addCounts, NO_COUNTS).made;
  return (
    made(authors.map((id) => counts.get(id) ?? NO_COUNTS)) / Math.max(1, made(counts.values()))
  );
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

/** A seat is a u32, see codes.ts. */
const SEAT_BYTES = 4;

type Seats = Pick<EpochRecord, "seats" | "committeeSize">;

/** The committee of an epoch is in force from the children of its first block on. */
function openSeats(
  db: Database,
  authors: readonly number[] | null,
  blockAt: BlockFinder,
): (slots: SlotSpan) => Seats {
  const theirs = authors === null ? null : new Set(authors);
  // Of everybody only the number of seats is asked for: the list itself is not read.
  const select = db.query<{ after: number; size: number; seats: Uint8Array | null }, [number]>(
    `SELECT after_block AS after, length(seats) / ${SEAT_BYTES} AS size,
       ${theirs === null ? "NULL" : "seats"} AS seats
     FROM committees WHERE after_block <= ? ORDER BY after_block DESC LIMIT 1`,
  );
  let known: { after: number; seats: Seats } | undefined;
  return ({ from, to }) => {
    const first = blockAt(from);
    // An epoch without a block leaves the committee before it on duty.
    const row = select.get(blockAt(to) > first ? first : first - 1);
    if (row === null) return { seats: null, committeeSize: null };
    if (known?.after === row.after) return known.seats;
    const ids = row.seats === null ? null : decodeSeats(row.seats);
    const seats = {
      seats: ids === null ? row.size : ids.filter((id) => theirs?.has(id)).length,
      committeeSize: row.size,
    };
    known = { after: row.after, seats };
    return seats;
  };
}
