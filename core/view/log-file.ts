// The end of the daemon's log file, in either of its two forms.
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";

import { isCode } from "../errors.ts";
import { LEVELS } from "../log.ts";
import { parseObject } from "../parse.ts";
import type { LogRecord } from "./messages.ts";

/** Enough for a thousand long lines. */
const TAIL_BYTES = 512 * 1024;

/** The last lines, newest first. Throws the system's own error where the file cannot be read. */
export function readLogFile(path: string, most: number): LogRecord[] {
  const { text, from } = readTail(path);
  const records: LogRecord[] = [];
  let at = from;
  let atMs = 0;
  for (const line of text.split("\n")) {
    // A line is told from others by its place, so that a cursor stays on it.
    const id = at;
    at += Buffer.byteLength(line) + 1;
    if (line === "") continue;
    const record = parseLine(line) ?? { atMs, level: "info", message: line, fields: "{}" };
    atMs = record.atMs;
    records.push({ id, ...record });
  }
  return records.slice(-most).reverse();
}

/** Whether the file is still the one it was; null where there is none. */
export function readLogState(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

/** Whole lines only. */
function readTail(path: string): { text: string; from: number } {
  // Not waiting: where the log is a pipe there is nothing to read.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return { text: "", from: 0 };
    const { size } = stats;
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    const bytes = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, start));
    const cut = start === 0 ? 0 : bytes.indexOf(10) + 1;
    return { text: bytes.subarray(cut).toString(), from: start + cut };
  } finally {
    closeSync(fd);
  }
}

type Parsed = Omit<LogRecord, "id">;

function parseLine(line: string): Parsed | null {
  return line.startsWith("{") ? parseJsonLine(line) : parseTextLine(line);
}

/** A line of `log.format = "json"`; null for any other. */
export function parseJsonLine(line: string): Parsed | null {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- JSON.parse is typed any; unknown from here on
    const value: unknown = JSON.parse(line);
    const { time, level, message, ...fields } = parseObject(value, "log line");
    const atMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(atMs) || typeof message !== "string" || !isLevel(level)) return null;
    return { atMs, level, message, fields: JSON.stringify(fields) };
  } catch (error) {
    // A line somebody else wrote, or one cut by a full disk: shown as it is.
    if (error instanceof SyntaxError || isCode(error, "bad-reply")) return null;
    throw error;
  }
}

const TEXT_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([a-z]+) +(.*)$/;

function parseTextLine(line: string): Parsed | null {
  const [, time = "", level, message = ""] = TEXT_LINE.exec(line) ?? [];
  return isLevel(level) ? { atMs: Date.parse(time), level, message, fields: "{}" } : null;
}

function isLevel(level: unknown): level is (typeof LEVELS)[number] {
  return LEVELS.some((each) => each === level);
}
