// Whose turn comes: Aura's rota read forward. Pure; says nothing of what will be made.
import { authorityAt } from "./attribution.ts";
import type { Authorities } from "./types.ts";

/** A stretch of slots and the list that decides them. */
export interface Rota {
  epoch: number;
  /** First slot it decides. */
  from: number;
  /** First slot it does not decide any more. */
  to: number;
  authorities: Authorities;
}

export interface ScheduledSlot {
  slot: number;
  epoch: number;
  /** Aura key, 0x hex. */
  author: string;
}

/** The slots of some authorities, in order. */
export function* slotsOf(
  rotas: readonly Rota[],
  keys: ReadonlySet<string>,
): Generator<ScheduledSlot> {
  for (const { epoch, from, to, authorities } of rotas) {
    for (let slot = from; slot < to; slot++) {
      const author = authorityAt(authorities, slot);
      if (author !== null && keys.has(author)) yield { slot, epoch, author };
    }
  }
}
