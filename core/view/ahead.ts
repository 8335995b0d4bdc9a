// Our turns as they stand at a moment: what was stored of them, and the rota read forward from now. Pure.
import { buildRotas, knownUntil, quietWindows, slotsOf } from "../schedule.ts";
import { slotAt } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { StoredTurns, Turns } from "./messages.ts";

/** The clock decides, not the last block: a chain that stands still does not keep its turns. */
export function turnsAt(stored: StoredTurns, chain: ChainConstants, nowMs: number): Turns {
  const { from, outlook, labels, past } = stored;
  // The block of the slot under way may still be on its way.
  const rotas = buildRotas(outlook, slotAt(nowMs, chain), chain);
  const slots = [...slotsOf(rotas, new Set(Object.keys(labels)))];
  const ahead = slots.map(({ slot, author }) => ({
    ...{ slot, author, label: labels[author] ?? null },
    state: "ahead" as const,
    number: null,
  }));
  return {
    from,
    to: knownUntil(rotas),
    nextKnown: rotas.some(({ assumesBlockAt }) => assumesBlockAt !== undefined),
    list: [...past, ...ahead],
    quiet: quietWindows(rotas, slots),
  };
}
