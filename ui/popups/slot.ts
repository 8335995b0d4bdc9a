// A slot without a block: when it was, whose turn, and what became of it.
import { epochOf, slotTimeMs } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { TimelineRow } from "../../core/view/messages.ts";
import type { Span } from "../painter.ts";
import { formatTime } from "../text.ts";
import type { Screen } from "../view.ts";
import { factsIn } from "../view.ts";

export function constantsOf(screen: Screen): ChainConstants | null {
  return factsIn(screen, "timeline")?.chain.constants ?? screen.known.node?.constants ?? null;
}

export function slotLines(row: TimelineRow, constants: ChainConstants | null): Span[][] {
  const line = (name: string, ...value: Span[]): Span[] => [[name.padEnd(17), "muted"], ...value];
  const { slot, slots, author, label, ours } = row;
  const time = constants === null ? "?" : `${formatTime(slotTimeMs(slot, constants))} UTC`;
  const epoch = constants === null ? "?" : String(epochOf(slot, constants));
  const what = slots > 1 ? `${slots} slots in a row without a block` : "no canonical block";
  return [
    line("What", [`✗ ${what}`, ours ? "bad" : "warn"]),
    line(slots > 1 ? "Last slot" : "Slot", [String(slot)]),
    line("Time", [time]),
    line("Epoch", [epoch, "epoch"]),
    // Of many slots the turns were many people's.
    ...(slots > 1 ? [] : [line("Whose turn", ...whose(author, label, ours))]),
    [],
    [["`mvm query missed` lists missed slots with what happened in each.", "muted"]],
  ];
}

function whose(author: string | null, label: string | null, ours: boolean): Span[] {
  if (author === null) return [["? not known", "muted"]];
  const role = ours ? "ours" : "text";
  return [
    [`${ours ? "★ " : ""}${label === null ? "" : `${label} `}`, role],
    [author, role],
  ];
}
