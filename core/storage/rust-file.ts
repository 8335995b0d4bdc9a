// The Rust tool of the same name keeps its file where its configuration says, and so do we: never in the same one.
import { constants, Database } from "bun:sqlite";
import {
  closeSync,
  constants as fs,
  copyFileSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";

import { format, join, parse, resolve } from "pathe";

/** First bytes of every SQLite file, and where the schema's version and the application's id are: big-endian, 0 = none given. */
const MAGIC = "SQLite format 3\0";
const VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

export interface OwnPlace {
  path: string;
  /** The Rust tool's file that lies at the configured path; null: ours may be there. */
  beside: string | null;
}

/**
 * Where our file is when the configuration says `path`: there, but beside it (`mvm.db` → `mvm.v3.db`) as long as the
 * Rust tool's file lies there. That one is looked at and never written.
 */
export function placeDatabase(path: string): OwnPlace {
  if (!isRustFile(path)) return { path, beside: null };
  const { dir, name, ext } = parse(path);
  return { path: format({ dir, base: `${name}.v3${ext}` }), beside: path };
}

/** What cannot be read or understood is left to whoever opens it. */
function isRustFile(path: string): boolean {
  if (!isForeignSqlite(path)) return false;
  try {
    // Read as it lies, so that nothing is written beside it.
    if (hasBlocks(immutable(path))) return true;
    if (!hasLog(path)) return false;
    // A young one: its tables are in its write-ahead log alone, and to look in there would write it into the file.
    using copy = copyWithLog(path);
    return hasBlocks(pathToFileURL(copy.path).href);
  } catch {
    return false;
  }
}

function hasBlocks(uri: string): boolean {
  using db = new Database(uri, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
  const table = "SELECT count(*) AS n FROM pragma_table_info('blocks') WHERE name = ?";
  return db.prepare<{ n: number }, [string]>(table).get("block_number")?.n === 1;
}

/** The file as it lies, without its write-ahead log: nothing is written, nor created beside it. */
export function immutable(path: string): string {
  return `${pathToFileURL(resolve(path)).href}?immutable=1`;
}

export function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** File and write-ahead log, copied to where they may be read as they want to be. */
export function copyWithLog(path: string): Disposable & { path: string } {
  const folder = mkdtempSync(join(tmpdir(), "mvm-copy-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, "mvm.db");
  try {
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
  } catch (error) {
    remove();
    throw error;
  }
  return { path: copy, [Symbol.dispose]: remove };
}

/** A few bytes tell our own file from any other, on every start. */
function isForeignSqlite(path: string): boolean {
  return readMarks(path)?.application === 0;
}

/** What the head of a SQLite file says of whose it is and of its schema's version; null where there is none to read. */
export function readMarks(path: string): { application: number; version: number } | null {
  const head = Buffer.alloc(APPLICATION_ID_AT + 4);
  try {
    // Not waiting where it is a pipe: what is wrong with it is said by whoever opens it.
    const file = openSync(path, fs.O_RDONLY | fs.O_NONBLOCK);
    try {
      if (readSync(file, head, 0, head.length, 0) < head.length) return null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC) return null;
  return {
    application: head.readUInt32BE(APPLICATION_ID_AT),
    version: head.readInt32BE(VERSION_AT),
  };
}
