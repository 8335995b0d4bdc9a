// Opening the file: one writer that holds a lock, any number of read-only readers.
import { constants, Database, SQLiteError } from "bun:sqlite";
import { statSync } from "node:fs";

import { getListener } from "../diagnostics.ts";
import { MonitorError } from "../errors.ts";
import type { Log } from "../log.ts";
import { blameFile } from "./damage.ts";
import { migrate, readPragma } from "./migrate.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { hasLog, immutable, readMarks } from "./rust-file.ts";
import { checkShape } from "./shape.ts";
import { traceDatabase } from "./trace.ts";

/** A tip commit touches two or three pages, so small pages mean few bytes written per block. */
const PAGE_SIZE = 1024;
/** WAL pages between checkpoints: 4 MB. */
const CHECKPOINT_PAGES = 4096;

export interface WritableDatabase extends Disposable {
  db: Database;
}

/**
 * Opens the database for the one process that writes it, creating and migrating as needed. A log that is
 * read at trace, now or after a reload, is told every statement. Throws `locked` when another process writes it, `database` when
 * the file cannot be used.
 */
export function openWritable(path: string, log?: Log): WritableDatabase {
  refuseOthers(path);
  inWords(path, () => glance(path));
  const lock = takeLock(path);
  try {
    const db = inWords(path, () => new Database(path, { create: true, strict: true }));
    try {
      inWords(path, () => prepare(db, path));
    } catch (error) {
      db.close();
      throw error;
    }
    if (log !== undefined) traceDatabase(db, log);
    return {
      db,
      [Symbol.dispose]: () => {
        foldLog(db);
        db.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A disk that is full or a reader that lingers leaves the log beside the file, where the next one finds it. */
function foldLog(db: Database): void {
  try {
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error;
  }
}

/** A reader may meet the writer closing the file. */
const BUSY_MS = 5000;

/**
 * Opens for reading only: no write permission needed, no lock taken. Tells the process's listener every statement.
 * @param busyMs how long a lock is waited for
 */
export function openReadable(path: string, busyMs = BUSY_MS): Database {
  checkThere(path);
  return inWords(path, () => {
    glance(path);
    const db = openReadOnly(path, busyMs);
    try {
      checkFile(db, path);
      checkComplete(db, path);
      checkShape(db, path, MIGRATIONS.length);
    } catch (error) {
      db.close();
      throw error;
    }
    const listener = getListener();
    if (listener !== null) traceDatabase(db, listener);
    return db;
  });
}

/** A file that is hidden from us is not one that is absent. */
function checkThere(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error.code === "ENOENT") {
      throw new MonitorError("database", `no database at ${path}`, {
        hint: "run `mvm sync` first, or name the file with --db-path",
      });
    }
    throw new MonitorError("database", `${path} cannot be looked at (${String(error.code)})`, {
      hint: "check that you may read it and enter its folder",
      cause: error,
    });
  }
  refuseOthers(path);
}

/** SQLite's own words for it are of damage. */
function refuseOthers(path: string): void {
  const kind = kindOf(path);
  if (kind === "other") {
    // A pipe would be waited for.
    throw new MonitorError("database", `${path} is no regular file, and so no database`);
  }
  if (kind !== "folder") return;
  throw new MonitorError("database", `${path} is a folder, not a database`, {
    hint: "name the file in that folder, with --db-path or database.path",
  });
}

function kindOf(path: string): "folder" | "other" | null {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return "folder";
    return stat.isFile() ? null : "other";
  } catch {
    // What is wrong is said by whoever opens it.
    return null;
  }
}

/** Connections that see the file as it was when they were opened, whatever is written since. */
const unchanging = new WeakSet<Database>();

export function isUnchanging(db: Database): boolean {
  return unchanging.has(db);
}

function openReadOnly(path: string, busyMs: number): Database {
  const db = new Database(path, { readonly: true, strict: true });
  try {
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
    isEmpty(db);
    return db;
  } catch (error) {
    db.close();
    if (isCutShort(error)) throw cutShort(path, error);
    // WAL readers need the -shm file; where we may not create it and nobody writes, the file is whole.
    if (!isForWantOfPermission(error) || hasLog(path)) throw error;
    const still = openStill(path);
    unchanging.add(still);
    return still;
  }
}

/** As it lies: no lock is taken and nothing written beside it. */
function openStill(path: string): Database {
  return new Database(immutable(path), constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
}

/** The journal of its first moments lies beside it: only a writer may take back what was half done. */
function isCutShort(error: unknown): boolean {
  return error instanceof SQLiteError && error.code === "SQLITE_READONLY_ROLLBACK";
}

function cutShort(path: string, cause: unknown): MonitorError {
  return new MonitorError("database", `${path} was being made when its writer was ended`, {
    hint: "run `mvm sync` on it first: nothing is lost",
    cause,
  });
}

/** A file that is locked or damaged must not be read past its lock or damage. */
function isForWantOfPermission(error: unknown): boolean {
  const code = error instanceof SQLiteError ? (error.code ?? "") : "";
  return code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_READONLY");
}

function prepare(db: Database, path: string): void {
  db.run("PRAGMA busy_timeout = 5000");
  if (isEmpty(db)) {
    db.run(`PRAGMA page_size = ${PAGE_SIZE}`);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  }
  checkFile(db, path);
  db.run("PRAGMA journal_mode = WAL");
  // WAL with NORMAL survives kill -9 at any instant; a power cut may cost the last commits, never the file.
  db.run("PRAGMA synchronous = NORMAL");
  db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.run("PRAGMA cache_size = -2048");
  migrate(db);
  checkShape(db, path, MIGRATIONS.length);
}

/**
 * Refuses what is not ours to touch before SQLite touches it: to open a file leaves others beside it, and to close it again moves
 * its write-ahead log into it.
 */
function glance(path: string): void {
  const marks = readMarks(path);
  if (marks === null) return;
  // What the log says counts, and a reader leaves it where it is. Without one, all is in the file.
  if (!hasLog(path) && marks.application !== 0) {
    checkMarks(path, marks.application, marks.version);
    return;
  }
  using db = hasLog(path) ? openReadOnly(path, BUSY_MS) : openStill(path);
  checkFile(db, path);
}

function checkFile(db: Database, path: string): void {
  if (isEmpty(db)) return;
  checkMarks(path, readPragma(db, "application_id"), readPragma(db, "user_version"));
}

function checkMarks(path: string, application: number, version: number): void {
  if (application !== APPLICATION_ID) {
    throw new MonitorError("database", `${path} is not a database of this tool`, {
      hint: "it may be the Rust tool's; name another file with --db-path",
    });
  }
  if (version > MIGRATIONS.length || version < 0) {
    throw new MonitorError(
      "database",
      `${path} has schema version ${version}, this mvm knows ${MIGRATIONS.length}`,
      { hint: "it was written by a newer mvm: upgrade this one" },
    );
  }
}

/** A reader cannot migrate: an empty or older file wants its writer first. */
function checkComplete(db: Database, path: string): void {
  const version = readPragma(db, "user_version");
  if (version === MIGRATIONS.length) return;
  const what = version === 0 ? "is empty" : `has schema version ${version}, older than this mvm`;
  throw new MonitorError("database", `${path} ${what}`, { hint: "run `mvm sync` on it first" });
}

function isEmpty(db: Database): boolean {
  using statement = db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
  return statement.get() === null;
}

/**
 * An exclusive transaction on a file beside the database. The kernel drops its lock with the process,
 * so kill -9 leaves nothing to clean up; and unlike a lock on the database itself it keeps no reader out.
 */
function takeLock(path: string): Database {
  refuseOthers(`${path}-lock`);
  const lock = inWords(path, () => new Database(`${path}-lock`, { create: true, strict: true }));
  try {
    lock.run("PRAGMA busy_timeout = 0");
    lock.run("BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock.close();
    if (!(cause instanceof SQLiteError) || cause.code !== "SQLITE_BUSY")
      throw describe(path, cause);
    throw new MonitorError("locked", `another mvm-sync is writing ${path}`, {
      hint: "stop it first, or give this one its own --db-path",
      cause,
    });
  }
}

function inWords<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw describe(path, error);
  }
}

/** SQLite's failures in the operator's words. */
export function describe(path: string, error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return blameFile(path, error);
  if (error.code === "SQLITE_FULL") {
    return new MonitorError("disk-full", `no space left to write ${path}`, {
      hint: "free some space on that disk; nothing stored is lost",
    });
  }
  if (error.code?.startsWith("SQLITE_BUSY") === true) {
    return new MonitorError("busy", `${path} is locked by another program`, {
      hint: "something holds it for itself, a backup or a shell: it is read once that lets go",
      cause: error,
    });
  }
  const hint =
    error.code === "SQLITE_CANTOPEN"
      ? "check that the folder exists and that you may read and write there"
      : "check the file with `sqlite3 FILE 'PRAGMA integrity_check'`; move it aside to start afresh";
  return new MonitorError("database", `${path}: ${error.message} (${error.code})`, { hint });
}
