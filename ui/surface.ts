// The one thing on the screen: drawn whole from what the desk holds.
import type { CliRenderer } from "@opentui/core";
import { VRenderable } from "@opentui/core";

import type { Desk } from "./desk.ts";
import { screenOf } from "./desk.ts";
import { isTooSmall, paintFrameOf, paintTooSmall } from "./frame.ts";
import { openPainter } from "./painter.ts";
import { paintPopup } from "./popups/popup.ts";
import { viewOf, viewsBeside } from "./views/all.ts";

export interface Mouse {
  click: (x: number, y: number) => void;
  wheel: (up: boolean) => void;
}

export function mountSurface(renderer: CliRenderer, desk: Desk, { click, wheel }: Mouse): void {
  const surface = new VRenderable(renderer, {
    ...{ position: "absolute", left: 0, top: 0, width: "100%", height: "100%" },
    onMouseDown: ({ x, y }) => click(x, y),
    onMouseScroll: ({ scroll }) => wheel(scroll?.direction === "up"),
    render: (buffer) => paint(buffer, renderer, desk),
  });
  renderer.root.add(surface);
  desk.requestRender = () => surface.requestRender();
}

/** What there turned out to be room for is kept: paging goes by it. */
function paint(
  buffer: Parameters<typeof openPainter>[0],
  { width, height }: { width: number; height: number },
  desk: Desk,
): void {
  const { theme, ui, options } = desk;
  desk.places = [];
  const look = { theme, ascii: options.ascii, places: desk.places, kept: desk.kept };
  const painter = openPainter(buffer, { x: 0, y: 0, width, height }, look);
  painter.clear();
  if (isTooSmall({ width, height })) return paintTooSmall(painter);
  const now = screenOf(desk);
  const body = paintFrameOf(painter, now, viewsBeside(ui.view));
  const list = viewOf(ui.view).paint(body, now);
  const popup = ui.popup === null ? desk.room.popup : paintPopup(body, now, ui.popup);
  desk.room = { list, popup };
}
