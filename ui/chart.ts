// Charts from block letters: columns with eighths, several rows high.
import type { Painter, Span } from "./painter.ts";
import type { Role } from "./theme.ts";

const SHADE = "░";
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

type Cell = readonly [glyph: string, role: Role];

export interface Bar {
  value: number;
  role: Role;
  /** What it might have been: a shade behind it, up to here. */
  of?: number;
  /** A sign over the bar, so that what its colour says can be read without one. */
  mark?: Cell;
}

export interface Scale {
  min: number;
  max: number;
  format: (value: number) => string;
  /** What the bars are of: names of the first and the last one shown, under them. */
  nameOf?: (index: number) => string;
}

/** Bars side by side from the left, the newest kept where they do not all fit. The scale's ends stand on the left. */
export function paintBars(painter: Painter, bars: readonly Bar[], scale: Scale): void {
  const { min, max, format, nameOf } = scale;
  const labels = [format(max), format(min)];
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const room = painter.width - margin;
  // Few bars are drawn two columns wide, with the room there is.
  const step = bars.length * 2 <= room ? 2 : 1;
  const shown = bars.slice(-Math.floor(room / step));
  const marks = shown.some(({ mark }) => mark !== undefined) ? 1 : 0;
  const names = nameOf !== undefined && painter.height > 3 ? 1 : 0;
  const body = painter.inside(0, marks, painter.width, painter.height - marks - names);
  // On a single line the higher end is the one that counts.
  const ends = body.height > 1 ? labels : labels.slice(0, 1);
  for (const [i, label] of ends.entries())
    body.text(0, i * (body.height - 1), label.padStart(margin - 1), "muted");
  const gap = " ".repeat(step - 1);
  const across = (cellOf: (bar: Bar) => Cell | null): Span[] =>
    shown.map((bar) => {
      const [glyph, role] = cellOf(bar) ?? [" ", bar.role];
      return [glyph + gap, role];
    });
  if (marks > 0)
    painter.spans(
      margin,
      0,
      across(({ mark }) => mark ?? null),
    );
  for (let y = 0; y < body.height; y++) {
    const row = body.height - 1 - y;
    body.spans(
      margin,
      y,
      across((bar) => cellAt(bar, row, body.height, scale)),
    );
  }
  const below = painter.inside(margin, painter.height - 1, room, names);
  const named = [bars.length - shown.length, bars.length - 1].map((i) => nameOf?.(i) ?? "");
  paintEnds(below, named, (shown.length - 1) * step);
}

/** @param row counted from the lowest of so many */
function cellAt({ value, of, role }: Bar, row: number, rows: number, scale: Scale): Cell | null {
  const { min, max } = scale;
  const partOf = (each: number): number =>
    max <= min ? 0 : Math.max(0, Math.min(1, (each - min) / (max - min)));
  // Something is never drawn as nothing.
  const eighths = Math.max(value > min ? 1 : 0, Math.round(partOf(value) * rows * 8));
  const level = Math.max(0, Math.min(8, eighths - row * 8));
  if (level > 0) return [EIGHTHS[level] ?? " ", role];
  const shade = of === undefined ? 0 : Math.round(partOf(of) * rows);
  return row < shade ? [SHADE, "muted"] : null;
}

/** The first name below the first bar, the last one ending below the last where both have room. */
function paintEnds(painter: Painter, names: readonly string[], at: number): void {
  const [first = "", last = ""] = names;
  painter.text(0, 0, first, "muted");
  const from = Math.max(first.length + 1, at + 1 - last.length);
  if (at > 0 && from + last.length <= painter.width) painter.text(from, 0, last, "muted");
}

/** One line: a letter for each value, the highest a full block. Null is a gap. */
export function sparkline(values: readonly (number | null)[], max: number): string {
  return values
    .map((value) => {
      if (value === null) return "·";
      const eighths = max <= 0 ? 0 : Math.round((value / max) * 8);
      return EIGHTHS[Math.max(value > 0 ? 1 : 0, Math.min(8, eighths))] ?? " ";
    })
    .join("");
}
