// From a question to stdout: one read transaction, rows passed on as they come, as fast as the reader takes them.
import type { Database } from "bun:sqlite";

import { describe, openReadable } from "../core/storage/open.ts";
import type { Column, Screen } from "./_output.ts";
import { openScreen, openTable, writeChunk, writeHarmless, writeOut } from "./_output.ts";
import type { Form } from "./_query-flags.ts";
import { loadSettings, readFlag } from "./_settings.ts";

export interface GivenFile {
  "db-path"?: string | undefined;
  config?: string | undefined;
  env?: string | undefined;
}

/** Runs a question on the configured file in one transaction, so that no block comes in between two numbers. */
export async function ask(
  given: GivenFile,
  question: (db: Database) => Promise<void>,
): Promise<number> {
  const { database } = await loadSettings(given, {
    "database.path": readFlag("database.path", given["db-path"]),
  });
  return await askFile(database.path, question);
}

export async function askFile(
  path: string,
  question: (db: Database) => Promise<void>,
): Promise<number> {
  const db = openReadable(path);
  try {
    db.run("BEGIN");
    await question(db);
    return 0;
  } catch (error) {
    throw describe(path, error);
  } finally {
    db.close();
  }
}

/** A single answer. */
export async function writeOne(
  form: Form,
  value: unknown,
  text: (screen: Screen) => string,
): Promise<void> {
  if (form === "text") return await writeOut(text(openScreen()));
  await writeOut(form === "json" ? JSON.stringify(value, null, 2) : JSON.stringify(value));
}

export interface Listing<T> {
  rows: Iterable<T>;
  /** Names of the columns of CSV, in order. */
  fields: readonly (keyof T & string)[];
  columns: (screen: Screen) => readonly Column<T>[];
  /** Where rows go by the million: the same text as without, made faster. */
  encode?: { json: (row: T) => string; csv: (row: T) => string };
  /** Says why there is nothing. */
  empty: () => string;
  /** Stands below the table. */
  footer?: (rows: readonly T[]) => string;
}

export async function writeListing<T extends object>(
  form: Form,
  listing: Listing<T>,
): Promise<void> {
  const { json = JSON.stringify, csv = openCsv(listing.fields) } = listing.encode ?? {};
  const write = listing.encode === undefined ? writeChunk : writeHarmless;
  switch (form) {
    case "text":
      return await writeTable(listing);
    case "json":
      return await writeJson(listing.rows, json, write);
    case "jsonl":
      return await writeAll(listing.rows, (row) => `${json(row)}\n`, write);
    case "csv":
      await writeChunk(`${listing.fields.join()}\r\n`);
      return await writeAll(listing.rows, (row) => `${csv(row)}\r\n`, write);
  }
}

/** Big enough that a write costs nothing beside its rows, small enough to be nothing in memory. */
const CHUNK_CHARACTERS = 128 * 1024;

type Write = (text: string) => Promise<void>;

async function writeAll<T>(
  rows: Iterable<T>,
  encode: (row: T) => string,
  write: Write,
): Promise<void> {
  let chunk = "";
  for (const row of rows) {
    chunk += encode(row);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await write(chunk);
    chunk = "";
  }
  if (chunk !== "") await write(chunk);
}

/** One JSON value, one row a line. */
async function writeJson<T>(
  rows: Iterable<T>,
  json: (row: T) => string,
  write: Write,
): Promise<void> {
  let before = "[\n";
  await writeAll(
    rows,
    (row) => {
      const text = `${before}  ${json(row)}`;
      before = ",\n";
      return text;
    },
    write,
  );
  await writeOut(before === "[\n" ? "[]" : "\n]");
}

function openCsv<T>(fields: readonly (keyof T & string)[]): (row: T) => string {
  return (row) => {
    let line = "";
    for (const [i, field] of fields.entries())
      line += `${i === 0 ? "" : ","}${csvField(row[field])}`;
    return line;
  };
}

const TO_BE_QUOTED = /[",\r\n]/;

/** Unknown is empty; a list is its values with spaces between. */
export function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "";
  return TO_BE_QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows that say how wide the columns are; wider ones later stand out of line. */
const MEASURED_ROWS = 1000;

async function writeTable<T>(listing: Listing<T>): Promise<void> {
  const screen = openScreen();
  const measured: T[] = [];
  const rest = listing.rows[Symbol.iterator]();
  let next = rest.next();
  for (; next.done !== true && measured.length < MEASURED_ROWS; next = rest.next()) {
    measured.push(next.value);
  }
  if (measured.length === 0) return await writeOut(listing.empty());
  const table = openTable(measured, listing.columns(screen), screen);
  const lines = [table.header, ...measured.map(table.line)];
  await writeOut(lines.join("\n"));
  for (; next.done !== true; next = rest.next()) await writeOut(table.line(next.value));
  const footer = listing.footer?.(measured) ?? "";
  if (footer !== "") await writeOut(`\n${footer}`);
}
