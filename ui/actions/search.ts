// Looking for a row: in the rows of a view, or far away along the chain.
import { factsOf } from "../feed.ts";
import type { Action } from "../keys.ts";
import { moveTo } from "../list.ts";
import type { ViewId } from "../view-ids.ts";
import type { Screen } from "../view.ts";
import { viewOf } from "../views/all.ts";
import type { Act, Context, Done } from "./context.ts";
import { forget, jumpTo, say, withList } from "./context.ts";

/** Views whose search is for a block of the chain. */
const CHAIN_VIEWS: readonly ViewId[] = ["dashboard", "blocks"];

const begin: Act = (ui) => ({ ui: { ...ui, input: "" } });

export const SEARCH_ACTS: Partial<Record<Action, Act>> = {
  search: begin,
  "next-hit": (ui, context) => hit({ ...context.screen, ui }, context, 1),
  "previous-hit": (ui, context) => hit({ ...context.screen, ui }, context, -1),
};

/** What was typed after `/`. An empty one ends the search. */
export function search(screen: Screen, typed: string): Done {
  const text = typed.trim();
  const left = { ...screen.ui, input: null };
  if (text === "") return { ui: forget(left) };
  // From the dashboard too a block is what is looked for.
  const ui = CHAIN_VIEWS.includes(left.view) ? { ...left, view: "blocks" as const } : left;
  const next = { ...screen, ui: { ...ui, wanted: { ...ui.wanted, [ui.view]: text } } };
  // There the text is a filter.
  if (ui.view === "logs") return { ui: next.ui };
  const view = viewOf(ui.view);
  return hit(next, { view, rows: view.rows(next) }, 0);
}

/**
 * The row that matches, in steps from the cursor's row on. In the time line it may be far away.
 * @param step 0: the first one from here on, this row included
 */
function hit(
  screen: Screen,
  { view, rows }: Pick<Context, "view" | "rows">,
  step: 0 | 1 | -1,
): Done {
  const { ui } = screen;
  const text = ui.wanted[ui.view];
  if (text === undefined) return say(ui, "nothing looked for yet: / searches");
  if (view.id === "blocks") return hitInChain(screen, text, step === -1);
  const { length } = rows;
  const here = ui.lists[ui.view].index;
  for (let i = step === 0 ? 0 : 1; i < length + Math.abs(step); i++) {
    const key = rows[(here + (step === -1 ? -i : i) + length) % length];
    if (key === undefined || view.matches?.(screen, key, text) !== true) continue;
    return { ui: withList(ui, moveTo(ui.lists[ui.view], rows, key)) };
  }
  return say(ui, `no ${text} here`);
}

/** A number is a place; anything else is looked for by whoever has the chain. */
function hitInChain(screen: Screen, text: string, up: boolean): Done {
  const { ui } = screen;
  const number = /^#?(\d{1,10})$/.exec(text)?.[1];
  if (number !== undefined) return toHeight(screen, Number(number));
  return { ...say(ui, "searching …"), errand: { kind: "find", text, up } };
}

/** A height that is not stored is said to be none, not waited for. */
function toHeight(screen: Screen, number: number): Done {
  const { known, ui } = screen;
  const chains = [factsOf(known, "timeline"), factsOf(known, "dashboard")].flatMap((told) =>
    told === null ? [] : [told.facts.chain],
  );
  const last = Math.max(...chains.map((chain) => chain.last?.number ?? -1));
  const first = Math.min(...chains.map((chain) => chain.first?.number ?? Infinity));
  if (last < 0) {
    const isSeen = viewOf("blocks").rows(screen).includes(`block ${number}`);
    return isSeen ? { ui: jumpTo(ui, number) } : say(ui, `#${number} is not among the blocks seen`);
  }
  if (number > last) return say(ui, `#${number} is beyond the last block stored, #${last}`);
  if (number < first) return say(ui, `#${number} is before the first block stored, #${first}`);
  return { ui: jumpTo(ui, number) };
}
