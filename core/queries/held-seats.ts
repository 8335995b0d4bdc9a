// Committees as some validators see them: how many seats there are, and how many are theirs.
import type { Database } from "bun:sqlite";

export interface HeldSeats {
  /** In force for the blocks after this one. */
  after: number;
  size: number;
  /** Theirs; all of them where everybody is asked for. */
  held: number;
}

export interface SeatReader {
  /** The committee in force after a block; null = not known. */
  inForce: (block: number) => HeldSeats | null;
  /** The one before one; null = none stored. */
  before: (committee: HeldSeats) => HeldSeats | null;
}

/** A seat is a u32, see codes.ts. */
const SEAT_BYTES = 4;

/** @param authors null: everybody */
export function openSeatReader(db: Database, authors: readonly number[] | null): SeatReader {
  const theirs = authors === null ? null : new Set(authors);
  const find = db.query<{ after: number; size: number }, [number]>(
    `SELECT after_block AS after, length(seats) / ${SEAT_BYTES} AS size
     FROM committees WHERE after_block <= ? ORDER BY after_block DESC LIMIT 1`,
  );
  const read = db.query<{ seats: Uint8Array }, [number]>(
    "SELECT seats FROM committees WHERE after_block = ?",
  );
  // Who goes from epoch to epoch reads each list once. What is kept of one is a few bytes.
  const known = new Map<number, HeldSeats>();
  const older = new Map<HeldSeats, HeldSeats | null>();

  function inForce(block: number): HeldSeats | null {
    const row = find.get(block);
    if (row === null) return null;
    let found = known.get(row.after);
    if (found === undefined) {
      found = { ...row, held: countHeld(row) };
      known.set(row.after, found);
    }
    return found;
  }

  /** Of everybody only the number of seats is asked for: the list itself is not read. */
  function countHeld({ after, size }: { after: number; size: number }): number {
    if (theirs === null) return size;
    const seats = read.get(after)?.seats ?? new Uint8Array();
    const view = new DataView(seats.buffer, seats.byteOffset, seats.byteLength);
    let held = 0;
    // No list is made of it: whoever sorts epochs by luck has thirty thousand of these.
    for (let at = 0; at + SEAT_BYTES <= view.byteLength; at += SEAT_BYTES)
      if (theirs.has(view.getUint32(at, true))) held += 1;
    return held;
  }

  function before(committee: HeldSeats): HeldSeats | null {
    let found = older.get(committee);
    if (found === undefined) {
      found = inForce(committee.after - 1);
      older.set(committee, found);
    }
    return found;
  }

  return { inForce, before };
}
