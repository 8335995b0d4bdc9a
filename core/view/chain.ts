// Where the stored chain stands, and who sits in its committees.
import type { Database } from "bun:sqlite";

import type { RankedValidator } from "../queries/validators.ts";
import { readRanking } from "../queries/validators.ts";
import { decodeSeats } from "../storage/codes.ts";
import { readConstants, readIdentity, readMainchain } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { epochOf } from "../time.ts";
import type { ChainFacts, Committees, StoredEnd, ValidatorRow } from "./messages.ts";

export function readChain(db: Database): ChainFacts {
  const { first, last } = readRange(db);
  const slotOf = db.query<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?");
  function end(number: number | null): StoredEnd | null {
    const slot = number === null ? undefined : slotOf.get(number)?.slot;
    return number === null || slot === undefined ? null : { number, slot };
  }
  return {
    name: readIdentity(db)?.name ?? null,
    constants: readConstants(db),
    mainchain: readMainchain(db),
    first: end(first),
    last: end(last),
    finalized: readFinalized(db)?.number ?? null,
  };
}

/** Seats as authority ids, in seat order; null = not known. */
export interface Seats {
  epoch: number | null;
  now: number[] | null;
  next: number[] | null;
}

/** The committee on duty after the last stored block, and the next epoch's where the chain has it. */
export function readSeats(db: Database, { constants, last }: ChainFacts): Seats {
  const epoch = constants === null || last === null ? null : epochOf(last.slot, constants);
  const now = db
    .query<{ seats: Uint8Array }, []>(
      "SELECT seats FROM committees ORDER BY after_block DESC LIMIT 1",
    )
    .get();
  const next = db
    .query<{ seats: Uint8Array }, [number]>("SELECT seats FROM upcoming WHERE epoch = ?")
    .get((epoch ?? -2) + 1);
  return {
    epoch,
    now: now === null ? null : decodeSeats(now.seats),
    next: next === null ? null : decodeSeats(next.seats),
  };
}

export function sizesOf({ epoch, now, next }: Seats): Committees {
  return { epoch, now: now?.length ?? null, next: next?.length ?? null };
}

interface EpochCount {
  author: number;
  made: number;
  missed: number;
  orphaned: number;
}

const EPOCH_COUNTS = `
  SELECT author, sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned FROM (
    SELECT author, made, missed, orphaned FROM tallies WHERE epoch = $epoch
    UNION ALL SELECT author, made, missed, orphaned FROM open_counts WHERE epoch = $epoch
  ) GROUP BY author`;

/** Every validator with its place in the table, best rank first. */
export function readRows(
  db: Database,
  seats: Seats,
): (RankedValidator & { validator: ValidatorRow })[] {
  const counts = new Map(
    db
      .query<EpochCount, { epoch: number }>(EPOCH_COUNTS)
      .all({ epoch: seats.epoch ?? -1 })
      .map((row) => [row.author, row]),
  );
  const now = countSeats(seats.now);
  const next = countSeats(seats.next);
  return readRanking(db).map((ranked) => {
    // One validator may have had several keys.
    const sum = (of: ReadonlyMap<number, number>): number =>
      ranked.ids.reduce((total, id) => total + (of.get(id) ?? 0), 0);
    const each = ranked.ids.map((id) => counts.get(id));
    const add = (key: "made" | "missed" | "orphaned"): number =>
      each.reduce((total, count) => total + (count?.[key] ?? 0), 0);
    return {
      ...ranked,
      validator: {
        ...ranked.validator,
        seatsNow: now === null ? null : sum(now),
        seatsNext: next === null ? null : sum(next),
        epochMade: add("made"),
        epochMissed: add("missed"),
        epochOrphaned: add("orphaned"),
      },
    };
  });
}

function countSeats(ids: readonly number[] | null): Map<number, number> | null {
  if (ids === null) return null;
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
