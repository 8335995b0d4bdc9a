// Parts of the screen that stand as they did: painted anew only where something they are painted from is another.
import type { OptimizedBuffer } from "@opentui/core";

import type { Place } from "./painter.ts";

/** What a painter draws on. */
export type Canvas = Pick<OptimizedBuffer, "drawText" | "fillRect">;

/** One part as it was painted last. */
interface Part {
  /** All it was painted from, compared by identity: facts are replaced, never changed. */
  from: readonly unknown[];
  strokes: ((canvas: Canvas) => void)[];
  places: Place[];
}

/** By name. */
export type Kept = Map<string, Part>;

/** Draws the part as it was, or lets it be painted and remembers how. Returns what can be clicked in it. */
export function keep(
  kept: Kept,
  name: string,
  from: readonly unknown[],
  canvas: Canvas,
  paint: (canvas: Canvas, places: Place[]) => void,
): readonly Place[] {
  const before = kept.get(name);
  if (before !== undefined && isSame(before.from, from)) {
    for (const stroke of before.strokes) stroke(canvas);
    return before.places;
  }
  const part: Part = { from, strokes: [], places: [] };
  const draw = (stroke: (canvas: Canvas) => void): void => {
    part.strokes.push(stroke);
    stroke(canvas);
  };
  const recording: Canvas = {
    drawText: (...text) => draw((to) => to.drawText(...text)),
    fillRect: (...area) => draw((to) => to.fillRect(...area)),
  };
  paint(recording, part.places);
  kept.set(name, part);
  return part.places;
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((each, i) => Object.is(each, now[i]));
}
