// A rota told by its own blocks: for the stretch before the first list we can read.
import type { Authorities } from "../types.ts";

/** Largest committee the runtime allows. */
const MAX_SEATS = 10_000;
/** How often the whole rota must have come round before its period is believed. */
const ROUNDS = 3;
/** And how many blocks must have confirmed a seat already seen: a few in a row by one author prove nothing. */
const CONFIRMATIONS = 64;

/**
 * The authority list that seal-proven authors spell out, or null. Slot modulo the list's length picks the
 * seat, so the true length never puts two different authors in one seat, and a wrong one soon does. The
 * shortest length without a contradiction is believed only when every seat was seen, there are at least three
 * proven blocks a seat, and 64 of them confirmed what an earlier one said. Short of that the turn of a missed
 * slot stays unknown.
 */
export function inferRota(authors: ReadonlyMap<number, string>): Authorities | null {
  const longest = Math.min(
    MAX_SEATS,
    Math.floor(authors.size / ROUNDS),
    authors.size - CONFIRMATIONS,
  );
  for (let length = 1; length <= longest; length++) {
    const seats = seatsOf(authors, length);
    if (seats === null) continue;
    // Longer lengths that fit are multiples of this one, or rest on fewer proofs.
    return seats.includes(undefined) ? null : seats.map(String);
  }
  return null;
}

function seatsOf(
  authors: ReadonlyMap<number, string>,
  length: number,
): (string | undefined)[] | null {
  const seats = Array.from<string | undefined>({ length });
  for (const [slot, author] of authors) {
    const seat = slot % length;
    if (seats[seat] !== undefined && seats[seat] !== author) return null;
    seats[seat] = author;
  }
  return seats;
}
