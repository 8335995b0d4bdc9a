// Counts between two slots: whole days and epochs from their sums, only the two ends from rows.
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { SPAN_EPOCHS } from "../storage/tally.ts";
import { epochFirstSlot } from "../time.ts";
import type { SlotSpan } from "./place.ts";
import { openFinder } from "./place.ts";
import type { Counts } from "./production.ts";
import { addCounts, COUNTS, NO_COUNTS } from "./production.ts";

interface Range {
  from: number;
  to: number;
}

/** A stretch of slots in the pieces that are summed up already, and the rest. All half-open. */
interface Pieces {
  spans: Range;
  epochs: Range[];
  slots: SlotSpan[];
}

interface Row extends Counts {
  author: number;
}

const COLUMNS = "author, made, missed, orphaned, last_block AS lastBlock";

/** Counts by author id, 0 = unknown author; without bounds, of everything stored. */
export function readCounts(db: Database, bounds?: SlotSpan): Map<number, Counts> {
  const rows =
    bounds === undefined
      ? db.query<Row, []>(`SELECT ${COLUMNS} FROM (${COUNTS})`).all()
      : readPieces(db, bounds, "");
  return new Map(
    rows.map(({ author, made, missed, orphaned, lastBlock }) => [
      author,
      { made, missed, orphaned, lastBlock },
    ]),
  );
}

/** Sums of some authors between two slots. */
export function readCountsOf(db: Database, authors: readonly number[], bounds: SlotSpan): Counts {
  return readPieces(db, bounds, `AND author IN (${authors.join()})`).reduce<Counts>(
    addCounts,
    NO_COUNTS,
  );
}

function readPieces(db: Database, bounds: SlotSpan, whose: string): Row[] {
  const chain = readConstants(db);
  if (chain === null || bounds.to <= bounds.from) return [];
  const closed = db.query<{ epoch: number }, []>("SELECT closed_epoch AS epoch FROM state").get();
  const { spans, epochs, slots } = cut(bounds, chain.slotsPerEpoch, closed?.epoch ?? -1);
  const blockAt = openFinder(db);
  const parts = [
    ...sums("spans", "span", spans, whose),
    ...epochs.flatMap((range) => sums("tallies", "epoch", range, whose)),
    ...slots.flatMap(({ from, to }) => [
      `SELECT coalesce(author, 0) AS author, 1 AS made, 0 AS missed, 0 AS orphaned, number AS last_block
       FROM blocks WHERE number >= ${blockAt(from)} AND number < ${blockAt(to)} ${whose}`,
      `SELECT coalesce(author, 0), 0, 1, 0, 0 FROM missed WHERE slot >= ${from} AND slot < ${to} ${whose}`,
      `SELECT coalesce(author, 0), 0, 0, 1, 0 FROM orphans WHERE slot >= ${from} AND slot < ${to} ${whose}`,
    ]),
  ];
  if (parts.length === 0) return [];
  return db
    .prepare<Row, []>(
      `SELECT author, sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
         max(last_block) AS lastBlock FROM (${parts.join(" UNION ALL ")}) GROUP BY author`,
    )
    .all();
}

/** A few named authors are looked up epoch by epoch: the sums are ordered by epoch first. */
function sums(table: string, key: string, { from, to }: Range, whose: string): string[] {
  if (from >= to) return [];
  const columns = "author, made, missed, orphaned, last_block";
  if (whose === "") {
    return [`SELECT ${columns} FROM ${table} WHERE ${key} >= ${from} AND ${key} < ${to}`];
  }
  return [
    `SELECT ${columns} FROM (
       WITH RECURSIVE each(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM each WHERE n + 1 < ${to})
       SELECT n FROM each
     ) CROSS JOIN ${table} WHERE ${key} = n ${whose}`,
  ];
}

function cut(bounds: SlotSpan, slotsPerEpoch: number, closed: number): Pieces {
  const first = Math.ceil(bounds.from / slotsPerEpoch);
  const end = Math.min(Math.floor(bounds.to / slotsPerEpoch), closed + 1);
  if (first >= end) return { spans: { from: 0, to: 0 }, epochs: [], slots: [bounds] };
  const chain = { slotsPerEpoch, slotDurationMs: 0 };
  const slots = [
    { from: bounds.from, to: epochFirstSlot(first, chain) },
    { from: epochFirstSlot(end, chain), to: bounds.to },
  ].filter(({ from, to }) => from < to);
  const span = {
    from: Math.ceil(first / SPAN_EPOCHS),
    // The newest span holds closed epochs only, so it counts as whole when they are all wanted.
    to: end > closed ? Math.ceil(end / SPAN_EPOCHS) : Math.floor(end / SPAN_EPOCHS),
  };
  if (span.from >= span.to) {
    return { spans: { from: 0, to: 0 }, epochs: [{ from: first, to: end }], slots };
  }
  const epochs = [
    { from: first, to: span.from * SPAN_EPOCHS },
    { from: span.to * SPAN_EPOCHS, to: end },
  ].filter(({ from, to }) => from < to);
  return { spans: span, epochs, slots };
}
