// Committees seen on chain before their epoch began, and whether each then came to be as it was seen.
import type { Database } from "bun:sqlite";

import { epochFirstSlot } from "../time.ts";
import type { Authorities, ChainConstants } from "../types.ts";
import type { KeyDictionary } from "./authorities.ts";
import { decodeSeats, toHex } from "./codes.ts";
import { readRange } from "./position.ts";

/** Older ones have told what they could: whether the prediction was right. */
const EPOCHS_KEPT = 24;

/** Stores what is on chain for an epoch, in place of what was seen before. Returns whether that is new. */
export function writeUpcoming(
  db: Database,
  dictionary: KeyDictionary,
  epoch: number,
  authorities: Authorities,
  seenAtMs: number,
): boolean {
  return db.transaction(() => {
    const seats = dictionary.encode(authorities);
    db.prepare("DELETE FROM upcoming WHERE epoch < ?").run(epoch - EPOCHS_KEPT);
    const { changes } = db
      .prepare(
        `INSERT INTO upcoming VALUES (?, ?, ?) ON CONFLICT (epoch) DO UPDATE
           SET seats = excluded.seats, seen_at_ms = excluded.seen_at_ms WHERE seats <> excluded.seats`,
      )
      .run(epoch, seats, seenAtMs);
    return changes > 0;
  })();
}

/** What was seen for an epoch turned out not to hold. */
export function deleteUpcoming(db: Database, epoch: number): boolean {
  return db.prepare("DELETE FROM upcoming WHERE epoch = ?").run(epoch).changes > 0;
}

export function readUpcoming(db: Database, epoch: number): Authorities | null {
  const row = db
    .prepare<{ seats: Uint8Array }, [number]>("SELECT seats FROM upcoming WHERE epoch = ?")
    .get(epoch);
  return row === null ? null : toKeys(db, row.seats);
}

function toKeys(db: Database, seats: Uint8Array): Authorities {
  const key = db.prepare<{ aura: Uint8Array }, [number]>(
    "SELECT aura FROM authorities WHERE id = ?",
  );
  const known = new Map<number, string>();
  return decodeSeats(seats).map((id) => {
    const aura = known.get(id) ?? toHex(key.get(id)?.aura ?? new Uint8Array(32));
    known.set(id, aura);
    return aura;
  });
}

/** How the committees seen ahead compare with those that then took over. */
export interface PredictionRecord {
  right: number;
  wrong: number;
  /** Whether the last one that can be judged was right; null: none can. */
  lastRight: boolean | null;
}

export function readPredictionRecord(db: Database, chain: ChainConstants): PredictionRecord {
  const seen = db
    .prepare<{ epoch: number; seats: Uint8Array }, []>(
      "SELECT epoch, seats FROM upcoming ORDER BY epoch",
    )
    .all();
  const inForce = db.prepare<{ seats: Uint8Array }, [number]>(
    "SELECT seats FROM committees WHERE after_block <= ? ORDER BY after_block DESC LIMIT 1",
  );
  const record: PredictionRecord = { right: 0, wrong: 0, lastRight: null };
  for (const { epoch, seats } of seen) {
    const first = firstBlockOf(db, epoch, chain);
    const found = first === null ? null : inForce.get(first);
    if (found === null) continue;
    record.lastRight = Buffer.compare(found.seats, seats) === 0;
    record[record.lastRight ? "right" : "wrong"] += 1;
  }
  return record;
}

/** The block that rotated an epoch's committee in; null when it is not stored or the epoch stayed empty. */
function firstBlockOf(db: Database, epoch: number, chain: ChainConstants): number | null {
  const from = epochFirstSlot(epoch, chain);
  const block = firstFromSlot(db, from);
  return block === null || block.slot >= from + chain.slotsPerEpoch ? null : block.number;
}

/**
 * The first stored block at or after a slot, if the one before it is stored too. Slots ascend with numbers, so
 * it is found by halves, without an index.
 */
export function firstFromSlot(db: Database, slot: number): { number: number; slot: number } | null {
  const { first, last } = readRange(db);
  if (first === null || last === null) return null;
  const slotOf = db.prepare<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?");
  const at = (number: number): number => slotOf.get(number)?.slot ?? 0;
  if (at(last) < slot || at(first) >= slot) return null;
  let [before, found] = [first, last];
  while (found - before > 1) {
    const middle = Math.floor((before + found) / 2);
    if (at(middle) < slot) before = middle;
    else found = middle;
  }
  return { number: found, slot: at(found) };
}
