// Charts from block letters: columns with eighths, several rows high.
import type { Painter } from "./painter.ts";
import type { Role } from "./theme.ts";

const SHADE = "░";
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

export interface Bar {
  value: number;
  role: Role;
  /** What it might have been: a shade behind it, up to here. */
  of?: number;
  /** A sign over the bar, so that what its colour says can be read without one. */
  mark?: readonly [glyph: string, role: Role];
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
  body.text(0, 0, (labels[0] ?? "").padStart(margin - 1), "muted");
  if (body.height > 1)
    body.text(0, body.height - 1, (labels[1] ?? "").padStart(margin - 1), "muted");
  const partOf = (value: number): number =>
    max <= min ? 0 : Math.max(0, Math.min(1, (value - min) / (max - min)));
  for (const [i, { value, of, role, mark }] of shown.entries()) {
    const x = margin + i * step;
    if (mark !== undefined) painter.text(x, 0, mark[0], mark[1]);
    // Something is never drawn as nothing.
    const eighths = Math.max(value > min ? 1 : 0, Math.round(partOf(value) * body.height * 8));
    const shade = of === undefined ? 0 : Math.round(partOf(of) * body.height);
    for (let y = 0; y < body.height; y++) {
      const level = Math.max(0, Math.min(8, eighths - (body.height - 1 - y) * 8));
      if (level > 0) body.text(x, y, EIGHTHS[level] ?? " ", role);
      else if (body.height - y <= shade) body.text(x, y, SHADE, "muted");
    }
  }
  if (names === 0 || nameOf === undefined || shown.length === 0) return;
  const [first, last] = [nameOf(bars.length - shown.length), nameOf(bars.length - 1)];
  const below = painter.inside(margin, painter.height - 1, room, 1);
  const end = Math.max(first.length + 1, (shown.length - 1) * step + 1 - last.length);
  below.text(0, 0, first, "muted");
  if (shown.length > 1 && end + last.length <= room) below.text(end, 0, last, "muted");
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
