// What is on the screen is what is asked for: a view's question, a popup's details, a search along the chain.
import type { Failure, FindFacts, Question } from "../core/view/messages.ts";
import { jumpTo } from "./actions/context.ts";
import type { Desk } from "./desk.ts";
import { redraw, screenOf } from "./desk.ts";
import { withAnswer } from "./feed.ts";
import { questionOf } from "./popups/popup.ts";
import type { Ui } from "./view.ts";
import { viewOf } from "./views/all.ts";

/** The person chose something else: it is shown, and asked for. */
export function change(desk: Desk, next: Ui): void {
  const opened = next.popup !== null && next.popup !== desk.ui.popup;
  desk.ui = next;
  if (next.popup === null) desk.inspecting = null;
  if (opened) askForPopup(desk);
  watchShown(desk);
  redraw(desk);
}

/** What the screen shows is what is watched. */
export function watchShown(desk: Desk): void {
  const question = viewOf(desk.ui.view).question(desk.ui);
  if (Bun.deepEquals(question, desk.watched)) return;
  desk.watched = question;
  desk.options.feed.watch(question);
}

export function askForPopup(desk: Desk): void {
  const { feed, nowMs } = desk.options;
  const question = desk.ui.popup === null ? null : questionOf(desk.ui.popup);
  if (question === null) return;
  feed.ask(question, (answer, failure) => {
    if (answer !== null) desk.known = withAnswer(desk.known, answer, nowMs());
    if (answer?.about === "block") inspect(desk, answer.facts.block);
    else if (failure !== null) {
      desk.ui = { ...desk.ui, message: failure.message };
      inspectLive(desk, question);
    }
    redraw(desk);
  });
}

/** Where the file cannot say, the node that showed the block is asked. */
function inspectLive(desk: Desk, question: Question): void {
  if (question.about !== "block") return;
  const row = desk.known.node?.recent.find(({ number }) => number === question.number);
  if (row?.hash != null) inspect(desk, { hash: row.hash, authorAura: row.author });
}

/** A block does not change: the node is asked of it once. */
function inspect(desk: Desk, block: { hash: string; authorAura: string | null } | null): void {
  if (block === null || block.hash === desk.inspecting) return;
  desk.inspecting = block.hash;
  desk.known = { ...desk.known, inspected: null };
  desk.options.feed.inspect(block.hash, block.authorAura);
}

/** Of the cursor; half a block above the next one where it stands on a line that is no block of the chain. */
function heightHere(desk: Desk): number | null {
  const { selected } = desk.ui.lists.blocks;
  const rows = viewOf("blocks").rows(screenOf(desk));
  const at = selected === null ? -1 : rows.indexOf(selected);
  const block = at === -1 ? undefined : rows.slice(at).find((key) => key.startsWith("block "));
  if (block === undefined) return null;
  return Number(block.slice("block ".length)) + (block === selected ? 0 : 0.5);
}

/** The next block that fits, from the cursor's on. */
export function find(desk: Desk, text: string, up: boolean): void {
  const here = heightHere(desk);
  const from = here === null ? null : Math.floor(here + (up ? 1 : -0.5));
  desk.options.feed.ask({ about: "find", text, from, up }, (answer, failure) => {
    const where = here === null ? "in the chain" : `${up ? "above" : "below"} #${Math.ceil(here)}`;
    const found = answer?.about === "find" ? answer.facts : null;
    change(desk, afterSearch(desk.ui, found, failure, `no ${text} ${where}`));
  });
}

function afterSearch(ui: Ui, found: FindFacts | null, failure: Failure | null, none: string): Ui {
  if (found?.number == null) return { ...ui, message: failure?.message ?? none };
  return { ...jumpTo(ui, found.number, found.orphan), message: "" };
}
