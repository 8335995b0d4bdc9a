// The daemon's last words, in the file itself: complaints and the performance of each minute.
import type { Database } from "bun:sqlite";

import type { Fields, Level } from "../log.ts";
import { LEVELS } from "../log.ts";

/** More than a week of minutes. */
const MOST_RECORDS = 20_000;

export interface LogRecord {
  /** Unix ms. */
  atMs: number;
  level: Level;
  message: string;
  fields: Fields;
}

/** Writes records in their order, and drops the oldest beyond the most that is kept. */
export function writeRecords(
  db: Database,
  records: readonly LogRecord[],
  most: number = MOST_RECORDS,
): void {
  const insert = db.prepare(
    "INSERT INTO records (at_ms, level, message, fields) VALUES (?, ?, ?, ?)",
  );
  db.transaction(() => {
    for (const { atMs, level, message, fields } of records) {
      insert.run(atMs, level, message, JSON.stringify(fields));
    }
    db.prepare("DELETE FROM records WHERE id <= (SELECT max(id) FROM records) - ?").run(most);
  }).immediate();
}

export interface RecordQuery {
  /** Unix ms; records at or after it. */
  sinceMs?: number | undefined;
  /** This urgent or more. */
  level?: Level | undefined;
  /** The newest so many; 100 without. */
  limit?: number | undefined;
}

/** The newest records that fit, oldest first. */
export function readRecords(
  db: Database,
  { sinceMs = 0, level = "trace", limit = 100 }: RecordQuery = {},
): (LogRecord & { id: number })[] {
  const levels = JSON.stringify(LEVELS.slice(0, LEVELS.indexOf(level) + 1));
  const rows = db
    .prepare<
      { id: number; at_ms: number; level: string; message: string; fields: string },
      [number, string, number]
    >(
      `SELECT id, at_ms, level, message, fields FROM records
       WHERE at_ms >= ? AND level IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?`,
    )
    .all(sinceMs, levels, limit);
  return rows.reverse().map((row) => ({
    id: row.id,
    atMs: row.at_ms,
    // Written by writeRecords alone.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    level: row.level as Level,
    message: row.message,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    fields: JSON.parse(row.fields) as Fields,
  }));
}
