// Which part of the database is asked for: bounds by height, epoch or time, and whose.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { readConstants } from "../storage/meta.ts";
import { readRange } from "../storage/position.ts";
import { epochFirstSlot } from "../time.ts";
import { findValidator } from "./find.ts";
import type { SlotSpan } from "./place.ts";
import { ALL_SLOTS, intersect, openFinder } from "./place.ts";
import { readRanking } from "./validators.ts";

/** What an operator asked for. Absent = no bound. */
export interface Wanted {
  /** Heights, both included. */
  from?: number | undefined;
  to?: number | undefined;
  epoch?: number | undefined;
  /** Moments, the first included, the second not. */
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
  ours?: boolean | undefined;
  /** A key, the beginning of one, or a label. */
  validator?: string | undefined;
}

export interface Selection {
  /** Heights asked for, both included. */
  heights: { from: number; to: number };
  /** Slots that epoch and times leave; those of heights are not applied. */
  slots: SlotSpan;
  /** Ids of the `authorities` table; null = everybody's. */
  authors: readonly number[] | null;
}

/** Everything, newest first, without end. */
export const EVERYTHING: Selection = {
  heights: { from: 0, to: Number.MAX_SAFE_INTEGER },
  slots: ALL_SLOTS,
  authors: null,
};

/** Which rows of what is selected. */
export interface Page {
  offset: number;
  /** Infinity = all. */
  limit: number;
  ascending: boolean;
}

/** Throws `usage` when the validator is not known, or none is ours. */
export function readSelection(db: Database, wanted: Wanted): Selection {
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = wanted;
  return {
    heights: { from, to },
    slots: readSlots(db, wanted),
    authors: readAuthors(db, wanted),
  };
}

function readSlots(db: Database, { epoch, sinceMs, untilMs }: Wanted): SlotSpan {
  if (epoch === undefined && sinceMs === undefined && untilMs === undefined) return ALL_SLOTS;
  const chain = readConstants(db);
  // Without its constants nothing is stored yet.
  if (chain === null) return { from: 0, to: 0 };
  const slotFrom = (timeMs: number): number => Math.ceil(timeMs / chain.slotDurationMs);
  const inTime = {
    from: sinceMs === undefined ? 0 : slotFrom(sinceMs),
    to: untilMs === undefined ? ALL_SLOTS.to : slotFrom(untilMs),
  };
  if (epoch === undefined) return inTime;
  return intersect(inTime, {
    from: epochFirstSlot(epoch, chain),
    to: epochFirstSlot(epoch + 1, chain),
  });
}

function readAuthors(db: Database, { ours, validator }: Wanted): readonly number[] | null {
  if (ours !== true && validator === undefined) return null;
  const all = readRanking(db);
  if (validator !== undefined) return findValidator(all, validator).ids;
  const found = all.filter((each) => each.validator.ours).flatMap(({ ids }) => ids);
  if (found.length > 0) return found;
  throw new MonitorError("usage", "none of the known validators is ours", {
    hint: "run `mvm sync` with --keystore, or ask for one with --validator KEY",
  });
}

/** All bounds as slots: a block counts with its slot, a missed slot between two blocks with its own. */
export function slotsOf(db: Database, { heights, slots }: Selection): SlotSpan {
  const { first, last } = readRange(db);
  const slotOf = db.query<{ slot: number }, [number]>(
    "SELECT slot FROM blocks WHERE number >= ? ORDER BY number LIMIT 1",
  );
  const slotFrom = (number: number): number => slotOf.get(number)?.slot ?? ALL_SLOTS.to;
  return intersect(slots, {
    from: first === null || heights.from <= first ? 0 : slotFrom(heights.from),
    to: last === null || heights.to >= last ? ALL_SLOTS.to : slotFrom(heights.to + 1),
  });
}

/** All bounds as heights of canonical blocks, both included. */
export function heightsOf(
  db: Database,
  { heights, slots }: Selection,
): { from: number; to: number } {
  if (slots === ALL_SLOTS) return heights;
  const blockAt = openFinder(db);
  return {
    from: Math.max(heights.from, blockAt(slots.from)),
    to: Math.min(heights.to, blockAt(slots.to) - 1),
  };
}

export function isUnbounded({ heights, slots }: Selection): boolean {
  return slots === ALL_SLOTS && heights.from === 0 && heights.to === Number.MAX_SAFE_INTEGER;
}

/** What is left of some rows once those to be passed over are gone; counts them down. */
export function passOver<T>(rows: readonly T[], skip: { left: number }): readonly T[] {
  const gone = Math.min(skip.left, rows.length);
  skip.left -= gone;
  return gone === 0 ? rows : rows.slice(gone);
}

/** The rows of a page, and no row read past it. */
export function* takePage<T>(
  rows: Iterable<T>,
  { offset, limit }: Pick<Page, "offset" | "limit">,
): Generator<T> {
  if (limit <= 0) return;
  let seen = 0;
  for (const row of rows) {
    seen += 1;
    if (seen > offset) yield row;
    if (seen >= offset + limit) return;
  }
}

/** Sorted by a column, unknown last whichever the direction. */
export function sortRows<T>(
  rows: readonly T[],
  column: keyof T | undefined,
  descending: boolean,
): readonly T[] {
  if (column === undefined) return rows;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === right) return 0;
    if (left === null || left === undefined) return 1;
    if (right === null || right === undefined) return -1;
    return left < right === descending ? 1 : -1;
  });
}
