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
  const format = openFormat();
  return (slot) => {
    if (chain === null) return { epoch: null, mainchainEpoch: null, time: null };
    const timeMs = slotTimeMs(slot, chain);
    return {
      epoch: epochOf(slot, chain),
      mainchainEpoch: mainchain === null ? null : mainchainEpochAt(timeMs, mainchain),
      time: format(timeMs),
    };
  };
}

const MINUTE_MS = 60_000;

/** ISO 8601; rows come by time, so that most share the minute of the one before. */
function openFormat(): (timeMs: number) => string {
  let minute = Number.NaN;
  let start = "";
  return (timeMs) => {
    const rest = timeMs % MINUTE_MS;
    if (timeMs - rest !== minute) {
      minute = timeMs - rest;
      start = new Date(minute).toISOString().slice(0, 17);
    }
    const seconds = (rest / 1000) | 0;
    const ms = rest - seconds * 1000;
    return `${start}${seconds < 10 ? "0" : ""}${seconds}.${ms === 0 ? "000" : String(ms).padStart(3, "0")}Z`;
  };
}
