// Where the stored chain stands, and who sits in its committees.
import type { Database } from "bun:sqlite";

import type { StoredOutlook } from "../queries/rota.ts";
import type { RankedValidator } from "../queries/validators.ts";
import { readRanking } from "../queries/validators.ts";
import { readConstants, readIdentity, readMainchain } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { epochOf } from "../time.ts";
import type { Authorities } from "../types.ts";
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

/** @param outlook null = no block yet */
export function sizesOf(outlook: StoredOutlook | null): Committees {
  if (outlook === null) return { epoch: null, now: null, next: null };
  const { lastList, next } = outlook;
  return { epoch: epochAt(outlook), now: lastList?.length ?? null, next: next?.length ?? null };
}

function epochAt({ lastSlot, chain }: StoredOutlook): number | null {
  return lastSlot === null ? null : epochOf(lastSlot, chain);
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
  outlook: StoredOutlook | null,
): (RankedValidator & { validator: ValidatorRow })[] {
  const counts = new Map(
    db
      .query<EpochCount, { epoch: number }>(EPOCH_COUNTS)
      .all({ epoch: (outlook === null ? null : epochAt(outlook)) ?? -1 })
      .map((row) => [row.author, row]),
  );
  const now = countSeats(outlook?.lastList ?? null);
  const next = countSeats(outlook?.next ?? null);
  return readRanking(db).map((ranked) => {
    // One validator may have had several keys.
    const sum = (of: ReadonlyMap<string, number>): number =>
      ranked.validator.auras.reduce((total, key) => total + (of.get(key) ?? 0), 0);
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

function countSeats(keys: Authorities | null): Map<string, number> | null {
  if (keys === null) return null;
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
