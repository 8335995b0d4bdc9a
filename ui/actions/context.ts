// What a key works on and what comes of it.
import { LEVELS } from "../../core/log.ts";
import type { ListState } from "../list.ts";
import { AT_START } from "../list.ts";
import type { ViewId } from "../view-ids.ts";
import { VIEW_IDS } from "../view-ids.ts";
import type { Screen, Ui, View } from "../view.ts";

/** What a key asks of the world around. */
export type Errand =
  | { kind: "quit" }
  | { kind: "suspend" }
  | { kind: "refresh" }
  | { kind: "next-theme" }
  | { kind: "mouse"; on: boolean }
  | { kind: "copy"; text: string }
  /** Look for a block further on. */
  | { kind: "find"; text: string; up: boolean };

export interface Done {
  ui: Ui;
  errand?: Errand;
}

/** What the painter found out: how many rows there is room for. */
export interface Room {
  list: number;
  popup: { lines: number; room: number };
}

export interface Context {
  screen: Screen;
  view: View;
  rows: readonly string[];
  room: Room;
  /** The number pressed, for going to a view. */
  digit: number;
}

export type Act = (ui: Ui, context: Context) => Done;

export function newUi(view: ViewId): Ui {
  return {
    ...{
      view,
      oursOnly: false,
      sort: {},
      reversed: {},
      chart: 0,
      wanted: {},
      around: null,
      goTo: null,
    },
    ...{
      popup: null,
      popupTop: 0,
      input: null,
      mouse: false,
      paused: null,
      level: LEVELS.length - 1,
    },
    lists: {
      ...{ dashboard: AT_START, blocks: AT_START, validators: AT_START, performance: AT_START },
      ...{ logs: AT_START, keys: AT_START, peers: AT_START, schedule: AT_START },
      fleet: AT_START,
    },
    message: "",
  };
}

export function say(ui: Ui, message: string): Done {
  return { ui: { ...ui, message } };
}

export function withList(ui: Ui, list: ListState): Ui {
  return { ...ui, lists: { ...ui.lists, [ui.view]: list }, goTo: null };
}

/** The cursor on a block that may still have to be loaded, and that need not be ours. */
export function jumpTo(ui: Ui, number: number, orphan: string | null = null): Ui {
  const goTo = orphan === null ? `block ${number}` : `orphan ${orphan}`;
  return { ...ui, view: "blocks", oursOnly: false, around: { number }, goTo, popup: null };
}

/** What a view was searched for is forgotten. */
export function forget(ui: Ui): Ui {
  const { [ui.view]: _, ...wanted } = ui.wanted;
  return { ...ui, wanted };
}

/** From other machines' screen there is nowhere to go: their files and nodes are not here. */
export function go(ui: Ui, view: ViewId): Ui {
  if (ui.view === "fleet") return ui;
  return { ...ui, view, popup: null, popupTop: 0, goTo: null };
}

export function neighbour(id: ViewId, by: number): ViewId {
  const count = VIEW_IDS.length;
  const index = VIEW_IDS.findIndex((each) => each === id);
  return VIEW_IDS[(index + by + count) % count] ?? id;
}
