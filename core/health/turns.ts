// How far ahead the node's lists tell whose turn comes. Pure.
import type { Rota, ScheduledSlot } from "../schedule.ts";
import { slotsOf } from "../schedule.ts";
import { epochFirstSlot, epochOf, slotAt } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { Situation } from "./situation.ts";
import type { Told } from "./told.ts";
import { missing, valueOf } from "./told.ts";

export interface Horizon {
  chain: ChainConstants;
  /** Of the list in force. */
  epoch: number;
  /** The list in force over its whole epoch. */
  present: Rota;
  /** From the slot under way on, first to last. */
  ahead: Rota[];
}

/**
 * The first block of an epoch is made by the old committee, so the old list decides the new epoch's first
 * slot, and every slot after it until that block exists.
 */
export function readHorizon({ observation, chain, nowMs }: Situation): Told<Horizon> {
  const { best, authorities, nextSeats } = observation;
  if ("missing" in best) return best;
  if ("missing" in authorities) return authorities;
  const { slot, engine } = best.value.digest;
  if (chain === null || slot === null) return missing("unsupported");
  if (engine !== "aura") return missing("failed", "turns are drawn in secret under BABE");
  const epoch = epochOf(slot, chain);
  const start = epochFirstSlot(epoch, chain) + 1;
  const from = Math.max(slot + 1, slotAt(nowMs, chain));
  const change = Math.max(epochFirstSlot(epoch + 1, chain), from) + 1;
  const present = { epoch, from: start, to: change, authorities: authorities.value };
  const ahead = [{ ...present, from }];
  const next = valueOf(nextSeats);
  if (next?.epoch === epoch + 1) {
    const to = epochFirstSlot(epoch + 2, chain) + 1;
    const list = next.members.map(({ aura }) => aura);
    if (to > change) ahead.push({ epoch: epoch + 1, from: change, to, authorities: list });
  }
  return { value: { chain, epoch, present, ahead } };
}

export function findNextTurn({ ahead }: Horizon, aura: ReadonlySet<string>): ScheduledSlot | null {
  for (const turn of slotsOf(ahead, aura)) return turn;
  return null;
}

/** Turns in the epoch of the list in force, those already over included. */
export function countTurns({ present, chain }: Horizon, aura: ReadonlySet<string>): number {
  const to = Math.min(present.to, present.from + chain.slotsPerEpoch);
  return [...slotsOf([{ ...present, to }], aura)].length;
}
