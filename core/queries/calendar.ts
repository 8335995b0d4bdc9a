// When a slot was: what follows from a slot number, once the chain's constants are known.
import type { Database } from "bun:sqlite";

import { readConstants, readMainchain } from "../storage/meta.ts";
import { epochOf, mainchainEpochAt, slotTimeMs } from "../time.ts";

/** Null where the database does not know the constants yet. */
export interface SlotDate {
  epoch: number | null;
  mainchainEpoch: number | null;
  /** ISO 8601, UTC. */
  time: string | null;
}

export type Calendar = (slot: number) => SlotDate;

export function readCalendar(db: Database): Calendar {
  const chain = readConstants(db);
  const mainchain = readMainchain(db);
  return (slot) => {
    if (chain === null) return { epoch: null, mainchainEpoch: null, time: null };
    const timeMs = slotTimeMs(slot, chain);
    return {
      epoch: epochOf(slot, chain),
      mainchainEpoch: mainchain === null ? null : mainchainEpochAt(timeMs, mainchain),
      time: new Date(timeMs).toISOString(),
    };
  };
}
