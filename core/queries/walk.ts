// The epochs in which some authors did something, one after the other, without looking at the others.
import type { Database } from "bun:sqlite";

import { readConstants } from "../storage/meta.ts";
import { SPAN_EPOCHS } from "../storage/tally.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { SlotSpan } from "./place.ts";
import { intersect } from "./place.ts";
import type { Counts } from "./production.ts";
import { readEnds } from "./summary.ts";

export interface EpochCounts extends Counts {
  epoch: number;
}

export interface Walk {
  authors: readonly number[];
  /** Epochs that touch it are walked. */
  slots: SlotSpan;
  ascending: boolean;
  /** Only epochs that hold some of it. */
  holding: "made" | "missed";
  /** Of what they hold so many are to be passed over: whole epochs and spans of them are not walked at all. */
  skip?: { left: number };
}

const SUMS = `sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
  max(last_block) AS lastBlock`;

/**
 * Callers stop as soon as they have what they want. Spans without any are passed over whole, so the longest
 * silence costs a look-up a day; an epoch costs one look-up.
 */
export function* walkEpochs(db: Database, walk: Walk): Generator<EpochCounts> {
  const chain = readConstants(db);
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null || walk.authors.length === 0) return;
  // What is missed or lost ends with the last block.
  const slots = intersect(walk.slots, { from: first.slot, to: last.slot + 1 });
  if (slots.from >= slots.to) return;
  const [oldest, newest] = [epochOf(slots.from, chain), epochOf(slots.to - 1, chain)];
  const closed =
    db.query<{ epoch: number }, []>("SELECT closed_epoch AS epoch FROM state").get()?.epoch ?? -1;
  // An epoch that is cut by a bound holds more than what was asked for.
  const isInside = (from: number, to: number): boolean =>
    epochFirstSlot(from, chain) >= walk.slots.from &&
    epochFirstSlot(to + 1, chain) <= walk.slots.to;
  const closedWalk = walkClosed(db, walk, oldest, Math.min(newest, closed), isInside);
  if (walk.ascending) yield* closedWalk;
  for (const row of readOpen(db, walk, oldest, newest)) {
    if (!isPassed(walk, row[walk.holding], isInside(row.epoch, row.epoch))) yield row;
  }
  if (!walk.ascending) yield* closedWalk;
}

/** Counts down what is to be passed over where the whole of it is. */
function isPassed({ skip }: Walk, held: number, isInside: boolean): boolean {
  if (skip === undefined || !isInside || held > skip.left) return false;
  skip.left -= held;
  return true;
}

function readOpen(db: Database, walk: Walk, oldest: number, newest: number): EpochCounts[] {
  const { authors, ascending, holding } = walk;
  return db
    .query<EpochCounts, [number, number]>(
      `SELECT epoch, ${SUMS} FROM open_counts
       WHERE author IN (${authors.join()}) AND epoch >= ? AND epoch <= ?
       GROUP BY epoch ORDER BY epoch ${ascending ? "ASC" : "DESC"}`,
    )
    .all(oldest, newest)
    .filter((row) => row[holding] > 0);
}

function* walkClosed(
  db: Database,
  walk: Walk,
  oldest: number,
  newest: number,
  isInside: (from: number, to: number) => boolean,
): Generator<EpochCounts> {
  const { authors, ascending, holding } = walk;
  const inSpan = db.query<{ holding: number | null }, [number]>(
    `SELECT sum(${holding}) AS holding FROM spans WHERE span = ? AND author IN (${authors.join()})`,
  );
  const inEpoch = db.query<EpochCounts, [number]>(
    `SELECT epoch, ${SUMS} FROM tallies WHERE epoch = ? AND author IN (${authors.join()}) GROUP BY epoch`,
  );
  const spanOf = (epoch: number): number => Math.floor(epoch / SPAN_EPOCHS);
  for (const span of count(spanOf(oldest), spanOf(newest), ascending)) {
    const held = inSpan.get(span)?.holding ?? 0;
    if (held === 0) continue;
    const [first, last] = [span * SPAN_EPOCHS, (span + 1) * SPAN_EPOCHS - 1];
    const isWhole = first >= oldest && last <= newest && isInside(first, last);
    if (isPassed(walk, held, isWhole)) continue;
    const from = Math.max(oldest, first);
    const to = Math.min(newest, last);
    for (const epoch of count(from, to, ascending)) {
      const row = inEpoch.get(epoch);
      if (row === null || row[holding] === 0) continue;
      if (!isPassed(walk, row[holding], isInside(epoch, epoch))) yield row;
    }
  }
}

/** Both ends included. */
function* count(from: number, to: number, ascending: boolean): Generator<number> {
  if (ascending) for (let i = from; i <= to; i++) yield i;
  else for (let i = to; i >= from; i--) yield i;
}
