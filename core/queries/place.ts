// Where a slot lies among the stored blocks: heights and slots grow together, so a straight line comes close.
import type { Database } from "bun:sqlite";

import { readRange } from "../storage/position.ts";

/** Slots from `from` up to, not including, `to`. */
export interface SlotSpan {
  from: number;
  to: number;
}

export const ALL_SLOTS: SlotSpan = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Finds the first canonical block at or after a slot; one past the last where there is none. */
export type BlockFinder = (slot: number) => number;

interface Place {
  number: number;
  slot: number;
}

/**
 * Nearly every slot has a block, so a straight line from the place found last comes close. Whoever asks for one
 * epoch after the other is answered in two steps.
 */
export function openFinder(db: Database): BlockFinder {
  const { first, last } = readRange(db);
  // Not the row itself but the next one there is: a hole must not lead astray.
  const from = db.query<Place, [number]>(
    "SELECT number, slot FROM blocks WHERE number >= ? ORDER BY number LIMIT 1",
  );
  const ends = [first, last].map((number) => (number === null ? null : from.get(number)));
  const [oldest, newest] = ends;
  const found = new Map<number, number>();
  let near = oldest;
  return (slot) => {
    if (oldest == null || newest == null || near == null) return 0;
    if (slot <= oldest.slot) return oldest.number;
    if (slot > newest.slot) return newest.number + 1;
    let number = found.get(slot);
    if (number === undefined) {
      near = search(slot, { oldest, newest, near }, (at) => from.get(at));
      number = near.number;
      found.set(slot, number);
    }
    return number;
  };
}

/**
 * A block more is a slot more at least, so a place that is so many slots off bounds the search from both sides.
 * Every third step halves what is left: a long stretch without blocks costs no more than that.
 */
function search(
  slot: number,
  { oldest, newest, near }: { oldest: Place; newest: Place; near: Place },
  at: (number: number) => Place | null,
): Place {
  const perSlot = (newest.number - oldest.number) / (newest.slot - oldest.slot);
  // The block looked for lies above `low`, and at `high` or, where a hole is, is the next one.
  let [low, high, place] = [oldest.number, newest.number, near];
  for (let step = 0; high - low > 1; step++) {
    const straight = place.number + Math.round((slot - place.slot) * perSlot);
    const guess = step % 3 === 2 ? Math.floor((low + high) / 2) : straight;
    const middle = Math.min(high - 1, Math.max(low + 1, guess));
    place = at(middle) ?? newest;
    const ahead = place.slot - slot;
    if (ahead >= 0) {
      // Nothing stands between the guess and the block it led to.
      high = middle;
      low = Math.max(low, place.number - ahead - 1);
    } else {
      low = place.number;
      high = Math.min(high, place.number - ahead);
    }
  }
  return place.number === high ? place : (at(high) ?? newest);
}

export function intersect(a: SlotSpan, b: SlotSpan): SlotSpan {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** From this slot on every slot is told, by a block or by its absence; Infinity where nothing is stored. */
export function firstKnownSlot(db: Database): number {
  const start = db
    .prepare<{ slot: number | null; first: number | null }, []>(
      "SELECT start_parent_slot AS slot, (SELECT min(number) FROM blocks) AS first FROM state",
    )
    .get();
  // Before block 1 there was nothing to tell.
  if (start?.first === 1) return 0;
  return start?.slot == null ? Infinity : start.slot + 1;
}
