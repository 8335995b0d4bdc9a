// What stands around every view: title, banners, tabs, the search line; and the notice of a small terminal.
import { clean } from "../core/harmless.ts";
import { bannersOf } from "./models/banners.ts";
import type { Painter } from "./painter.ts";
import { fit, widthOf } from "./text.ts";
import type { Screen, View } from "./view.ts";

const LEAST = { width: 80, height: 24 };
/** More of them would leave no room for what they are about. */
const MOST_BANNERS = 2;

export function isTooSmall({ width, height }: { width: number; height: number }): boolean {
  return width < LEAST.width || height < LEAST.height;
}

export function paintTooSmall(painter: Painter): void {
  const text = `needs ${LEAST.width}×${LEAST.height} (now ${painter.width}×${painter.height})`;
  const y = Math.floor(painter.height / 2);
  painter.text(Math.max(0, Math.floor((painter.width - text.length) / 2)), y, text, "warn");
}

/** Draws all but the view; returns the room left for it. */
export function paintFrameOf(painter: Painter, screen: Screen, views: readonly View[]): Painter {
  const { version, title, ui } = screen;
  painter.keep("title", [version, title], (part) => paintTitle(part, screen));
  const shown = bannersOf(screen).slice(0, MOST_BANNERS);
  for (const [y, { role, text }] of shown.entries()) {
    painter.text(1, 1 + y, fit(text, painter.width - 2), role, { bold: true });
  }
  painter
    .inside(0, painter.height - 1, painter.width, 1)
    .keep("footer", [ui.input, ui.message, ui.view, views], (part) =>
      paintFooter(part, screen, views),
    );
  const top = 1 + shown.length;
  return painter.inside(0, top, painter.width, painter.height - top - 1);
}

const QUIT_HELP = "[Q] Quit [?] Help ";

function paintTitle(painter: Painter, { version, title }: Screen): void {
  const name = title === null ? "" : ` · ${title}`;
  painter.text(
    0,
    0,
    fit(` Midnight Validator Monitor v${version}${name}`, painter.width - 22),
    "title",
  );
  const at = painter.width - QUIT_HELP.length;
  painter.place(at, 0, QUIT_HELP.indexOf("[?]"), { kind: "action", action: "quit" });
  painter.place(at + QUIT_HELP.indexOf("[?]"), 0, 9, { kind: "action", action: "help" });
  painter.right(0, [
    ["[Q]", "accent"],
    [" Quit ", "muted"],
    ["[?]", "accent"],
    [" Help ", "muted"],
  ]);
}

function paintFooter(painter: Painter, { ui }: Screen, views: readonly View[]): void {
  if (ui.input !== null) {
    const hint = "  Enter: find  Esc: leave";
    const text = clean(ui.input);
    // The end of what is typed is what counts.
    const room = painter.width - 3 - hint.length;
    const shown = widthOf(text) > room ? `…${text.slice(-(room - 1))}` : text;
    painter.spans(0, 0, [
      [" /", "accent"],
      [shown, "title"],
      ["█", "accent"],
      [hint, "muted"],
    ]);
    return;
  }
  if (ui.message !== "") return void painter.text(1, 0, ui.message, "warn");
  const isWide = painter.width >= 100;
  let x = 1;
  for (const [i, view] of views.entries()) {
    const isHere = view.id === ui.view;
    const name = isWide || isHere ? ` ${view.title}` : view.short;
    const end = painter.spans(x, 0, [
      [`[${i + 1}]`, "accent"],
      [name, isHere ? "title" : "muted", { selected: isHere }],
    ]);
    painter.place(x, 0, end - x, { kind: "view", id: view.id });
    x = end + 1;
  }
}
