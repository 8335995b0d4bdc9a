// Where a slot lies among the stored blocks: heights and slots grow together, so it is searched by halves.
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
 * Nearly every slot has a block, so a straight line between two known blocks comes close; every other step
 * halves what is left, so that a stretch without blocks costs no more than that.
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
  return (slot) => {
    if (oldest == null || newest == null) return 0;
    if (slot <= oldest.slot) return oldest.number;
    if (slot > newest.slot) return newest.number + 1;
    let number = found.get(slot);
    if (number === undefined) {
      number = search(slot, oldest, newest, (at) => from.get(at));
      found.set(slot, number);
    }
    return number;
  };
}

/** `low` lies before the slot, `high` at it or after. */
function search(slot: number, low: Place, high: Place, at: (n: number) => Place | null): number {
  for (let step = 0; high.number - low.number > 1; step++) {
    const part = step % 2 === 0 ? (slot - low.slot) / (high.slot - low.slot) : 0.5;
    const guess = low.number + Math.floor(part * (high.number - low.number));
    const middle = Math.min(high.number - 1, Math.max(low.number + 1, guess));
    const place = at(middle);
    if (place === null || place.slot >= slot) {
      // Nothing stands between the guess and the block it led to.
      high =
        place === null || place.number > middle ? { ...(place ?? high), number: middle } : place;
    } else low = place;
  }
  return at(high.number)?.number ?? high.number;
}

export function intersect(a: SlotSpan, b: SlotSpan): SlotSpan {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
