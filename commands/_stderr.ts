// Standard error, written at once and without the runtime's stream: that one would set the terminal or
// pipe, which other processes share, to not blocking, and would be closed for good by its first error.
import { writeSync } from "node:fs";

import { hideCredentials } from "../core/config/value.ts";
import { spellOutPainted } from "../core/harmless.ts";

/** How long a pipe that takes nothing more is waited for. */
const PATIENCE_MS = 200;

/** Never throws: nobody is left to tell. A reader that went away or a full disk costs the line. */
export function writeStderr(text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  const deadline = performance.now() + PATIENCE_MS;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(2, bytes));
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) return;
      Bun.sleepSync(1);
    }
  }
}

/**
 * A complaint or a note, whole lines of it: without the passwords of addresses, and with nothing in it that a terminal
 * would obey but our own colours.
 */
export function complain(text: string): void {
  process.stderr.write(spellOutPainted(hideCredentials(text)));
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
