// The dashboard on a renderer: news and keys in, frames out. Knows no process, file or node.
import type { CliRenderer } from "@opentui/core";

import type { Report } from "../core/view/messages.ts";
import { watchShown } from "./asking.ts";
import type { AppOptions } from "./desk.ts";
import { bannerText, openDesk, redraw } from "./desk.ts";
import { click, paste, press, wheel } from "./hands.ts";
import { hear } from "./hearing.ts";
import type { KeyPress } from "./keys.ts";
import { mountSurface } from "./surface.ts";
import type { ViewId } from "./view-ids.ts";
import type { Ui } from "./view.ts";

export interface App {
  tell: (report: Report) => void;
  press: (key: KeyPress) => void;
  paste: (text: string) => void;
  /** Once a second: clocks and countdowns go on. */
  tick: () => void;
  ui: () => Ui;
}

/** Views with something on them that moves by itself. */
const TICKING: readonly ViewId[] = ["dashboard", "schedule", "fleet"];

export function mountApp(renderer: CliRenderer, options: AppOptions): App {
  const desk = openDesk(options);
  mountSurface(renderer, desk, {
    click: (x, y) => click(desk, x, y),
    wheel: (up) => wheel(desk, up),
  });
  watchShown(desk);
  return {
    tell: (report) => hear(desk, report),
    press: (key) => press(desk, key),
    paste: (text) => paste(desk, text),
    tick: () => {
      if (TICKING.includes(desk.ui.view) || bannerText(desk) !== desk.shownBanners) redraw(desk);
    },
    ui: () => desk.ui,
  };
}
