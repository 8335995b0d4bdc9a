// Keys while help or details are open.
import type { Action } from "../keys.ts";
import type { Act, Room } from "./context.ts";

function scroll(by: (page: number) => number): Act {
  return (ui, { room: { popup } }) => {
    const most = Math.max(0, popup.lines - popup.room);
    const to = ui.popupTop + by(Math.max(1, popup.room - 1));
    return { ui: { ...ui, popupTop: Math.max(0, Math.min(most, to)) } };
  };
}

const close: Act = (ui) => ({ ui: { ...ui, popup: null, popupTop: 0 } });

/** Those not named here do what they do without a popup. */
export const POPUP_ACTS: Partial<Record<Action, Act>> = {
  up: scroll(() => -1),
  down: scroll(() => 1),
  "page-up": scroll((page) => -page),
  "page-down": scroll((page) => page),
  first: scroll(() => -Infinity),
  last: scroll(() => Infinity),
  open: close,
  back: close,
  leave: close,
  help: close,
};

export const NO_POPUP: Room["popup"] = { lines: 0, room: 0 };
