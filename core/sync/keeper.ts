// Complaints and performance records go into the file too. Keeping them never endangers the sync.
import type { Database } from "bun:sqlite";

import { hideCredentials } from "../config/value.ts";
import { describeError } from "../errors.ts";
import type { Fields, Level, Log } from "../log.ts";
import type { LogRecord } from "../storage/records.ts";
import { writeRecords } from "../storage/records.ts";

/** More than this waiting means the file cannot be written: the log has them all the same. */
const MOST_WAITING = 1000;

export interface Keeper extends Disposable {
  /** The node is on this file's chain: until that is known nothing is written into it. */
  unlock: () => void;
  /** The same log, whose warnings and errors are kept. */
  log: Log;
  /** Keeps a record of any level and logs it. */
  record: (level: Level, message: string, fields: Fields) => void;
  /** Keeps why a piece of work failed, and throws it on. */
  lastWords: <T>(work: () => T) => T;
}

/** Records are written once whatever is under way is done: a transaction rolled back takes none with it. */
export function openKeeper(db: Database, log: Log): Keeper {
  let waiting: LogRecord[] = [];
  let timer: NodeJS.Immediate | undefined;
  let locked = true;

  function write(): void {
    clearImmediate(timer);
    timer = undefined;
    const records = waiting;
    if (locked || records.length === 0) return;
    waiting = [];
    try {
      writeRecords(db, records);
    } catch (error) {
      // Tried again with the next one.
      waiting = [...records, ...waiting].slice(-MOST_WAITING);
      log.debug(`records not kept: ${describeError(error)}`);
    }
  }

  function keep(level: Level, message: string, fields: Fields = {}): void {
    if (waiting.length >= MOST_WAITING) waiting.shift();
    waiting.push({ atMs: Date.now(), level, message: hideCredentials(message), fields });
    timer ??= setImmediate(write);
  }

  function kept(level: Level): Log["info"] {
    return (message, fields) => {
      log[level](message, fields);
      keep(level, message, fields);
    };
  }

  return {
    unlock: () => {
      if (!locked) return;
      locked = false;
      timer ??= setImmediate(write);
    },
    log: { ...log, error: kept("error"), warn: kept("warn") },
    record: (level, message, fields) => {
      log[level](message, fields);
      keep(level, message, fields);
    },
    lastWords: (work) => {
      try {
        return work();
      } catch (error) {
        keep("error", describeError(error));
        throw error;
      }
    },
    [Symbol.dispose]: write,
  };
}
