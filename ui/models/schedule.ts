// Our turns on a line of time, and the quiet stretches between them.
import { slotTimeMs } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { Turn, Turns } from "../../core/view/messages.ts";

export interface TurnModel extends Turn {
  atMs: number;
}

interface QuietWindow {
  fromMs: number;
  toMs: number;
}

export interface ScheduleModel {
  turns: TurnModel[];
  /** The longest stretches ahead without a turn of ours, longest first. */
  quiet: QuietWindow[];
  next: TurnModel | null;
}

const SHOWN_WINDOWS = 3;

export function scheduleModel(turns: Turns, chain: ChainConstants, nowMs: number): ScheduleModel {
  const list = turns.list.map((turn) => ({ ...turn, atMs: slotTimeMs(turn.slot, chain) }));
  const ahead = list.filter(({ state, atMs }) => state === "ahead" && atMs > nowMs);
  // The slot under way began before now.
  const longest = turns.quiet
    .map(({ from, to }) => ({
      fromMs: Math.max(nowMs, slotTimeMs(from, chain)),
      toMs: slotTimeMs(to, chain),
    }))
    .filter((each) => each.toMs > each.fromMs)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, SHOWN_WINDOWS);
  return { turns: list, quiet: longest, next: ahead[0] ?? null };
}

/** Turns by place on a line of so many columns; the most telling of those that share a column. */
export function placeTurns(
  { from, to }: { from: number; to: number },
  turns: readonly Turn[],
  columns: number,
): (Turn["state"] | null)[] {
  const urgency: readonly Turn["state"][] = ["missed", "orphaned", "ahead", "made"];
  const cells = Array.from({ length: columns }, (): Turn["state"] | null => null);
  for (const { slot, state } of turns) {
    const at = Math.min(
      columns - 1,
      Math.floor(((slot - from) * columns) / Math.max(1, to - from)),
    );
    const there = cells[at] ?? null;
    if (there === null || urgency.indexOf(state) < urgency.indexOf(there)) cells[at] = state;
  }
  return cells;
}
