// What is said of an error nobody expected, once the terminal is the person's again.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import { hideCredentials } from "../core/config/value.ts";
import { spellOutPainted } from "../core/harmless.ts";

/** The error, and the file where it can be read again once the terminal has scrolled on. */
export function describeCrash(error: unknown): string {
  const text = spellOutPainted(hideCredentials(stackOf(error)));
  const path = join(tmpdir(), `mvm-view-${process.pid}.log`);
  try {
    // A file or link that somebody put there first is left alone.
    writeFileSync(path, `${new Date().toISOString()}\n${text}\n`, { mode: 0o600, flag: "wx" });
    return `mvm: this is a bug, please report it:\n${text}\nalso in ${path}\n`;
  } catch {
    // The screen still has it.
    return `mvm: this is a bug, please report it:\n${text}\n`;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
