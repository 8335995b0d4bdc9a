// The file behind the dashboard: opened when it appears, read again when the writer changed it.
import type { Database } from "bun:sqlite";

import { describeError, MonitorError } from "../errors.ts";
import { describe, openReadable } from "../storage/open.ts";
import { answer } from "./answer.ts";
import type { Answer, Failure, Question } from "./messages.ts";

/** A writer's lock is waited for shortly: old facts with their age are better than none for seconds. */
const BUSY_MS = 500;

export interface DatabaseSource extends Disposable {
  /** Never throws: a failure is an answer too. */
  answer: (question: Question) => { answer: Answer | null; failure: Failure | null };
  /** Whether anything was written since the last call. Costs a few microseconds. */
  changed: () => boolean;
}

export function openDatabase(path: string): DatabaseSource {
  let db: Database | null = null;
  let seen: number | null = null;

  function connection(): Database {
    if (db !== null) return db;
    db = openReadable(path);
    db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return db;
  }

  function close(): void {
    db?.close();
    db = null;
    seen = null;
  }

  return {
    answer: (question) => {
      try {
        return { answer: answer(connection(), question), failure: null };
      } catch (error) {
        // A validator that does not exist is no fault of the file's.
        if (!(error instanceof MonitorError && error.code === "usage")) close();
        return { answer: null, failure: toFailure(describe(path, error)) };
      }
    },
    changed: () => {
      try {
        const row = connection().query<{ data_version: number }, []>("PRAGMA data_version").get();
        const version = row?.data_version ?? null;
        const differs = version !== seen;
        seen = version;
        return differs;
      } catch {
        // Why it cannot be read is told by the next answer.
        close();
        return true;
      }
    },
    [Symbol.dispose]: close,
  };
}

export function toFailure(error: unknown): Failure {
  const known = error instanceof MonitorError ? error : null;
  return {
    code: known?.code ?? "bug",
    message: describeError(error),
    hint: known?.hint ?? null,
  };
}
