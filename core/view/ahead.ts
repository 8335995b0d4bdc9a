// Our turns as they stand at a moment: what was stored of them, and the rota read forward from now. Pure.
import type { Outlook } from "../schedule.ts";
import { buildRotas, knownUntil, quietWindows, slotsOf } from "../schedule.ts";
import { epochOf, slotAt } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { StoredEnd, StoredTurns, Turns } from "./messages.ts";

/**
 * The clock decides, not the last block: a chain that stands still does not keep its turns.
 * @param best the node's; null = not known
 */
export function turnsAt(
  stored: StoredTurns,
  chain: ChainConstants,
  nowMs: number,
  best: StoredEnd | null,
): Turns {
  const { from, labels, past } = stored;
  const now = slotAt(nowMs, chain);
  const outlook = outlookAt(stored.outlook, best, chain);
  // The block of the slot under way may still be on its way.
  const rotas = buildRotas(outlook, now, chain);
  const slots = [...slotsOf(rotas, new Set(Object.keys(labels)))];
  const ahead = slots.map(({ slot, author }) => ({
    ...{ slot, author, label: labels[author] ?? null },
    state: "ahead" as const,
    number: null,
  }));
  return {
    from,
    unseen: Math.max(0, now - (stored.outlook.lastSlot ?? now) - 1),
    to: knownUntil(rotas),
    nextKnown: rotas.some(({ assumesBlockAt }) => assumesBlockAt !== undefined),
    list: [...past, ...ahead],
    quiet: quietWindows(rotas, slots),
  };
}

/** A file behind its node does not know yet that an epoch has begun: its first block brought in the next committee. */
function outlookAt(outlook: Outlook, best: StoredEnd | null, chain: ChainConstants): Outlook {
  const { lastSlot, next } = outlook;
  if (best === null || lastSlot === null || best.slot <= lastSlot) return outlook;
  const begun = epochOf(best.slot, chain) - epochOf(lastSlot, chain);
  if (begun === 0) return { ...outlook, lastSlot: best.slot };
  return { lastSlot: best.slot, authorities: begun === 1 ? next : null, next: null };
}
