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

export function openFinder(db: Database): BlockFinder {
  const { first, last } = readRange(db);
  // Not the row itself but the next one there is: a hole must not lead astray.
  const slotFrom = db.query<{ number: number; slot: number }, [number]>(
    "SELECT number, slot FROM blocks WHERE number >= ? ORDER BY number LIMIT 1",
  );
  return (slot) => {
    if (first === null || last === null) return 0;
    let low = first;
    let high = last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = slotFrom.get(middle);
      if (row === null || row.slot >= slot) high = middle;
      else low = row.number + 1;
    }
    return low;
  };
}

export function intersect(a: SlotSpan, b: SlotSpan): SlotSpan {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
