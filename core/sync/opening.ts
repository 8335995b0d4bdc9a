// The file at the start of a sync: opened, and what the settings say about it written down.
import { describeError, isCode, MonitorError } from "../errors.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { writeOurs } from "../storage/authorities.ts";
import { writeLabels } from "../storage/labels.ts";
import type { WritableDatabase } from "../storage/open.ts";
import { describe, openWritable } from "../storage/open.ts";
import { readRange } from "../storage/position.ts";
import type { SyncOptions } from "./context.ts";
import { recordKeystores } from "./keystores.ts";

/** Between two looks at a file that cannot be written now. */
const START_PAUSE_MS = 2000;

/** With `daemon` a disk that is full and a file that is held are waited for. Null: asked to stop meanwhile. */
export async function openPatiently(
  options: SyncOptions,
  log: Log,
  signal: AbortSignal,
): Promise<WritableDatabase | null> {
  for (let said = false; !signal.aborted; said = true) {
    try {
      return openPrepared(options, log);
    } catch (error) {
      if (!options.daemon || !isCode(error, "disk-full", "busy")) throw error;
      if (!said) log.warn(`${describeError(error)}; waiting for it`, { hint: error.hint ?? null });
    }
    await pause(START_PAUSE_MS, signal);
  }
  return null;
}

/** The file, with what the settings say about it written down. */
function openPrepared({ databasePath, live, startBlock }: SyncOptions, log: Log): WritableDatabase {
  const file = openWritable(databasePath, log);
  const { db } = file;
  try {
    checkStart(readRange(db), startBlock);
    if (live.settings.ours.length > 0) writeOurs(db, live.settings.ours);
    recordKeystores(db, live.settings.keystores);
    writeLabels(db, live.settings.labels);
    return file;
  } catch (error) {
    file[Symbol.dispose]();
    throw describe(databasePath, error);
  }
}

function checkStart(stored: { first: number | null; last: number | null }, wanted: number): void {
  if (stored.first === null || stored.last === null || wanted === 0) return;
  if (wanted >= stored.first && wanted <= stored.last + 1) return;
  throw new MonitorError(
    "usage",
    `--start-block ${wanted} would leave a hole: the database holds blocks ${stored.first} to ${stored.last}`,
    { hint: "leave the option out to go on, or name a new file with --db-path" },
  );
}
