// A PID file says who runs; the lock on the database is what keeps two from running.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { MonitorError } from "../core/errors.ts";

/** Writes our PID; disposing removes the file if it is still ours. Throws `config` when it cannot be written. */
export function writePidFile(path: string): Disposable {
  const temporary = `${path}.${process.pid}`;
  try {
    // Written aside and renamed: a reader never sees half a number, and a planted link is not followed.
    writeFileSync(temporary, `${process.pid}\n`, { mode: 0o644 });
    renameSync(temporary, path);
  } catch (cause) {
    throw new MonitorError("config", `cannot write the PID file ${path}`, {
      hint: "name a folder that exists and is writable with --pid-file",
      cause,
    });
  }
  return {
    [Symbol.dispose]: () => {
      try {
        if (readFileSync(path, "utf8").trim() === String(process.pid)) rmSync(path);
      } catch {
        // Gone already: somebody tidied up, which is what we wanted.
      }
    },
  };
}
