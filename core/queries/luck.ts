// How the draw of seats went for somebody in an epoch, against how it goes for them on average.
import type { Database } from "bun:sqlite";

import type { HeldSeats, SeatReader } from "./held-seats.ts";
import type { BlockFinder, SlotSpan } from "./place.ts";
import { firstKnownSlot } from "./place.ts";
import { ratio } from "./production.ts";
import { readEnds } from "./summary.ts";

/** Committees the mean is taken over: a day of half-hour epochs. */
const COMMITTEES = 48;

/**
 * Their mean share of the seats, over a committee and those of the same size before it, 48 in all. Seats are drawn by
 * stake with some luck, and stakes are not on this chain, so the mean of many draws stands for them. Null where there
 * are not two to take a mean of.
 */
export function meanSeatShare({ before }: SeatReader, committee: HeldSeats): number | null {
  let [sum, count] = [0, 0];
  let each: HeldSeats | null = committee;
  // The list of genesis, or of before a change of parameters, was drawn in another way.
  while (each !== null && each.size === committee.size && count < COMMITTEES) {
    sum += each.held / Math.max(1, each.size);
    count += 1;
    each = before(each);
  }
  return count < 2 ? null : sum / count;
}

/**
 * leader / ideal: the slots they were assigned in an epoch, against those to be expected at their mean share of seats.
 * 1 = as always. Null where either is not known, or nothing is to be expected.
 */
export function luckOf(leader: number, slots: number, share: number | null): number | null {
  return share === null ? null : ratio(leader, share * slots);
}

/** The luck of stored epochs; null for one of which a part is not stored, or still to come. */
export function openLuck(
  db: Database,
  seats: SeatReader,
  blockAt: BlockFinder,
): (slots: SlotSpan, leader: number) => number | null {
  const known = { from: firstKnownSlot(db), to: (readEnds(db).last?.slot ?? -1) + 1 };
  return (slots, leader) => {
    if (slots.from < known.from || slots.to > known.to) return null;
    const committee = seats.inForce(committeeBlock(slots, blockAt));
    if (committee === null) return null;
    return luckOf(leader, slots.to - slots.from, meanSeatShare(seats, committee));
  };
}

/** A committee is in force from the children of its epoch's first block on; an epoch without a block has the one before. */
export function committeeBlock({ from, to }: SlotSpan, blockAt: BlockFinder): number {
  const first = blockAt(from);
  return blockAt(to) > first ? first : first - 1;
}
