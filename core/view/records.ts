// What the daemon wrote down beside the chain: its messages, alerts and key changes.
import type { Database } from "bun:sqlite";

import type { AlertRow, KeyChange, LogRecord } from "./messages.ts";

const MOST_RECORDS = 1000;
const MOST_ALERTS = 50;
const MOST_CHANGES = 100;

/** Newest first. */
export function readRecords(db: Database): LogRecord[] {
  return db
    .query<LogRecord, [number]>(
      `SELECT id, at_ms AS atMs, level, message, fields FROM records ORDER BY id DESC LIMIT ?`,
    )
    .all(MOST_RECORDS);
}

/** Open ones first, then the newest; recoveries are not alerts. */
export function readAlerts(db: Database): AlertRow[] {
  return db
    .query<Omit<AlertRow, "open"> & { open: number }, [number]>(
      `SELECT a.id, a.at_ms AS atMs, a.kind, a.subject, a.severity, a.message,
         o.alert IS NOT NULL AS open
       FROM alerts a LEFT JOIN open_alerts o ON o.alert = a.id
       WHERE a.ends IS NULL ORDER BY open DESC, a.id DESC LIMIT ?`,
    )
    .all(MOST_ALERTS)
    .map((row) => ({ ...row, open: row.open === 1 }));
}

/** Newest first. */
export function readKeyChanges(db: Database): KeyChange[] {
  return db
    .query<KeyChange, [number]>(
      `SELECT id, seen_at_ms AS atMs, at_block AS block, source, validator, kind, before, after
       FROM key_changes ORDER BY id DESC LIMIT ?`,
    )
    .all(MOST_CHANGES);
}
