// Why a file made a reader stumble: looked for only then, in the whole of it.
import { Database, SQLiteError } from "bun:sqlite";

import { MonitorError } from "../errors.ts";

/** The last moment a date can name, in Unix ms; and what lies far enough below it as a slot, whatever a slot's length. */
const LAST_MS = 8_640_000_000_000_000;
const LAST_SLOT = 1_000_000_000_000;

/** Each finds a row that cannot be; its name says what that row holds. */
const IMPOSSIBLE: Record<string, string> = {
  "a constant of the chain that is no number": `SELECT 1 FROM meta WHERE key IN ('slot_duration_ms', 'slots_per_epoch')
    AND (value GLOB '*[^0-9]*' OR CAST(value AS INTEGER) NOT BETWEEN 1 AND 1000000000)`,
  "constants of Cardano that cannot be":
    "SELECT 1 FROM meta WHERE key = 'mainchain' AND NOT json_valid(value)",
  "a block that cannot be": `SELECT 1 FROM blocks WHERE length(hash) <> 32 OR number NOT BETWEEN 0 AND 4294967295
    OR slot NOT BETWEEN 0 AND ${LAST_SLOT} OR flags NOT BETWEEN 0 AND 10`,
  "an orphan that cannot be": `SELECT 1 FROM orphans WHERE length(hash) <> 32 OR length(parent_hash) <> 32
    OR number NOT BETWEEN 0 AND 4294967295 OR slot NOT BETWEEN 0 AND ${LAST_SLOT} OR flags NOT BETWEEN 0 AND 10`,
  "a missed slot that cannot be": `SELECT 1 FROM missed WHERE slot NOT BETWEEN 0 AND ${LAST_SLOT}`,
  "a key that cannot be": `SELECT 1 FROM authorities WHERE length(aura) <> 32 OR length(sidechain) <> 33 OR length(grandpa) <> 32`,
  "a committee that cannot be": `SELECT 1 FROM committees WHERE length(seats) % 4 <> 0
    UNION ALL SELECT 1 FROM upcoming WHERE length(seats) % 4 <> 0`,
  "a count of an epoch that cannot be": `SELECT 1 FROM tallies WHERE epoch NOT BETWEEN 0 AND ${LAST_SLOT}`,
  "a record that cannot be": `SELECT 1 FROM records WHERE NOT json_valid(fields) OR at_ms NOT BETWEEN 0 AND ${LAST_MS}`,
  "an alert that cannot be": `SELECT 1 FROM alerts WHERE NOT json_valid(details) OR at_ms NOT BETWEEN 0 AND ${LAST_MS}
    UNION ALL SELECT 1 FROM alert_state WHERE NOT json_valid(state)
    UNION ALL SELECT 1 FROM deliveries WHERE coalesce(sent_at_ms, 0) NOT BETWEEN 0 AND ${LAST_MS}`,
  "a change of keys that cannot be": `SELECT 1 FROM key_changes WHERE seen_at_ms NOT BETWEEN 0 AND ${LAST_MS}`,
};

/** What is wrong in it, null when nothing can be seen. Never throws. */
function findDamage(path: string): string | null {
  try {
    using db = new Database(path, { readonly: true });
    using statement = db.prepare<{ quick_check: string }, []>("PRAGMA quick_check(1)");
    const row = statement.get();
    if (row?.quick_check !== "ok") return row?.quick_check ?? "it cannot be checked";
    for (const [what, sql] of Object.entries(IMPOSSIBLE)) {
      if (db.prepare(`SELECT 1 FROM (${sql}) LIMIT 1`).get() !== null) return `it holds ${what}`;
    }
    return null;
  } catch (error) {
    return error instanceof SQLiteError ? error.message : null;
  }
}

/** An error that nobody expected of a sound file, as one of the file where that is not sound. */
export function blameFile(path: string, error: unknown): unknown {
  const isOurs = !(error instanceof Error) || error instanceof MonitorError;
  const damage = isOurs ? null : findDamage(path);
  if (damage === null) return error;
  return new MonitorError("database", `${path} is damaged: ${damage.replaceAll(/\s+/g, " ")}`, {
    hint: "put a backup in its place, or move it aside and sync afresh",
  });
}
