// Words and numbers on the screen: one home for how each kind of value reads.

const ELLIPSIS = "…";
/** Making one takes longer than using it. */
const SEGMENTER = new Intl.Segmenter();

export function widthOf(text: string): number {
  return Bun.stringWidth(text);
}

/** A key or hash at the end of a text, and the fewest columns in which both of its ends can be told. */
const KEY_AT_END = /0x[0-9a-f]{16,}$/;
const SHORTEST_KEY = 9;

/**
 * Cut to so many columns, with a sign that something is missing: in the middle of a key, at the end of
 * anything else. Never splits a character.
 */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (widthOf(text) <= columns) return text;
  const key = KEY_AT_END.exec(text);
  const before = text.slice(0, key?.index);
  const room = columns - widthOf(before);
  if (key !== null && room >= SHORTEST_KEY) return before + shortKey(key[0], room);
  let cut = "";
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const width = widthOf(segment);
    if (used + width > columns - 1) break;
    cut += segment;
    used += width;
  }
  return cut + ELLIPSIS;
}

export function pad(text: string, columns: number, right = false): string {
  const cut = fit(text, columns);
  const space = " ".repeat(Math.max(0, columns - widthOf(cut)));
  return right ? space + cut : cut + space;
}

/** Shortened in the middle: both ends of a key tell it from others. */
export function shortKey(key: string, columns = 21): string {
  if (key.length <= columns) return key;
  const end = Math.floor((columns - 3) / 2);
  return `${key.slice(0, columns - 1 - end)}${ELLIPSIS}${key.slice(key.length - end)}`;
}

const UNKNOWN = "?";

export function formatNumber(value: number | null): string {
  return value === null ? UNKNOWN : String(value);
}

export function formatBlock(value: number | null): string {
  return value === null ? UNKNOWN : `#${value}`;
}

/** A part of a whole in per cent. */
export function formatShare(part: number | null, digits = 2): string {
  return part === null ? UNKNOWN : `${(part * 100).toFixed(digits)}%`;
}

/** "2s", "3m", "4h", "5d": how long ago, or how long still. */
export function formatAge(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h`;
  return `${Math.floor(s / 86_400)}d`;
}

/** "12:24", "1:02:03", "2d 03:04": a time that is counted down. */
export function formatCountdown(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60) % 60;
  const hours = Math.floor(s / 3600) % 24;
  const days = Math.floor(s / 86_400);
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(s % 60)}`;
  return `${minutes}:${two(s % 60)}`;
}

/** UTC, to the second. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

export function formatClock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[power]}`;
}

/** Lovelace as ADA, whole. */
export function formatAda(lovelace: number | null): string {
  if (lovelace === null) return UNKNOWN;
  const ada = lovelace / 1e6;
  if (ada >= 1e6) return `${(ada / 1e6).toFixed(2)}M ADA`;
  if (ada >= 1e3) return `${(ada / 1e3).toFixed(1)}K ADA`;
  return `${ada.toFixed(0)} ADA`;
}

/** Lines no longer than so many columns, broken at spaces. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

const ASCII: Record<string, string> = {
  ...{ "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+" },
  ...{ "█": "#", "▄": "=", "▀": "=", "░": ".", "▓": "#", "·": ".", "…": "~", "•": "*" },
  ...{ "▁": "_", "▂": "_", "▃": "-", "▅": "=", "▆": "=", "▇": "#" },
  ...{ "✓": "v", "✗": "x", "●": "*", "○": "o", "◌": "o", "★": "*", "▲": "!", "→": ">" },
  ...{ "↑": "^", "↓": "v", "×": "x", "−": "-", "–": "-", "▶": ">", "⏸": "=" },
};

/** The same text in plain letters, as wide as it was. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (char) => ASCII[char] ?? "?".repeat(widthOf(char)));
}
