// Dashboard panel: who filled the last hundred slots.
import type { TimelineRow } from "../../core/view/messages.ts";
import type { ProductionModel } from "../models/production.ts";
import { productionModel } from "../models/production.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";

const SLOTS = 100;

/** A title, and two lines: strip and key, or half a strip with half the key beside it twice. */
export const PRODUCTION_ROWS = 3;

export function paintProduction(painter: Painter, rows: readonly TimelineRow[]): void {
  const model = productionModel(rows, SLOTS);
  paintRule(painter, 0, `Block Production (last ${model.cells.length} slots)`, []);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (model.cells.length === 0) return void body.text(0, 0, "no block yet", "muted");
  const [first, second] = keyOf(model);
  if (body.width >= SLOTS) {
    body.spans(0, 0, stripOf(model));
    body.spans(0, 1, [...first, ...second]);
    return;
  }
  const half = SLOTS / 2;
  const older = { ...model, cells: model.cells.slice(0, half) };
  const newer = { ...model, cells: model.cells.slice(half) };
  body.spans(0, 0, stripOf(older));
  body.spans(0, 1, stripOf(newer));
  body.spans(half + 2, 0, first);
  body.spans(half + 2, 1, second);
}

function stripOf({ cells }: ProductionModel): Span[] {
  return cells.map(({ glyph, role }) => [glyph, role]);
}

/** In two parts of at most 26 columns. */
function keyOf({ made, missed, ours, oursMissed, orphaned }: ProductionModel): [Span[], Span[]] {
  return [
    [
      ["█", "ours"],
      [`${ours} ours `],
      ["✗", "bad"],
      [`${oursMissed} we missed `, oursMissed > 0 ? "bad" : "text"],
    ],
    [
      ["▄", "accent"],
      [`${made - ours} made `],
      ["·", "muted"],
      [`${missed - oursMissed - orphaned} missed `],
      ["○", "warn"],
      [`${orphaned} lost`],
    ],
  ];
}
