// Where an import writes: aside, so that the new file is there only once it is whole.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { dirname, join } from "pathe";

import { MonitorError } from "../errors.ts";
import { openWritable } from "../storage/open.ts";

export interface Place extends Disposable {
  path: string;
  /** All went well, and the file is closed: what was made may stay. */
  keep: () => void;
}

/** What SQLite and its writer have beside a file. */
const BESIDE = ["-wal", "-shm", "-journal", "-lock"];

/** An import that comes to nothing, be it for a power cut, leaves no file that a second attempt would find in its way. */
export function newPlace(path: string): Place {
  const aside = `${path}.importing`;
  removeLeft(aside);
  return {
    path: aside,
    keep: () => {
      // A log that was left behind by another file of this name would be taken for this one's.
      removeBeside(path);
      renameSync(aside, path);
      syncFolder(dirname(path));
    },
    [Symbol.dispose]: () => removeAll(aside),
  };
}

export function temporaryPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), "mvm-import-"));
  return {
    path: join(folder, "mvm.db"),
    keep: () => undefined,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What an import that was killed has left; throws `locked` where it is still at work. */
function removeLeft(aside: string): void {
  if (existsSync(aside)) {
    try {
      openWritable(aside)[Symbol.dispose]();
    } catch (error) {
      if (error instanceof MonitorError && error.code === "locked") throw atWork(aside, error);
      // It cannot be used, and need not be.
    }
  }
  removeAll(aside);
}

function atWork(aside: string, cause: MonitorError): MonitorError {
  return new MonitorError("locked", `another import is writing ${aside}`, {
    hint: "let it come to its end, or stop it first",
    cause,
  });
}

function removeAll(path: string): void {
  rmSync(path, { force: true });
  removeBeside(path);
}

function removeBeside(path: string): void {
  for (const end of BESIDE) rmSync(`${path}${end}`, { force: true });
}

/** Until then a power cut may take back that the file has its name. */
function syncFolder(folder: string): void {
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
