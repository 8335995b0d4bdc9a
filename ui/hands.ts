// Keys, clicks and the wheel: what each does to what the person chose, and what it asks of the world around.
import { act } from "./act.ts";
import type { Done, Errand } from "./actions/context.ts";
import { go, withList } from "./actions/context.ts";
import { search } from "./actions/search.ts";
import { change, find } from "./asking.ts";
import type { Desk } from "./desk.ts";
import { redraw, screenOf } from "./desk.ts";
import type { Action, KeyPress } from "./keys.ts";
import { actionOf, nameOf } from "./keys.ts";
import { moveTo } from "./list.ts";
import { openTheme, THEMES } from "./theme.ts";
import { selectedKey } from "./view.ts";
import { viewOf } from "./views/all.ts";

const WHEEL_LINES = 3;

export function press(desk: Desk, key: KeyPress): void {
  const name = nameOf(key);
  if (desk.ui.input !== null) return type(desk, name, key);
  const action = actionOf(name);
  if (action !== undefined) perform(desk, action, Number(name));
}

export function paste(desk: Desk, text: string): void {
  const { ui } = desk;
  if (ui.input !== null) change(desk, { ...ui, input: ui.input + text.trim() });
}

function perform(desk: Desk, action: Action, digit = 0): void {
  finish(desk, act(screenOf(desk), action, digit, desk.room));
}

function finish(desk: Desk, { ui, errand }: Done): void {
  change(desk, ui);
  if (errand !== undefined) run(desk, errand);
}

/** A letter of a search, or its end. */
function type(desk: Desk, key: string, { sequence }: KeyPress): void {
  const { ui } = desk;
  const input = ui.input ?? "";
  if (key === "escape" || key === "ctrl-c") return change(desk, { ...ui, input: null });
  if (key === "return" || key === "linefeed") return finish(desk, search(screenOf(desk), input));
  if (key === "backspace") return change(desk, { ...ui, input: input.slice(0, -1) });
  if (!/^\p{Cc}/u.test(sequence) && sequence !== "" && !key.startsWith("ctrl-")) {
    change(desk, { ...ui, input: input + sequence });
  }
}

function run(desk: Desk, errand: Errand): void {
  const { options } = desk;
  switch (errand.kind) {
    case "quit":
      return options.onQuit();
    case "suspend":
      return options.onSuspend();
    case "refresh":
      return options.feed.refresh();
    case "copy":
      return options.onCopy(errand.text);
    case "mouse":
      return options.onMouse(errand.on);
    case "next-theme":
      return nextTheme(desk);
    case "find":
      return find(desk, errand.text, errand.up);
  }
}

function nextTheme(desk: Desk): void {
  const next = THEMES[(THEMES.indexOf(desk.theme.name) + 1) % THEMES.length] ?? "dark";
  desk.theme = openTheme(next, desk.options.colours);
  desk.ui = { ...desk.ui, message: `theme ${next}` };
  redraw(desk);
}

/** On a row: there, and on it again: its details. While details are open, a click closes them. */
export function click(desk: Desk, x: number, y: number): void {
  const { ui, places } = desk;
  if (ui.popup !== null) return perform(desk, "back");
  const hit = places.findLast((each) => each.y === y && x >= each.x && x < each.x + each.width);
  if (hit === undefined) return;
  const { target } = hit;
  if (target.kind === "action") return perform(desk, target.action);
  if (target.kind === "view") return change(desk, go(ui, target.id));
  const screen = screenOf(desk);
  const rows = viewOf(ui.view).rows(screen);
  if (selectedKey(screen, rows) === target.key) return perform(desk, "open");
  change(desk, withList(ui, moveTo(ui.lists[ui.view], rows, target.key)));
}

export function wheel(desk: Desk, up: boolean): void {
  for (let i = 0; i < WHEEL_LINES; i++) perform(desk, up ? "up" : "down");
}
