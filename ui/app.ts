// The dashboard on a renderer: news and keys in, frames out. Knows no process, file or node.
import type { CliRenderer } from "@opentui/core";
import { VRenderable } from "@opentui/core";

import type { HealthTold, NodeFacts, Question, Report } from "../core/view/messages.ts";
import { act } from "./act.ts";
import type { Errand, Room } from "./actions/context.ts";
import { go, jumpTo, newUi, withList } from "./actions/context.ts";
import { follow } from "./actions/move.ts";
import { NO_POPUP } from "./actions/popup.ts";
import { search } from "./actions/search.ts";
import type { Feed } from "./feed.ts";
import { nothingKnown, withAnswer, withBeat, withFailure, withHealth } from "./feed.ts";
import { isTooSmall, paintFrameOf, paintTooSmall } from "./frame.ts";
import type { Action, KeyPress } from "./keys.ts";
import { actionOf, nameOf } from "./keys.ts";
import { moveTo } from "./list.ts";
import { bannersOf } from "./models/banners.ts";
import type { Place } from "./painter.ts";
import { openPainter } from "./painter.ts";
import { paintPopup, questionOf } from "./popups/popup.ts";
import type { Colours, ThemeName } from "./theme.ts";
import { openTheme, THEMES } from "./theme.ts";
import type { ViewId } from "./view-ids.ts";
import type { Screen, Ui } from "./view.ts";
import { selectedKey } from "./view.ts";
import { viewOf, viewsBeside } from "./views/all.ts";

export interface AppOptions {
  feed: Feed;
  /** The time of day; a test has its own. */
  nowMs: () => number;
  version: string;
  title: string | null;
  theme: ThemeName;
  colours: Colours;
  ascii: boolean;
  view?: ViewId;
  onQuit: () => void;
  onSuspend: () => void;
  onCopy: (text: string) => void;
  onMouse: (on: boolean) => void;
}

export interface App {
  tell: (report: Report) => void;
  press: (key: KeyPress) => void;
  paste: (text: string) => void;
  /** Once a second: clocks and countdowns go on. */
  tick: () => void;
  ui: () => Ui;
}

function isSameButHeard(before: NodeFacts | null, after: NodeFacts): boolean {
  return Bun.deepEquals({ ...before, heardAtMs: 0 }, { ...after, heardAtMs: 0 });
}

function isSameButAt(before: HealthTold | null, after: HealthTold): boolean {
  return Bun.deepEquals({ ...before, atMs: 0 }, { ...after, atMs: 0 });
}

const WHEEL_LINES = 3;

/** Views with something on them that moves by itself. */
const TICKING: readonly ViewId[] = ["dashboard", "schedule", "fleet"];

export function mountApp(renderer: CliRenderer, options: AppOptions): App {
  const { feed, nowMs, version, title, colours, ascii } = options;
  let known = nothingKnown(nowMs());
  let ui = newUi(options.view ?? "dashboard");
  let theme = openTheme(options.theme, colours);
  let room: Room = { list: 1, popup: NO_POPUP };
  let watched: Question | null = null;
  let shownBanners = "";
  /** What can be clicked, as it was drawn last. */
  let places: Place[] = [];
  /** Hash of the block the node was asked of. */
  let inspecting: string | null = null;

  const screen = (): Screen => ({ known, ui, nowMs: nowMs(), version, title });

  const surface = new VRenderable(renderer, {
    ...{ position: "absolute", left: 0, top: 0, width: "100%", height: "100%" },
    onMouseDown: ({ x, y }) => click(x, y),
    onMouseScroll: ({ scroll }) => wheel(scroll?.direction === "up"),
    render: (buffer) => {
      const { width, height } = renderer;
      places = [];
      const look = { theme, ascii, places };
      const painter = openPainter(buffer, { x: 0, y: 0, width, height }, look);
      painter.clear();
      if (isTooSmall({ width, height })) return paintTooSmall(painter);
      const now = screen();
      const body = paintFrameOf(painter, now, viewsBeside(ui.view));
      const list = viewOf(ui.view).paint(body, now);
      const popup = ui.popup === null ? room.popup : paintPopup(body, now, ui.popup);
      room = { list, popup };
    },
  });
  renderer.root.add(surface);

  function redraw(): void {
    shownBanners = bannerText();
    surface.requestRender();
  }

  function bannerText(): string {
    return bannersOf(screen())
      .map(({ text }) => text)
      .join("\n");
  }

  /** What the screen shows is what is watched. */
  function watchShown(): void {
    const question = viewOf(ui.view).question(ui);
    if (Bun.deepEquals(question, watched)) return;
    watched = question;
    feed.watch(question);
  }

  function askForPopup(): void {
    const question = ui.popup === null ? null : questionOf(ui.popup);
    if (question === null) return;
    feed.ask(question, (answer, failure) => {
      if (answer !== null) known = withAnswer(known, answer, nowMs());
      if (answer?.about === "block") inspect(answer.facts.block);
      else if (failure !== null) {
        ui = { ...ui, message: failure.message };
        inspectLive(question);
      }
      redraw();
    });
  }

  /** Where the file cannot say, the node that showed the block is asked. */
  function inspectLive(question: Question): void {
    if (question.about !== "block") return;
    const row = known.node?.recent.find(({ number }) => number === question.number);
    if (row?.hash != null) inspect({ hash: row.hash, authorAura: row.author });
  }

  /** A block does not change: the node is asked of it once. */
  function inspect(block: { hash: string; authorAura: string | null } | null): void {
    if (block === null || block.hash === inspecting) return;
    inspecting = block.hash;
    known = { ...known, inspected: null };
    feed.inspect(block.hash, block.authorAura);
  }

  function change(next: Ui): void {
    const opened = next.popup !== null && next.popup !== ui.popup;
    ui = next;
    if (next.popup === null) inspecting = null;
    if (opened) askForPopup();
    watchShown();
    redraw();
  }

  function run(errand: Errand): void {
    switch (errand.kind) {
      case "quit":
        return options.onQuit();
      case "suspend":
        return options.onSuspend();
      case "refresh":
        return feed.refresh();
      case "copy":
        return options.onCopy(errand.text);
      case "mouse":
        return options.onMouse(errand.on);
      case "next-theme": {
        const next = THEMES[(THEMES.indexOf(theme.name) + 1) % THEMES.length] ?? "dark";
        theme = openTheme(next, colours);
        ui = { ...ui, message: `theme ${next}` };
        return redraw();
      }
      case "find":
        return find(errand.text, errand.up);
    }
  }

  function find(text: string, up: boolean): void {
    const { selected } = ui.lists.blocks;
    const here = selected?.startsWith("block ") === true ? Number(selected.slice(6)) : null;
    const from = here === null ? null : here + (up ? 1 : -1);
    feed.ask({ about: "find", text, from, up }, (answer, failure) => {
      const found = answer?.about === "find" ? answer.facts : null;
      if (found?.number != null) {
        return change({ ...jumpTo(ui, found.number, found.orphan), message: "" });
      }
      const where = from === null ? "in the chain" : `${up ? "above" : "below"} #${here}`;
      change({ ...ui, message: failure?.message ?? `no ${text} ${where}` });
    });
  }

  function type(key: string, { sequence }: KeyPress): void {
    const input = ui.input ?? "";
    if (key === "escape" || key === "ctrl-c") return change({ ...ui, input: null });
    if (key === "return" || key === "linefeed") {
      const done = search(screen(), input);
      change(done.ui);
      if (done.errand !== undefined) run(done.errand);
      return;
    }
    if (key === "backspace") return change({ ...ui, input: input.slice(0, -1) });
    if (!/^\p{Cc}/u.test(sequence) && sequence !== "" && !key.startsWith("ctrl-")) {
      change({ ...ui, input: input + sequence });
    }
  }

  function press(key: KeyPress): void {
    const name = nameOf(key);
    if (ui.input !== null) return type(name, key);
    const action = actionOf(name);
    if (action !== undefined) perform(action, Number(name));
  }

  function perform(action: Action, digit = 0): void {
    const done = act(screen(), action, digit, room);
    change(done.ui);
    if (done.errand !== undefined) run(done.errand);
  }

  /** On a row: there, and on it again: its details. While details are open, a click closes them. */
  function click(x: number, y: number): void {
    if (ui.popup !== null) return perform("back");
    const hit = places.findLast((each) => each.y === y && x >= each.x && x < each.x + each.width);
    if (hit === undefined) return;
    const { target } = hit;
    if (target.kind === "action") return perform(target.action);
    if (target.kind === "view") return change(go(ui, target.id));
    const rows = viewOf(ui.view).rows(screen());
    if (selectedKey(screen(), rows) === target.key) return perform("open");
    change(withList(ui, moveTo(ui.lists[ui.view], rows, target.key)));
  }

  function wheel(up: boolean): void {
    for (let i = 0; i < WHEEL_LINES; i++) perform(up ? "up" : "down");
  }

  function tell(report: Report): void {
    switch (report.kind) {
      case "node": {
        const isSame = isSameButHeard(known.node, report.facts);
        known = { ...known, node: report.facts };
        // Being heard again is drawn with the next second, where it is shown at all.
        if (isSame) return;
        break;
      }
      case "same":
        known = withBeat(known, watched?.about ?? "dashboard", nowMs());
        return;
      case "health": {
        const isSame = isSameButAt(known.health, report.health);
        known = withHealth(known, report.health);
        if (isSame) return;
        break;
      }
      case "watched":
        takeAnswer(report);
        break;
      case "inspected":
        known = { ...known, inspected: report.facts };
        break;
      case "fleet":
        known = { ...known, fleet: report.fleet };
        break;
      case "answered":
        return;
    }
    ui = follow(screen(), room.list);
    redraw();
  }

  function takeAnswer({ answer, failure }: Report & { kind: "watched" }): void {
    if (answer !== null) known = withAnswer(known, answer, nowMs());
    if (failure !== null) known = withFailure(known, failure, nowMs());
    if (answer !== null && ui.popup !== null) askForPopup();
    if (ui.message === "refreshing …") ui = { ...ui, message: "" };
  }

  watchShown();
  return {
    tell,
    press,
    paste: (text) => {
      if (ui.input !== null) change({ ...ui, input: ui.input + text.trim() });
    },
    tick: () => {
      if (TICKING.includes(ui.view) || bannerText() !== shownBanners) redraw();
    },
    ui: () => ui,
  };
}
