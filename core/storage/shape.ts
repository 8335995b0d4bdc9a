// Is what stands under the names of our tables what we made? Another's view of that name would answer whatever it likes.
import { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { MIGRATIONS } from "./migrations.ts";

/**
 * Views with their text, columns of tables, and triggers, of which we have none. What was added beside them, an index or
 * a table of one's own, changes no answer.
 */
const COLUMNS = `
  SELECT s.type || ' ' || s.name || ': ' || CASE WHEN s.type <> 'table' THEN coalesce(s.sql, '')
    ELSE group_concat(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk || ' ' || c.hidden, ', ' ORDER BY c.cid)
      || CASE WHEN s.rootpage > 0 THEN '' ELSE ' virtual' END END AS line
  FROM sqlite_schema s LEFT JOIN pragma_table_xinfo(s.name) c ON s.type = 'table'
  WHERE s.type IN ('table', 'view', 'trigger') GROUP BY s.type, s.name`;

/** Per number of migrations. */
const known = new Map<number, readonly string[]>();

/** Throws `database` where a table of ours is not as these migrations left it, or a trigger would change what is written. */
export function checkShape(db: Database, path: string, version: number): void {
  // Functions of the file's own expressions are not trusted with anything.
  db.run("PRAGMA trusted_schema = OFF");
  db.run("PRAGMA cell_size_check = ON");
  const found = new Set(linesOf(db));
  const odd =
    expected(version).find((line) => !found.has(line)) ??
    [...found].find((line) => line.startsWith("trigger"));
  if (odd === undefined) return;
  throw new MonitorError("database", `${path}: ${odd.split(":")[0]} is not as mvm made it`, {
    hint: "somebody changed the file: put a backup in its place, or move it aside and sync afresh",
  });
}

function expected(version: number): readonly string[] {
  const lines = known.get(version) ?? makeLines(version);
  known.set(version, lines);
  return lines;
}

function makeLines(version: number): string[] {
  using db = new Database(":memory:");
  for (const sql of MIGRATIONS.slice(0, version)) db.run(sql);
  return linesOf(db);
}

function linesOf(db: Database): string[] {
  // Let go at once: a connection with an open statement stays after it is closed.
  using statement = db.prepare<{ line: string }, []>(COLUMNS);
  return statement.all().map(({ line }) => line);
}
