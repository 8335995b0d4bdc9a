// Our turns of this epoch as they went, and what those to come are read from.
import type { Database } from "bun:sqlite";

import type { StoredOutlook } from "../queries/rota.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { Authorities } from "../types.ts";
import type { StoredTurns, Turn } from "./messages.ts";

/** Who we are: authority id → key and label. */
export type OurIds = ReadonlyMap<number, { aura: string; label: string | null }>;

/** Null while there is no block to count from. */
export function readTurns(
  db: Database,
  outlook: StoredOutlook | null,
  ours: OurIds,
): StoredTurns | null {
  if (outlook?.lastSlot == null) return null;
  const { chain, lastSlot, lastBlock, authorities, next } = outlook;
  const from = epochFirstSlot(epochOf(lastSlot, chain), chain);
  const labels = Object.fromEntries([...ours.values()].map(({ aura, label }) => [aura, label]));
  // Whoever is not ours needs no name here; the seat still counts.
  const blank = (list: Authorities | null): Authorities | null =>
    list?.map((key) => (key in labels ? key : "")) ?? null;
  return {
    from,
    outlook: { lastSlot, authorities: blank(authorities), next: blank(next) },
    labels,
    past: readPast(db, from, lastBlock - chain.slotsPerEpoch, ours),
  };
}

interface PastRow {
  slot: number;
  author: number;
  number: number | null;
  state: "made" | "missed" | "orphaned";
}

/** A missed turn with a losing block of ours is an orphaned one. An epoch has no more blocks than slots. */
const PAST = `
  WITH mine (id) AS (SELECT value FROM json_each($ids))
  SELECT slot, author, number, 'made' AS state FROM blocks
    WHERE number > $above AND slot >= $from AND author IN mine
  UNION ALL
  SELECT slot, author, NULL, iif(EXISTS (SELECT 1 FROM orphans o
      WHERE o.slot = missed.slot AND o.author = missed.author), 'orphaned', 'missed') FROM missed
    WHERE slot >= $from AND author IN mine
  ORDER BY slot`;

function readPast(db: Database, from: number, above: number, ours: OurIds): Turn[] {
  return db
    .query<PastRow, { from: number; above: number; ids: string }>(PAST)
    .all({ from, above, ids: JSON.stringify([...ours.keys()]) })
    .flatMap(({ slot, author, number, state }) => {
      const own = ours.get(author);
      return own === undefined ? [] : [{ slot, author: own.aura, label: own.label, state, number }];
    });
}
