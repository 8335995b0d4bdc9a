// Dashboard panel: the newest blocks, losing ones and slots nobody filled among them.
import { epochOf } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { TimelineRow } from "../../core/view/messages.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";
import { pad, shortKey } from "../text.ts";

export function paintRecent(
  painter: Painter,
  rows: readonly TimelineRow[],
  constants: ChainConstants | null,
): void {
  paintRule(painter, 0, "Recent Blocks", []);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (rows.length === 0) body.text(0, 0, "none yet", "muted");
  for (const [y, row] of rows.slice(0, body.height).entries()) {
    body.spans(0, y, spansOf(row, constants, body.width));
  }
}

/** Below this the words before slot and epoch make room for the author. */
const ROOMY = 70;

function spansOf(row: TimelineRow, constants: ChainConstants | null, width: number): Span[] {
  const number: Span = [
    pad(row.number === null ? "–" : `#${row.number}`, 11),
    row.kind === "block" ? "text" : "muted",
  ];
  if (width < ROOMY) return [number, [pad(String(row.slot), 11)], ...endOf(row, width - 22)];
  const epoch = constants === null ? "?" : String(epochOf(row.slot, constants));
  const middle: Span[] = [
    ["slot ", "muted"],
    [pad(String(row.slot), 11)],
    ["epoch ", "muted"],
    [pad(epoch, 8), "epoch"],
  ];
  return [number, ...middle, ...endOf(row, width - 41)];
}

function endOf(row: TimelineRow, width: number): Span[] {
  const author: Span = authorOf(row, Math.max(8, width - 10));
  if (row.kind === "missed") return [["✗ missed  ", row.ours ? "bad" : "warn"], author];
  if (row.kind === "skipped") return [[`✗ ${row.slots} more missed`, "warn"]];
  if (row.kind === "orphan") return [["○ orphan  ", "warn"], author];
  return [
    [row.finalized ? "✓ " : "· ", row.finalized ? "ok" : "muted"],
    ["author: ", "muted"],
    author,
  ];
}

export function authorOf({ author, label, ours }: TimelineRow, width: number): Span {
  if (author === null) return ["unknown", "muted"];
  const mark = ours ? "★ " : "";
  // A name beside its key only where both can be read.
  const key = shortKey(author, Math.min(21, width));
  const text =
    label === null ? key : width > label.length + 16 ? `${label} ${shortKey(author, 13)}` : label;
  return [`${mark}${text}`, ours ? "ours" : "text"];
}
