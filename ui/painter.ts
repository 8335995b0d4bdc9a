import { TextAttributes } from "@opentui/core";

// Where a view writes: text in a rectangle of the screen, clipped to it, coloured by meaning.
import { clean } from "../core/harmless.ts";
import type { Canvas, Kept } from "./kept.ts";
import { keep } from "./kept.ts";
import { fit, toAscii, widthOf } from "./text.ts";
import type { Role, Theme } from "./theme.ts";
import type { ViewId } from "./view-ids.ts";

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Style {
  bold?: boolean;
  /** The line the cursor stands on. */
  selected?: boolean;
}

/** A piece of a line. */
export type Span = readonly [text: string, role?: Role | undefined, style?: Style | undefined];

/** What a click on a place means. */
type Target =
  | { kind: "row"; key: string }
  | { kind: "view"; id: ViewId }
  | { kind: "action"; action: "quit" | "help" };

/** A stretch of one line that can be clicked. */
export interface Place {
  x: number;
  y: number;
  width: number;
  target: Target;
}

export interface Painter extends Area {
  /** What is drawn here can be clicked. */
  place: (x: number, y: number, width: number, target: Target) => void;
  /** Writes from a column on and returns the column after. Nothing leaves the rectangle. */
  text: (x: number, y: number, text: string, role?: Role, style?: Style) => number;
  spans: (x: number, y: number, spans: readonly Span[], style?: Style) => number;
  /** Ends at the right edge. */
  right: (y: number, spans: readonly Span[], style?: Style) => void;
  clear: (area?: Partial<Area>, style?: Style) => void;
  inside: (x: number, y: number, width: number, height: number) => Painter;
  /** Paints a part that looks the same as long as all it is painted from is the same. */
  keep: (name: string, from: readonly unknown[], paint: (painter: Painter) => void) => void;
}

export interface Look {
  theme: Theme;
  ascii: boolean;
  /** Filled as the screen is drawn; what is drawn later lies on top. */
  places: Place[];
  /** From one screen to the next. */
  kept: Kept;
}

export function openPainter(canvas: Canvas, area: Area, look: Look): Painter {
  const { theme } = look;

  function isOutside(x: number, y: number): boolean {
    return y < 0 || y >= area.height || x >= area.width || x < 0;
  }

  /** As it will stand there: harmless, in letters the terminal has, and cut at the right edge. */
  function shownOf(raw: string, x: number): string {
    const cut = fit(look.ascii ? toAscii(clean(raw)) : clean(raw), area.width - x);
    return look.ascii ? toAscii(cut) : cut;
  }

  function draw(y: number, { x, text: shown, role, style }: Run): void {
    const back = style.selected === true ? theme.selection : theme.background;
    const attributes = attributesOf(role, style, theme);
    canvas.drawText(shown, area.x + x, area.y + y, theme.roles[role], back, attributes);
  }

  function text(x: number, y: number, raw: string, role: Role = "text", style: Style = {}): number {
    if (isOutside(x, y)) return x;
    const shown = shownOf(raw, x);
    draw(y, { x, text: shown, role, style });
    return x + widthOf(shown);
  }

  /** Neighbours that look alike are drawn in one go: a call of the library costs more than its letters. */
  function spans(x: number, y: number, all: readonly Span[], style: Style = {}): number {
    let at = x;
    let run: Run | null = null;
    for (const [raw, role = "text", own] of all) {
      if (isOutside(at, y)) break;
      const shown = shownOf(raw, at);
      const worn = own === undefined ? style : { ...style, ...own };
      if (run !== null && looksAs(run, shown, role, worn)) {
        run.role = isGap(run.text) ? role : run.role;
        run.text += shown;
      } else {
        if (run !== null) draw(y, run);
        run = { x: at, text: shown, role, style: worn };
      }
      at += widthOf(shown);
    }
    if (run !== null) draw(y, run);
    return at;
  }

  return {
    ...area,
    text,
    spans,
    place: (x, y, width, target) => {
      look.places.push({ x: area.x + x, y: area.y + y, width, target });
    },
    right: (y, all, style) => {
      const width = all.reduce((sum, [piece]) => sum + widthOf(piece), 0);
      spans(Math.max(0, area.width - width), y, all, style);
    },
    clear: ({ x = 0, y = 0, width = area.width, height = area.height } = {}, style = {}) => {
      const columns = Math.max(0, Math.min(width, area.width - x));
      const rows = Math.max(0, Math.min(height, area.height - y));
      if (style.selected === true) {
        for (let row = y; row < y + rows; row++) text(x, row, " ".repeat(columns), "text", style);
      } else canvas.fillRect(area.x + x, area.y + y, columns, rows, theme.background);
    },
    inside: (x, y, width, height) =>
      openPainter(
        canvas,
        {
          x: area.x + x,
          y: area.y + y,
          width: Math.max(0, Math.min(width, area.width - x)),
          height: Math.max(0, Math.min(height, area.height - y)),
        },
        look,
      ),
    keep: (name, from, paint) => {
      const { x, y, width, height } = area;
      const all = [theme, look.ascii, x, y, width, height, ...from];
      const places = keep(look.kept, name, all, canvas, (recording, own) =>
        paint(openPainter(recording, area, { ...look, places: own })),
      );
      look.places.push(...places);
    },
  };
}

/** What is drawn in one go. */
interface Run {
  x: number;
  text: string;
  role: Role;
  style: Style;
}

/** Of a gap only what lies behind it is seen. */
function isGap(text: string): boolean {
  return !/\S/.test(text);
}

function looksAs(run: Run, text: string, role: Role, style: Style): boolean {
  if (run.style.selected !== style.selected || run.style.bold !== style.bold) return false;
  return run.role === role || isGap(text) || isGap(run.text);
}

/** Without colours, weight and inversion say what they can; words and glyphs say the rest. */
function attributesOf(role: Role, style: Style, { mono, inverse }: Theme): number {
  let attributes = TextAttributes.NONE;
  if (style.bold === true || role === "title") attributes |= TextAttributes.BOLD;
  if (inverse && style.selected === true) attributes |= TextAttributes.INVERSE;
  if (!mono) return attributes;
  if (role === "bad" || role === "ours") attributes |= TextAttributes.BOLD;
  if (role === "muted" || role === "border") attributes |= TextAttributes.DIM;
  return attributes;
}

/** A titled line across, as the top of a section. */
export function paintRule(painter: Painter, y: number, left: string, right: readonly Span[]): void {
  painter.text(0, y, "─".repeat(painter.width), "border");
  painter.spans(1, y, [
    [" ", "border"],
    [left, "accent", { bold: true }],
    [" ", "border"],
  ]);
  if (right.length === 0) return;
  const line: Span[] = [[" ", "border"], ...right, [" ", "border"], ["─", "border"]];
  painter.right(y, line);
}

/** A closed frame with a title; returns the room inside. */
export function paintFrame(painter: Painter, title: string, footer: string): Painter {
  const { width, height } = painter;
  painter.clear();
  painter.text(0, 0, `┌${"─".repeat(width - 2)}┐`, "border");
  for (let y = 1; y < height - 1; y++) {
    painter.text(0, y, "│", "border");
    painter.text(width - 1, y, "│", "border");
  }
  painter.text(0, height - 1, `└${"─".repeat(width - 2)}┘`, "border");
  painter.text(2, 0, ` ${fit(title, width - 6)} `, "title");
  if (footer !== "") painter.text(2, height - 1, ` ${fit(footer, width - 6)} `, "muted");
  return painter.inside(2, 1, width - 4, height - 2);
}

/** A bar of so many columns, filled in part; null leaves it empty with a question mark. */
export function barOf(part: number | null, columns: number): string {
  if (part === null) return `?${"░".repeat(Math.max(0, columns - 1))}`;
  const filled = Math.max(0, Math.min(columns, Math.round(part * columns)));
  return "█".repeat(filled) + "░".repeat(columns - filled);
}
