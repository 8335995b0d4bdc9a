// The cursor up and down a view, and the time line loaded further as it goes.
import type { Action } from "../keys.ts";
import type { ListState } from "../list.ts";
import { AT_START, moveBy, moveTo, settle } from "../list.ts";
import type { Screen, Ui } from "../view.ts";
import { factsIn } from "../view.ts";
import { viewOf } from "../views/all.ts";
import type { Act, Context } from "./context.ts";
import { jumpTo, withList } from "./context.ts";

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
  // A missed slot has no number: the next block below has.
  const key = [selected ?? "", ...rows.slice(index)].find((each) => each.startsWith("block "));
  return key === undefined ? next : { ...next, around: Number(key.slice("block ".length)) };
}

const first: Act = (ui) => {
  const next = withList(ui, AT_START);
  return { ui: ui.view === "blocks" ? { ...next, around: null } : next };
};

const last: Act = (ui, context) => {
  const lowest = ui.view === "blocks" ? factsIn(context.screen, "timeline")?.chain.first : null;
  if (lowest != null) return { ui: jumpTo(ui, lowest.number) };
  return move(() => Infinity)(ui, context);
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
  const arrived = ui.goTo !== null && rows.includes(ui.goTo);
  // While the cursor is on its way, its old row may be gone already.
  if (rows.length === 0 || (ui.goTo !== null && !arrived)) return ui;
  const list = ui.lists[ui.view];
  const wanted = ui.goTo === null ? list : moveTo(list, rows, ui.goTo);
  return withList(ui, settle(wanted, rows, room));
}
