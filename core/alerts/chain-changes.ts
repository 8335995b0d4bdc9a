// Committees, keys and runtimes: what changed around our validators.
import type { Database } from "bun:sqlite";

import { decodeSeats } from "../storage/codes.ts";
import type { Owners } from "./owners.ts";

export interface KeyChange {
  id: number;
  atBlock: number | null;
  source: string;
  kind: string;
  before: string | null;
  after: string | null;
  validator: string;
}

export interface Upgrade {
  fromBlock: number;
  specVersion: number;
  before: number;
}

export interface SeatFacts {
  /** Of the list in force, by validator; null = not known. */
  seats: Record<string, number> | null;
  next: { epoch: number; seats: Record<string, number> } | null;
}

export function readSeats(
  db: Database,
  owners: ReadonlyMap<number, string>,
  number: number,
  epoch: number,
): SeatFacts {
  const now = db
    .query<{ seats: Uint8Array }, [number]>(
      "SELECT seats FROM committees WHERE after_block <= ? ORDER BY after_block DESC LIMIT 1",
    )
    .get(number);
  const next = db
    .query<{ epoch: number; seats: Uint8Array }, [number]>(
      "SELECT epoch, seats FROM upcoming WHERE epoch = ?",
    )
    .get(epoch + 1);
  return {
    seats: now === null ? null : countSeats(now.seats, owners),
    next: next === null ? null : { epoch: next.epoch, seats: countSeats(next.seats, owners) },
  };
}

function countSeats(
  seats: Uint8Array,
  owners: ReadonlyMap<number, string>,
): Record<string, number> {
  const counts = Object.fromEntries([...owners.values()].map((validator) => [validator, 0]));
  for (const id of decodeSeats(seats)) {
    const validator = owners.get(id);
    if (validator !== undefined) counts[validator] = (counts[validator] ?? 0) + 1;
  }
  return counts;
}

export function readKeyChanges(
  db: Database,
  { byName }: Owners,
  after: number,
): { keyChanges: KeyChange[]; lastKeyChange: number } {
  const rows = db
    .query<KeyChange, [number]>(
      `SELECT id, at_block AS atBlock, source, kind, before, after, validator
       FROM key_changes WHERE id > ? ORDER BY id`,
    )
    .all(after);
  return {
    lastKeyChange: rows.at(-1)?.id ?? after,
    keyChanges: rows.flatMap((row) => {
      const validator = byName.get(row.validator);
      return validator === undefined ? [] : [{ ...row, validator }];
    }),
  };
}

export function readUpgrades(db: Database, after: number, until: number): Upgrade[] {
  return db
    .query<Upgrade, [number, number]>(
      `SELECT fromBlock, specVersion, before FROM (
         SELECT from_block AS fromBlock, spec_version AS specVersion,
           lag(spec_version) OVER (ORDER BY from_block) AS before FROM runtimes)
       WHERE fromBlock > ? AND fromBlock <= ? AND before IS NOT NULL`,
    )
    .all(after, until);
}
