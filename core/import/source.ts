// The Rust tool's database, opened so that nothing about it can change.
import { constants, Database, SQLiteError } from "bun:sqlite";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { resolve } from "pathe";

import { MonitorError } from "../errors.ts";
import { describe } from "../storage/open.ts";
import { copyWithLog, hasLog, immutable } from "../storage/rust-file.ts";

export interface RustDatabase extends Disposable {
  db: Database;
  /** Columns of a table, none when it does not exist: shapes before schema 1 lack some. */
  columns: (table: string) => ReadonlySet<string>;
}

/** Throws `database` when the file is none of theirs, `usage` when it is one of ours. */
export function openRustDatabase(path: string): RustDatabase {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new MonitorError("usage", `no file at ${path}`);
  }
  const place = placeOf(resolve(path));
  try {
    const flags = constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI;
    const db = new Database(place.uri, flags);
    const columns = (table: string): ReadonlySet<string> =>
      new Set(
        db
          .prepare<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)")
          .all(table)
          .map(({ name }) => name),
      );
    // Functions of the file's own expressions are not trusted with anything.
    db.run("PRAGMA trusted_schema = OFF");
    db.run("PRAGMA cell_size_check = ON");
    checkTables(db, path);
    checkShape(path, columns("blocks"));
    return {
      db,
      columns,
      [Symbol.dispose]: () => {
        db.close();
        place.remove();
      },
    };
  } catch (error) {
    place.remove();
    throw explainSource(path, error);
  }
}

/** What is wrong in their file, in words; ours has checks of its own. */
export function explainSource(path: string, error: unknown): unknown {
  return error instanceof SQLiteError ? describe(path, error) : error;
}

interface Place {
  uri: string;
  remove: () => void;
}

/** Where a write-ahead log is left, file and log are copied and the copy is read. */
function placeOf(path: string): Place {
  if (!hasLog(path)) return { uri: immutable(path), remove: () => undefined };
  const before = fingerprint(path);
  const copy = copyWithLog(path);
  const remove = (): void => copy[Symbol.dispose]();
  if (fingerprint(path) === before) return { uri: pathToFileURL(copy.path).href, remove };
  remove();
  throw new MonitorError("locked", `${path} is being written`, {
    hint: "stop the Rust tool's sync first",
  });
}

function fingerprint(path: string): string {
  return [path, `${path}-wal`]
    .map((each) => statSync(each))
    .map(({ size, mtimeMs }) => `${size} ${mtimeMs}`)
    .join();
}

/** A view of that name could go on for ever, a virtual table run what it likes. */
function checkTables(db: Database, path: string): void {
  const odd = db
    .prepare<{ name: string }, []>(
      `SELECT s.name FROM sqlite_schema s LEFT JOIN pragma_table_xinfo(s.name) c ON s.type = 'table'
       WHERE s.name COLLATE NOCASE IN ('blocks', 'validators') AND s.type IN ('table', 'view')
         AND (s.type <> 'table' OR s.rootpage = 0 OR c.hidden <> 0) LIMIT 1`,
    )
    .get();
  if (odd === null) return;
  throw new MonitorError("database", `${path}: its ${odd.name} is no plain table`, {
    hint: "the Rust tool makes none like that: name the file as it left it",
  });
}

function checkShape(path: string, blocks: ReadonlySet<string>): void {
  const needed = ["block_number", "block_hash", "parent_hash", "slot_number"];
  if (needed.every((name) => blocks.has(name))) return;
  const ours = blocks.has("flags") && blocks.has("hash");
  throw new MonitorError(
    "usage",
    ours
      ? `${path} is a database of this mvm already`
      : `${path} is no database of the Rust tool: it has no such table of blocks`,
    { hint: "name the Rust tool's mvm.db, by default /opt/midnight/mvm/data/mvm.db" },
  );
}
