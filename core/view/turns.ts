// Our turns of this epoch and, where its committee is known, the next.
import type { Database } from "bun:sqlite";

import type { Rota } from "../schedule.ts";
import { slotsOf } from "../schedule.ts";
import { epochFirstSlot } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { Seats } from "./chain.ts";
import type { ChainFacts, Turn, Turns } from "./messages.ts";

/** Who we are: authority id → key and label. */
export type OurIds = ReadonlyMap<number, { aura: string; label: string | null }>;

/** Null while there is no committee to read turns from. */
export function readTurns(
  db: Database,
  { constants, last }: ChainFacts,
  seats: Seats,
  ours: OurIds,
): Turns | null {
  if (constants === null || last === null || seats.epoch === null || seats.now === null)
    return null;
  const from = epochFirstSlot(seats.epoch, constants);
  const rotas = rotasOf(seats.epoch, last.slot, seats, constants, ours);
  const labels = new Map([...ours.values()].map(({ aura, label }) => [aura, label]));
  const ahead = [...slotsOf(rotas, new Set(labels.keys()))].map(({ slot, author }): Turn => ({
    slot,
    author,
    label: labels.get(author) ?? null,
    state: "ahead",
    number: null,
  }));
  return {
    from,
    to: rotas.at(-1)?.to ?? from,
    nextKnown: seats.next !== null,
    list: [...readPast(db, from, last.number - constants.slotsPerEpoch, ours), ...ahead],
  };
}

/**
 * The first block of an epoch is still made by the committee before: the new list counts for its children. So
 * each list decides one slot of the next epoch.
 */
function rotasOf(
  epoch: number,
  tipSlot: number,
  seats: Seats,
  chain: ChainConstants,
  ours: OurIds,
): Rota[] {
  const change = epochFirstSlot(epoch + 1, chain) + 1;
  // Whoever is not ours needs no key here; the seat still counts.
  const keysOf = (ids: readonly number[]): string[] => ids.map((id) => ours.get(id)?.aura ?? "");
  const rotas = [{ epoch, from: tipSlot + 1, to: change, authorities: keysOf(seats.now ?? []) }];
  if (seats.next === null) return rotas;
  const to = epochFirstSlot(epoch + 2, chain) + 1;
  return [...rotas, { epoch: epoch + 1, from: change, to, authorities: keysOf(seats.next) }];
}

interface PastRow {
  slot: number;
  author: number;
  number: number | null;
  state: "made" | "missed" | "orphaned";
}

/** A missed turn with a losing block of ours is an orphaned one. An epoch has no more blocks than slots. */
const PAST = `
  SELECT slot, author, number, 'made' AS state FROM blocks
    WHERE number > $above AND slot >= $from AND author IN (SELECT id FROM authorities WHERE ours = 1)
  UNION ALL
  SELECT slot, author, NULL, iif(EXISTS (SELECT 1 FROM orphans o
      WHERE o.slot = missed.slot AND o.author = missed.author), 'orphaned', 'missed') FROM missed
    WHERE slot >= $from AND author IN (SELECT id FROM authorities WHERE ours = 1)
  ORDER BY slot`;

function readPast(db: Database, from: number, above: number, ours: OurIds): Turn[] {
  return db
    .query<PastRow, { from: number; above: number }>(PAST)
    .all({ from, above })
    .flatMap(({ slot, author, number, state }) => {
      const own = ours.get(author);
      return own === undefined ? [] : [{ slot, author: own.aura, label: own.label, state, number }];
    });
}
