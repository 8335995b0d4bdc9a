// Whose turn comes: Aura's rota read forward. Pure; says nothing of what will be made.
import { authorityAt } from "./attribution.ts";
import { epochFirstSlot, epochOf } from "./time.ts";
import type { Authorities, ChainConstants } from "./types.ts";

/** A stretch of slots and the list that decides them. */
export interface Rota {
  epoch: number;
  /** First slot it decides. */
  from: number;
  /** First slot it does not decide any more. */
  to: number;
  authorities: Authorities;
  /**
   * It holds if this slot gets a block, which brings its list in. While slots from there on stay empty they are
   * the old list's, and so is the first one that does not.
   */
  assumesBlockAt?: number;
}

export interface ScheduledSlot {
  slot: number;
  epoch: number;
  /** Aura key, 0x hex. */
  author: string;
  /** See `Rota`. */
  assumesBlockAt?: number;
}

/** Everything a prediction stands on. */
export interface Outlook {
  /** Slot of the last block; null = genesis. */
  lastSlot: number | null;
  /** The list in force after it; null = not known, and so is every turn. */
  authorities: Authorities | null;
  /** The committee on chain for the epoch after the last block's; null = not known (yet). */
  next: Authorities | null;
}

/**
 * The rotas from a slot on, as far as they are known: the list after the last block decides up to and including
 * the first block of the next epoch, the committee on chain decides from then to that epoch's end. The list in
 * force is followed, never the calendar: where a rotation came late the old list goes on. More than an epoch
 * without a block nothing is known: whoever told us is more likely behind than the chain standing still.
 */
export function buildRotas(outlook: Outlook, nowSlot: number, chain: ChainConstants): Rota[] {
  const { lastSlot, authorities, next } = outlook;
  if (authorities === null) return [];
  const from = Math.max(nowSlot, (lastSlot ?? -1) + 1);
  // After genesis the first block sets its epoch and rotates nothing.
  const lastEpoch = epochOf(lastSlot ?? from, chain);
  if (epochOf(from, chain) > lastEpoch + 1) return [];
  const rotation = Math.max(from, epochFirstSlot(lastEpoch + 1, chain));
  const rotas: Rota[] = [];
  if (from < rotation) rotas.push({ epoch: lastEpoch, from, to: rotation, authorities });
  const epoch = epochOf(rotation, chain);
  rotas.push({ epoch, from: rotation, to: rotation + 1, authorities });
  const end = epochFirstSlot(epoch + 1, chain);
  if (next !== null && rotation + 1 < end) {
    const known = { epoch, from: rotation + 1, to: end, authorities: next };
    rotas.push({ ...known, assumesBlockAt: rotation });
  }
  return rotas;
}

/** First slot nothing is known of; null when nothing is known at all. */
export function knownUntil(rotas: readonly Rota[]): number | null {
  return rotas.at(-1)?.to ?? null;
}

/** The slots of some authorities, in order. */
export function* slotsOf(
  rotas: readonly Rota[],
  keys: ReadonlySet<string>,
): Generator<ScheduledSlot> {
  for (const { epoch, from, to, authorities, assumesBlockAt } of rotas) {
    for (let slot = from; slot < to; slot++) {
      const author = authorityAt(authorities, slot);
      if (author === null || !keys.has(author)) continue;
      yield assumesBlockAt === undefined
        ? { slot, epoch, author }
        : { slot, epoch, author, assumesBlockAt };
    }
  }
}

/** So many empty slots in a row are no bad luck any more: something is wrong with the chain or with who tells. */
export const STALLED_SLOTS = 10;

/**
 * Slots that would be some authorities' if the first ones of an epoch stayed empty, for the old list goes on
 * until a block brings in the new one: in order, as many as bad luck explains. Whether they come is not known.
 */
export function* lateSlotsOf(
  rotas: readonly Rota[],
  keys: ReadonlySet<string>,
): Generator<{ slot: number }> {
  for (const [i, { from, to, assumesBlockAt }] of rotas.entries()) {
    const old = rotas[i - 1]?.authorities;
    if (assumesBlockAt === undefined || old === undefined) continue;
    for (let slot = from; slot < Math.min(to, from + STALLED_SLOTS); slot++) {
      const author = authorityAt(old, slot);
      if (author !== null && keys.has(author)) yield { slot };
    }
  }
}

/** A stretch without a slot of ours, nor one that might become ours. */
export interface QuietWindow {
  from: number;
  /** First slot after it. */
  to: number;
  /** It ends where knowledge ends, not with a slot of ours. */
  open: boolean;
}

/** The stretches between slots in any order, one named twice included; an unknown future is not quiet. */
export function quietWindows(
  rotas: readonly Rota[],
  slots: readonly { slot: number }[],
): QuietWindow[] {
  const end = knownUntil(rotas);
  let from = rotas[0]?.from;
  if (end === null || from === undefined) return [];
  const windows: QuietWindow[] = [];
  for (const { slot } of slots.toSorted((a, b) => a.slot - b.slot)) {
    if (slot > from) windows.push({ from, to: slot, open: false });
    from = slot + 1;
  }
  if (end > from) windows.push({ from, to: end, open: true });
  return windows;
}

/** Whether our validator may be away: `at` is the first slot at which a long enough window begins. */
export type RestartAnswer =
  { verdict: "yes" } | { verdict: "no"; at: number | null } | { verdict: "unknown" };

/**
 * Whether a stretch of time from `nowMs` on holds no slot of ours, and if it does, when one begins that does
 * not. A slot counts as long as it lasts.
 */
export function canRestart(
  rotas: readonly Rota[],
  windows: readonly QuietWindow[],
  { nowMs, durationMs }: { nowMs: number; durationMs: number },
  { slotDurationMs }: ChainConstants,
): RestartAnswer {
  const [first] = windows;
  const quietNow = first !== undefined && first.from === rotas[0]?.from;
  const isLong = (window: QuietWindow): boolean => {
    // Where the slot under way has its block already, it is quiet before the window's first slot too.
    const from =
      quietNow && window === first ? nowMs : Math.max(nowMs, window.from * slotDurationMs);
    return window.to * slotDurationMs - from >= durationMs;
  };
  const [rota] = rotas;
  if (rota === undefined) return { verdict: "unknown" };
  // What is left of a slot that has its block already is quiet, whoever the next one belongs to.
  if (rota.from * slotDurationMs - nowMs >= durationMs) return { verdict: "yes" };
  const long = windows.find(isLong);
  if (quietNow && long === first) return { verdict: "yes" };
  // It is quiet now, but not known for how long: neither yes nor no.
  if (quietNow && first.open) return { verdict: "unknown" };
  return { verdict: "no", at: long?.from ?? null };
}
