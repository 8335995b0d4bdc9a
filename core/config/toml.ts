// TOML with line numbers: the parser has none, neither for errors nor for keys.
import { isTable } from "./value.ts";

/** Locating a mistake parses many times over; past this size it would be felt. */
const LOCATE_BYTES = 128 * 1024;
/** A value over more lines than this is not followed to its end. */
const STATEMENT_LINES = 200;

export type Toml =
  | { table: Record<string, unknown>; lines: Map<string, number> }
  | { line: number | null; message: string };

interface Statement {
  /** From 1. */
  line: number;
  /** The line after its last one. */
  next: number;
  /** Null when it never became whole. */
  table: Record<string, unknown> | null;
  header: boolean;
}

/** `lines` tells where each key and table stands, by its path joined with NUL; entries of lists count from 0. */
export function parseToml(text: string): Toml {
  const parsed = tryParse(text);
  const lines = text.split(/\r?\n/);
  if (typeof parsed !== "string") return { table: parsed, lines: locateKeys(statements(lines)) };
  const line = text.length <= LOCATE_BYTES ? locateError(lines) : null;
  return { line, message: parsed + describeSlip(lines[(line ?? 0) - 1] ?? "") };
}

/** `True` and `yes` are other languages' words. */
function describeSlip(line: string): string {
  const word = /=\s*([A-Za-z]+)\s*(?:#.*)?$/.exec(line)?.[1] ?? "";
  return /^(?:true|false|yes|no|on|off)$/i.test(word)
    ? "; true and false are written so, in small letters"
    : "";
}

export function pathKey(path: readonly string[]): string {
  return path.join("\0");
}

function tryParse(text: string): Record<string, unknown> | string {
  try {
    const parsed: unknown = Bun.TOML.parse(text);
    return isTable(parsed) ? parsed : "not a table";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // What it quotes of the file may be a secret.
    return message.replace(/^TOML Parse error: /, "").replace(/: ".*$/s, "");
  }
}

/** Says nothing, and cannot be wrong: a file of two hundred thousand such lines is read in no time. */
const NOTHING = /^[ \t]*(?:#[^\p{Cc}]*)?$/u;

/** The file, statement by statement: a line, or as many as it takes to be whole. */
function* statements(lines: readonly string[]): Generator<Statement> {
  for (let first = 0; first < lines.length;) {
    if (NOTHING.test(lines[first] ?? "")) {
      first += 1;
      continue;
    }
    let text = "";
    let table: Record<string, unknown> | null = null;
    let end = first;
    while (table === null && end < lines.length && end - first < STATEMENT_LINES) {
      text += `${lines[end++] ?? ""}\n`;
      const parsed = tryParse(text);
      if (typeof parsed !== "string") table = parsed;
    }
    yield { line: first + 1, next: end + 1, table, header: /^\s*\[/.test(lines[first] ?? "") };
    first = end;
  }
}

function locateKeys(all: Iterable<Statement>): Map<string, number> {
  const found: Found = { lines: new Map(), counts: new Map() };
  let section: string[] = [];
  for (const { line, table, header } of all) {
    if (table === null) continue;
    if (header) section = [];
    const last = note(found, table, section, line);
    if (header) section = last;
  }
  return found.lines;
}

interface Found {
  lines: Map<string, number>;
  /** Entries met of each list so far. */
  counts: Map<string, number>;
}

/** Notes every key of one statement and returns the path of the last. */
function note(
  found: Found,
  table: Record<string, unknown>,
  path: readonly string[],
  line: number,
): string[] {
  let last = [...path];
  for (const [name, value] of Object.entries(table)) {
    last = [...path, name];
    const key = pathKey(last);
    if (!found.lines.has(key)) found.lines.set(key, line);
    if (isTable(value)) last = note(found, value, last, line);
    if (Array.isArray(value)) last = noteList(found, value, last, line);
  }
  return last;
}

function noteList(
  found: Found,
  list: readonly unknown[],
  path: readonly string[],
  line: number,
): string[] {
  const key = pathKey(path);
  let last = [...path];
  for (const entry of list) {
    const index = found.counts.get(key) ?? 0;
    found.counts.set(key, index + 1);
    last = [...path, String(index)];
    found.lines.set(pathKey(last), line);
    if (isTable(entry)) note(found, entry, last, line);
  }
  return last;
}

/** The first statement with which what stands above it no longer parses. */
function locateError(lines: readonly string[]): number {
  const all: Statement[] = [];
  for (const statement of statements(lines)) {
    all.push(statement);
    if (statement.table === null) break;
  }
  // Each statement but the last is whole, so "parses up to here" holds up to one place and not after it.
  let good = 0;
  let bad = all.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const end = (all[middle]?.line ?? 1) - 1;
    if (typeof tryParse(lines.slice(0, end).join("\n")) === "string") bad = middle;
    else good = middle;
  }
  return all[good]?.line ?? 1;
}
