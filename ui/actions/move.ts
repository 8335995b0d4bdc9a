// The cursor up and down a view, and the time line loaded further as it goes.
import type { Around } from "../../core/view/messages.ts";
import type { Action } from "../keys.ts";
import type { ListState } from "../list.ts";
import { AT_START, moveBy, moveTo, settle } from "../list.ts";
import type { Screen, Ui } from "../view.ts";
import { factsIn } from "../view.ts";
import { viewOf } from "../views/all.ts";
import type { Act, Context } from "./context.ts";
import { withList } from "./context.ts";

/** The cursor is on its way to the last line there is. */
const END = "end";

/** Distance from the edge of what is loaded at which more is asked for. */
const MARGIN = 100;

function move(by: (page: number) => number): Act {
  return (ui, context) => {
    const { rows, room } = context;
    const list = settle(ui.lists[ui.view], rows, room.list);
    const moved = moveBy(list, rows, by(Math.max(1, room.list - 1)));
    return { ui: placed(ui, moved, context) };
  };
}

/** Where the cursor nears the end of what is loaded, the time line moves on. */
function placed(ui: Ui, moved: ListState, { rows, room }: Context): Ui {
  const next = withList(ui, settle(moved, rows, room.list));
  if (ui.view !== "blocks") return next;
  const { index, selected } = next.lists.blocks;
  if (index > MARGIN && index < rows.length - MARGIN) return next;
  // A block that lost has no place of its own: the next line below has.
  const keys = [selected ?? "", ...rows.slice(index)];
  const around = keys.map(placeOf).find((place) => place !== null);
  return around === undefined ? next : { ...next, around };
}

function placeOf(key: string): Around | null {
  const [, kind, digits] = /^(block|slot|skipped) (\d+)$/.exec(key) ?? [];
  if (digits === undefined) return null;
  return kind === "block" ? { number: Number(digits) } : { slot: Number(digits) };
}

const first: Act = (ui) => {
  const next = withList(ui, AT_START);
  return { ui: ui.view === "blocks" ? { ...next, around: null } : next };
};

const last: Act = (ui, context) => {
  const lowest = ui.view === "blocks" ? factsIn(context.screen, "timeline")?.chain.first : null;
  if (lowest == null) return move(() => Infinity)(ui, context);
  return { ui: { ...ui, around: { number: lowest.number }, goTo: END } };
};

export const MOVE_ACTS: Partial<Record<Action, Act>> = {
  up: move(() => -1),
  down: move(() => 1),
  "page-up": move((page) => -page),
  "page-down": move((page) => page),
  first,
  last,
};

/** Keeps the cursor on its row when rows moved, and takes it where it was sent once that is loaded. */
export function follow(screen: Screen, room: number): Ui {
  const { ui } = screen;
  const rows = viewOf(ui.view).rows(screen);
  const target = ui.goTo === END ? endOf(screen, rows) : ui.goTo;
  // While the cursor is on its way, its old row may be gone already.
  if (rows.length === 0 || (ui.goTo !== null && !rows.includes(target ?? ""))) return ui;
  const list = ui.lists[ui.view];
  const wanted = target === null ? list : moveTo(list, rows, target);
  return withList(ui, settle(wanted, rows, room));
}

/** Null while it is not loaded. */
function endOf(screen: Screen, rows: readonly string[]): string | null {
  return factsIn(screen, "timeline")?.toStart === true ? (rows.at(-1) ?? null) : null;
}
