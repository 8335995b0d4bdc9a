// Everything the dashboard remembers between a key, a piece of news and a frame: the only state there is.
import type { Question } from "../core/view/messages.ts";
import type { Room } from "./actions/context.ts";
import { newUi } from "./actions/context.ts";
import { NO_POPUP } from "./actions/popup.ts";
import type { Feed, Known } from "./feed.ts";
import { nothingKnown } from "./feed.ts";
import type { Kept } from "./kept.ts";
import { bannersOf } from "./models/banners.ts";
import type { Place } from "./painter.ts";
import type { Colours, Theme, ThemeName } from "./theme.ts";
import { openTheme } from "./theme.ts";
import type { ViewId } from "./view-ids.ts";
import type { Screen, Ui } from "./view.ts";

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

export interface Desk {
  readonly options: AppOptions;
  known: Known;
  ui: Ui;
  theme: Theme;
  /** As the painter found it last. */
  room: Room;
  /** What can be clicked, as it was drawn last. */
  places: Place[];
  kept: Kept;
  watched: Question | null;
  /** Hash of the block the node was asked of. */
  inspecting: string | null;
  shownBanners: string;
  requestRender: () => void;
}

export function openDesk(options: AppOptions): Desk {
  return {
    options,
    known: nothingKnown(options.nowMs()),
    ui: newUi(options.view ?? "dashboard"),
    theme: openTheme(options.theme, options.colours),
    room: { list: 1, popup: NO_POPUP },
    ...{ places: [], kept: new Map(), watched: null, inspecting: null, shownBanners: "" },
    requestRender: () => undefined,
  };
}

export function screenOf({ known, ui, options }: Desk): Screen {
  const { nowMs, version, title } = options;
  return { known, ui, nowMs: nowMs(), version, title };
}

export function redraw(desk: Desk): void {
  desk.shownBanners = bannerText(desk);
  desk.requestRender();
}

export function bannerText(desk: Desk): string {
  return bannersOf(screenOf(desk))
    .map(({ text }) => text)
    .join("\n");
}
