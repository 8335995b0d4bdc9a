// What each key does to what the person chose. Pure; what must happen elsewhere is returned as an errand.
import { LEVELS } from "../core/log.ts";
import type { Act, Context, Done, Room } from "./actions/context.ts";
import { forget, go, neighbour, say } from "./actions/context.ts";
import { MOVE_ACTS } from "./actions/move.ts";
import { POPUP_ACTS } from "./actions/popup.ts";
import { SEARCH_ACTS } from "./actions/search.ts";
import type { Action } from "./keys.ts";
import { VIEW_IDS } from "./view-ids.ts";
import type { Screen } from "./view.ts";
import { factsIn, selectedKey } from "./view.ts";
import { viewOf } from "./views/all.ts";

/** @param digit the number pressed, for going to a view */
export function act(screen: Screen, action: Action, digit: number, room: Room): Done {
  const ui = { ...screen.ui, message: "" };
  const view = viewOf(ui.view);
  const context = { screen: { ...screen, ui }, view, rows: view.rows(screen), room, digit };
  const inPopup = ui.popup === null ? undefined : POPUP_ACTS[action];
  const run = inPopup ?? MOVE_ACTS[action] ?? SEARCH_ACTS[action] ?? ACTS[action];
  return run === undefined ? { ui } : run(ui, context);
}

function selected({ screen, rows }: Context): string | null {
  return selectedKey(screen, rows);
}

const open: Act = (ui, context) => {
  const key = selected(context);
  const popup = key === null ? null : (context.view.open?.(context.screen, key) ?? null);
  return popup === null ? say(ui, "no details here") : { ui: { ...ui, popup, popupTop: 0 } };
};

/** In a popup, of what it shows: the row under the cursor. */
const copy: Act = (ui, context) => {
  const key = selected(context);
  const text = key === null ? null : (context.view.copy?.(context.screen, key) ?? null);
  if (text === null) return say(ui, "nothing to copy here");
  return { ...say(ui, `copied ${text}`), errand: { kind: "copy", text } };
};

const ONE_ORDER = "this view has one order";

const sort: Act = (ui, { view }) => {
  const { sorts } = view;
  if (sorts === undefined) return say(ui, ONE_ORDER);
  const next = ((ui.sort[ui.view] ?? 0) + 1) % sorts.length;
  const sorted = { ...ui, sort: { ...ui.sort, [ui.view]: next } };
  // A new column begins with its own best.
  return say({ ...sorted, reversed: { ...ui.reversed, [ui.view]: false } }, `by ${sorts[next]}`);
};

const reverse: Act = (ui, { view }) => {
  if (view.sorts === undefined) return say(ui, ONE_ORDER);
  const reversed = !(ui.reversed[ui.view] ?? false);
  const said = reversed ? "the other way round" : "as before";
  return say({ ...ui, reversed: { ...ui.reversed, [ui.view]: reversed } }, said);
};

const ours: Act = (ui, { view }) => {
  if (view.filters !== true) return say(ui, "nothing to leave out here");
  return say({ ...ui, oursOnly: !ui.oursOnly }, ui.oursOnly ? "all" : "ours only");
};

/** A search is left before the program is. */
const leave: Act = (ui) =>
  ui.wanted[ui.view] === undefined ? { ui, errand: { kind: "quit" } } : { ui: forget(ui) };

const pause: Act = (ui, { screen }) => {
  if (ui.view !== "logs") return say(ui, "only logs can be paused");
  return {
    ui: { ...ui, paused: ui.paused === null ? (factsIn(screen, "logs")?.records ?? []) : null },
  };
};

const level: Act = (ui) => {
  if (ui.view !== "logs") return say(ui, "only logs have levels");
  return { ui: { ...ui, level: (ui.level + 1) % LEVELS.length } };
};

const chart: Act = (ui) => {
  if (ui.view !== "performance") return say(ui, "only performance has charts");
  return { ui: { ...ui, chart: ui.chart + 1 } };
};

const mouse: Act = (ui) => {
  const on = !ui.mouse;
  const said = on ? "mouse on: hold Shift to select text" : "mouse off: text can be selected";
  return { ...say({ ...ui, mouse: on }, said), errand: { kind: "mouse", on } };
};

const ACTS: Partial<Record<Action, Act>> = {
  ...{ open, copy, sort, reverse, ours, leave, pause, level, chart, mouse },
  quit: (ui) => ({ ui, errand: { kind: "quit" } }),
  suspend: (ui) => ({ ui, errand: { kind: "suspend" } }),
  refresh: (ui) => ({ ...say(ui, "refreshing …"), errand: { kind: "refresh" } }),
  theme: (ui) => ({ ui, errand: { kind: "next-theme" } }),
  view: (ui, { digit }) => ({ ui: go(ui, VIEW_IDS[digit - 1] ?? ui.view) }),
  "next-view": (ui) => ({ ui: go(ui, neighbour(ui.view, 1)) }),
  "previous-view": (ui) => ({ ui: go(ui, neighbour(ui.view, -1)) }),
  help: (ui) => ({ ui: { ...ui, popup: { kind: "help" }, popupTop: 0 } }),
};
