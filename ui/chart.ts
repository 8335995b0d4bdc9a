// Charts from block letters: columns with eighths, several rows high.
import type { Painter } from "./painter.ts";
import type { Role } from "./theme.ts";

const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

export interface Bar {
  value: number;
  role: Role;
}

/** Bars side by side from the left, the newest kept where they do not all fit. The scale's ends stand on the left. */
export function paintBars(
  painter: Painter,
  bars: readonly Bar[],
  scale: { min: number; max: number; format: (value: number) => string },
): void {
  const { height } = painter;
  const { min, max, format } = scale;
  const labels = [format(max), format(min)];
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  painter.text(0, 0, (labels[0] ?? "").padStart(margin - 1), "muted");
  if (height > 1) painter.text(0, height - 1, (labels[1] ?? "").padStart(margin - 1), "muted");
  const room = painter.width - margin;
  // Few bars are drawn two columns wide, with the room there is.
  const step = bars.length * 2 <= room ? 2 : 1;
  const shown = bars.slice(-Math.floor(room / step));
  for (const [i, { value, role }] of shown.entries()) {
    const part = max <= min ? 0 : Math.max(0, Math.min(1, (value - min) / (max - min)));
    // Something is never drawn as nothing.
    const eighths = Math.max(value > min ? 1 : 0, Math.round(part * height * 8));
    for (let y = 0; y < height; y++) {
      const level = Math.max(0, Math.min(8, eighths - (height - 1 - y) * 8));
      if (level > 0) painter.text(margin + i * step, y, EIGHTHS[level] ?? " ", role);
    }
  }
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
