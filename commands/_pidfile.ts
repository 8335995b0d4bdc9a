// A PID file says who runs; the lock on the database is what keeps two from running.
import { renameSync, rmSync, writeFileSync } from "node:fs";

import { MonitorError } from "../core/errors.ts";
import { readRegularFile } from "../core/regular-file.ts";

/** Writes our PID; disposing removes the file if it is still ours. Throws `config` when it cannot be written. */
export function writePidFile(path: string): Disposable {
  const temporary = `${path}.${process.pid}`;
  try {
    // Written aside and renamed: a reader never sees half a number, and a planted link is not followed. What lies
    // there already, a link to another file say, goes first and is not written through.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${process.pid}\n`, { mode: 0o644, flag: "wx" });
    renameSync(temporary, path);
  } catch (cause) {
    removeQuietly(temporary);
    throw new MonitorError("config", `cannot write the PID file ${path}`, {
      hint: "name a folder that exists and is writable with --pid-file",
      cause,
    });
  }
  return {
    [Symbol.dispose]: () => {
      try {
        if (isOurs(path)) rmSync(path);
      } catch {
        // Gone already: somebody tidied up, which is what we wanted.
      }
    },
  };
}

/** A pipe put in its place is not waited for. */
function isOurs(path: string): boolean {
  const file = readRegularFile(path, 64);
  return "bytes" in file && Buffer.from(file.bytes).toString().trim() === String(process.pid);
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What keeps it from going is what kept it from being written, and that is said.
  }
}
