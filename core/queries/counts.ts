// Counts between two slots: whole days and epochs from their sums, only the two ends from rows.
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { SPAN_EPOCHS } from "../storage/tally.ts";
import type { BlockFinder, SlotSpan } from "./place.ts";
import { openFinder } from "./place.ts";
import type { Counts } from "./production.ts";
import { addCounts, COUNTS, NO_COUNTS } from "./production.ts";

interface Row extends Counts {
  author: number;
}

/** A stretch of slots in the pieces that are summed up already, and the rest. All half-open. */
interface Pieces {
  spans: SlotSpan[];
  epochs: SlotSpan[];
  slots: SlotSpan[];
}

/** Counts by author id, 0 = unknown author; without bounds, of everything stored. */
export function readCounts(db: Database, bounds?: SlotSpan): Map<number, Counts> {
  const counts = new Map<number, Counts>();
  const rows = bounds === undefined ? readAll(db) : openPieces(db, "")(bounds);
  for (const { author, ...each } of rows) {
    counts.set(author, addCounts(counts.get(author) ?? NO_COUNTS, each));
  }
  return counts;
}

function readAll(db: Database): Row[] {
  return db
    .query<Row, []>(
      `SELECT author, made, missed, orphaned, last_block AS lastBlock FROM (${COUNTS})`,
    )
    .all();
}

/** Sums of some authors between two slots, for many such stretches. */
export function openCounts(db: Database, authors: readonly number[]): (bounds: SlotSpan) => Counts {
  const read = openPieces(db, `AND author IN (${authors.join()})`);
  return (bounds) => read(bounds).reduce<Counts>(addCounts, NO_COUNTS);
}

/** @param whose empty, or `AND` a condition on the author */
function openPieces(db: Database, whose: string): (bounds: SlotSpan) => Row[] {
  const chain = readConstants(db);
  if (chain === null) return () => [];
  const closed =
    db.query<{ epoch: number }, []>("SELECT closed_epoch AS epoch FROM state").get()?.epoch ?? -1;
  const inSpans = db.prepare<Row, [number, number]>(sums("spans", "span", whose));
  const inEpochs = db.prepare<Row, [number, number]>(sums("tallies", "epoch", whose));
  const inSlots = openRows(db, whose, openFinder(db));
  return (bounds) => {
    if (bounds.to <= bounds.from) return [];
    const { spans, epochs, slots } = cut(bounds, chain.slotsPerEpoch, closed);
    return [
      ...spans.flatMap(({ from, to }) => inSpans.all(from, to)),
      ...epochs.flatMap(({ from, to }) => inEpochs.all(from, to)),
      ...slots.flatMap(inSlots),
    ];
  };
}

const SUMS = `sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
  max(last_block) AS lastBlock`;

/** A few named authors are looked up one by one: the sums are ordered by epoch first. */
function sums(table: string, key: string, whose: string): string {
  if (whose === "") {
    return `SELECT author, ${SUMS} FROM ${table} WHERE ${key} >= ? AND ${key} < ? GROUP BY author`;
  }
  return `
    WITH RECURSIVE each(n, last) AS (SELECT ?, ? - 1 UNION ALL SELECT n + 1, last FROM each WHERE n < last)
    SELECT author, ${SUMS} FROM each CROSS JOIN ${table} WHERE ${key} = n ${whose} GROUP BY author`;
}

function openRows(db: Database, whose: string, blockAt: BlockFinder): (slots: SlotSpan) => Row[] {
  const select = db.prepare<Row, Record<string, number>>(`
    SELECT author, ${SUMS} FROM (
      SELECT coalesce(author, 0) AS author, 1 AS made, 0 AS missed, 0 AS orphaned, number AS last_block
      FROM blocks WHERE number >= $first AND number < $end ${whose}
      UNION ALL
      SELECT coalesce(author, 0), 0, 1, 0, 0 FROM missed WHERE slot >= $from AND slot < $to ${whose}
      UNION ALL
      SELECT coalesce(author, 0), 0, 0, 1, 0 FROM orphans WHERE slot >= $from AND slot < $to ${whose}
    ) GROUP BY author`);
  return ({ from, to }) => select.all({ from, to, first: blockAt(from), end: blockAt(to) });
}

function cut(bounds: SlotSpan, slotsPerEpoch: number, closed: number): Pieces {
  const first = Math.ceil(bounds.from / slotsPerEpoch);
  const end = Math.min(Math.floor(bounds.to / slotsPerEpoch), closed + 1);
  if (first >= end) return { spans: [], epochs: [], slots: [bounds] };
  const span = {
    from: Math.ceil(first / SPAN_EPOCHS),
    // The newest span holds closed epochs only, so it counts as whole when they are all wanted.
    to: end > closed ? Math.ceil(end / SPAN_EPOCHS) : Math.floor(end / SPAN_EPOCHS),
  };
  const spans = [span].filter(isSome);
  const epochs =
    spans.length === 0
      ? [{ from: first, to: end }]
      : [
          { from: first, to: span.from * SPAN_EPOCHS },
          { from: span.to * SPAN_EPOCHS, to: end },
        ];
  const slots = [
    { from: bounds.from, to: first * slotsPerEpoch },
    { from: end * slotsPerEpoch, to: bounds.to },
  ];
  return { spans, epochs: epochs.filter(isSome), slots: slots.filter(isSome) };
}

function isSome({ from, to }: SlotSpan): boolean {
  return from < to;
}
