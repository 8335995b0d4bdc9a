// From the schema a file has to the one this program knows.
import { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { openPrefixWriter } from "./hash-prefixes.ts";
import { MIGRATIONS } from "./migrations.ts";

/**
 * All steps or none: where one fails, the program that wrote the file still opens it. Throws `database` when the file lacks what
 * its version says is there, as one of an unreleased version does.
 */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = readPragma(db, "user_version");
  if (version >= migrations.length) return;
  if (version > 0) checkSchema(db, migrations.slice(0, version));
  db.transaction(() => {
    for (const sql of migrations.slice(version)) db.run(sql);
    db.run(`PRAGMA user_version = ${migrations.length}`);
    // What SQL alone cannot work out; without it the file would be found wrong until it is written again.
    if (migrations === MIGRATIONS) openPrefixWriter(db)();
  }).immediate();
}

/** Read and let go at once: a connection with an open statement stays after it is closed. */
export function readPragma(db: Database, name: string): number {
  using statement = db.prepare<Record<string, number>, []>(`PRAGMA ${name}`);
  return Number(statement.get()?.[name]);
}

function checkSchema(db: Database, migrations: readonly string[]): void {
  using model = new Database(":memory:");
  for (const sql of migrations) model.run(sql);
  const found = new Set(namesIn(db));
  const lacking = namesIn(model).filter((name) => !found.has(name));
  if (lacking.length === 0) return;
  throw new MonitorError(
    "database",
    `${db.filename} says it has schema version ${migrations.length}, but lacks ${lacking.slice(0, 3).join(", ")}`,
    {
      hint: "an unreleased mvm made it, or something else wrote it: move it aside and sync afresh",
    },
  );
}

/** Tables, views and indexes, with their columns. */
function namesIn(db: Database): string[] {
  using statement = db.prepare<{ name: string }, []>(
    `SELECT m.name || iif(c.name IS NULL, '', '.' || c.name) AS name
     FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c WHERE m.name NOT LIKE 'sqlite_%'`,
  );
  return statement.all().map(({ name }) => name);
}
