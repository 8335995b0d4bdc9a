// Answers on stdout: JSON, or text that fits the terminal. Into a pipe nothing is shortened or painted.
import { once } from "node:events";

import { MonitorError } from "../core/errors.ts";
import { clean, spellOutPainted } from "../core/harmless.ts";
import { colours } from "./_colour.ts";

/** Where the text goes. */
export interface Screen {
  /** A person reads it: keys are shortened, optional columns make room, colours are used. */
  terminal: boolean;
  width: number;
}

export function openScreen(): Screen {
  const { isTTY, columns } = process.stdout;
  return isTTY ? { terminal: true, width: columns || 80 } : { terminal: false, width: Infinity };
}

/** Returns once the reader has taken it: leaving the process earlier would cut a long answer short. */
export async function writeOut(text: string): Promise<void> {
  await writeChunk(`${text}\n`);
}

/** Whatever a line was made of: what is not of our own making commands no terminal. */
export async function writeChunk(text: string): Promise<void> {
  await writeHarmless(spellOutPainted(text));
}

/**
 * For rows by the million whose texts are spelt out one by one: to look through all of it again takes a third longer.
 * Throws `output` when it cannot be written, for want of space say. A closed pipe is seen to in _main.ts.
 */
export async function writeHarmless(text: string): Promise<void> {
  try {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    // Some pipes say so here.
    if (cause.code === "EPIPE") process.exit(0);
    throw new MonitorError("output", "the answer cannot be written", { cause });
  }
}

export interface Column<T> {
  title: string;
  cell: (row: T) => string;
  /** Numbers stand on the right. */
  right?: boolean;
  /** Left out when the terminal is too narrow, the last one first. */
  optional?: boolean;
}

const GAP = "  ";

export interface Table<T> {
  header: string;
  line: (row: T) => string;
}

/** Aligned columns as wide as these rows want them; a column with nothing in it is left out. */
export function openTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  screen: Screen,
): Table<T> {
  const shown = columns
    .map((column) => {
      const cells = rows.map((row) => clean(column.cell(row)));
      const width = Math.max(...widest(column.title, cells));
      return { ...column, filled: cells.some((cell) => cell !== ""), width };
    })
    .filter(({ filled }) => filled);
  while (widthOf(shown) > screen.width) {
    const last = shown.findLastIndex((column) => column.optional === true);
    if (last === -1) break;
    shown.splice(last, 1);
  }
  if (screen.terminal) narrow(shown, screen.width);
  const fit = (text: string, width: number): string =>
    screen.terminal && Bun.stringWidth(text) > width ? shorten(text, width) : text;
  function line(text: (column: (typeof shown)[number]) => string): string {
    return shown
      .map((column) => pad(text(column), column.width, column.right ?? false))
      .join(GAP)
      .trimEnd();
  }
  const { bold } = colours({ isTTY: screen.terminal });
  return {
    header: bold(line((column) => column.title)),
    line: (row) => line(({ cell, width }) => fit(clean(cell(row)), width)),
  };
}

function* widest(title: string, cells: readonly string[]): Generator<number> {
  yield Bun.stringWidth(title);
  for (const cell of cells) yield Bun.stringWidth(cell);
}

export function formatTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  screen: Screen,
): string {
  const { header, line } = openTable(rows, columns, screen);
  return [header, ...rows.map(line)].join("\n");
}

/** Below this a shortened cell says nothing any more. */
const NARROWEST = 8;

/** Takes from the widest text column until the line fits. Numbers are never shortened. */
function narrow(columns: { title: string; width: number; right?: boolean }[], room: number): void {
  for (let excess = widthOf(columns) - room; excess > 0; excess = widthOf(columns) - room) {
    const widest = columns
      .map((column) => ({ column, least: Math.max(NARROWEST, Bun.stringWidth(column.title)) }))
      .filter(({ column, least }) => column.right !== true && column.width > least)
      .sort((a, b) => b.column.width - a.column.width)[0];
    if (widest === undefined) return;
    const { column, least } = widest;
    column.width = Math.max(least, column.width - excess);
  }
}

function widthOf(columns: readonly { width: number }[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}

/** Names on the left, values beside them; those without a value are left out. */
export function formatPairs(
  pairs: readonly (readonly [name: string, value: string | null])[],
  screen: Screen,
): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  const { dim } = colours({ isTTY: screen.terminal });
  return pairs
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      const room = screen.width - width - GAP.length;
      return `${dim(name.padEnd(width))}${GAP}${shorten(clean(value ?? ""), room)}`;
    })
    .join("\n");
}

/** A key short enough for a table, long enough at its start to be asked for. */
export function formatKey(key: string, screen: Screen): string {
  return screen.terminal ? shorten(key, 15) : key;
}

/** Shortened in the middle: both ends of a key tell it from others. */
function shorten(text: string, room: number): string {
  const width = Math.max(3, room);
  if (Bun.stringWidth(text) <= width) return text;
  // By characters, so that none is cut in two; a wide one counts for two columns at least.
  const letters = Array.from(text);
  for (let kept = Math.min(letters.length, width) - 1; kept > 0; kept--) {
    const end = Math.floor((kept - 1) / 2);
    const short = `${letters.slice(0, kept - end).join("")}…${letters.slice(letters.length - end).join("")}`;
    if (Bun.stringWidth(short) <= width) return short;
  }
  return "…";
}

/** ISO time without what every line repeats. */
export function formatTime(iso: string | null): string {
  return iso === null ? "" : iso.slice(0, 19).replace("T", " ");
}

/** Per cent, without the sign: a column's title has it. */
export function formatPercent(part: number | null): string {
  return part === null ? "" : (part * 100).toFixed(2);
}

export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
  return right ? space + text : text + space;
}
