// What the stored chain says of our validators since it was last looked at. Finalized blocks only: what they
// say no reorganisation can take back.
import type { Database } from "bun:sqlite";

import type { OurValidator } from "../ours.ts";
import { readConstants } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { epochFirstSlot, epochOf, slotTimeMs } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { KeyChange, SeatFacts, Upgrade } from "./chain-changes.ts";
import { readKeyChanges, readSeats, readUpgrades } from "./chain-changes.ts";
import type { OwnOrphan, OwnProduction, OwnTurn } from "./own-turns.ts";
import { countTurns, readOwnOrphans, readTurns } from "./own-turns.ts";
import { readOwners } from "./owners.ts";
import type { ChainMemory } from "./state.ts";

export interface ChainFacts extends SeatFacts {
  chain: ChainConstants;
  finalized: { number: number; slot: number };
  /** Ids of our validators. */
  validators: string[];
  /** After the memory's slot, in order. */
  turns: OwnTurn[];
  orphans: OwnOrphan[];
  /** Counts of the present epoch. */
  production: OwnProduction[];
  keyChanges: KeyChange[];
  /** Last row there is. */
  lastKeyChange: number;
  upgrades: Upgrade[];
}

/** Slots after which the newest stored block is no picture of the present any more. */
const STALE_SLOTS = 20;

/** Whether the file is up to date enough for alerts about production. */
export function isCurrent(db: Database, nowMs: number): boolean {
  const chain = readConstants(db);
  const { last } = readRange(db);
  const slot = last === null ? null : slotOf(db, last);
  if (chain === null || slot === null) return false;
  return nowMs - slotTimeMs(slot, chain) <= STALE_SLOTS * chain.slotDurationMs;
}

/** Null when nothing is finalized yet. `ours` null: whom the file marks as ours. */
export function readChainFacts(
  db: Database,
  memory: ChainMemory | null,
  ours: readonly OurValidator[] | null,
): ChainFacts | null {
  const chain = readConstants(db);
  const number = readFinalized(db)?.number;
  const slot = number === undefined ? null : slotOf(db, number);
  if (chain === null || number === undefined || slot === null) return null;
  const owners = readOwners(db, ours);
  const since = memory ?? { number, slot, startNumber: number, keyChange: 0 };
  const until = { number, slot };
  const epoch = epochOf(slot, chain);
  return {
    chain,
    finalized: until,
    validators: [...new Set(owners.byId.values())],
    turns: readTurns(db, owners.byId, since, until),
    orphans: readOwnOrphans(db, owners.byId, since, number),
    production: countTurns(
      readTurns(
        db,
        owners.byId,
        { number: number - chain.slotsPerEpoch, slot: epochFirstSlot(epoch, chain) - 1 },
        until,
      ),
    ),
    ...readSeats(db, owners.byId, number, epoch),
    ...readKeyChanges(db, owners, since.keyChange),
    upgrades: readUpgrades(db, since.number, number),
  };
}

function slotOf(db: Database, number: number): number | null {
  const sql = "SELECT slot FROM blocks WHERE number = ?";
  return db.query<{ slot: number }, [number]>(sql).get(number)?.slot ?? null;
}
