// The file behind the dashboard: opened when it appears, read again when the writer changed it.
import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";

import { hideCredentials } from "../config/value.ts";
import { describeError, MonitorError } from "../errors.ts";
import { describe, isUnchanging, openReadable } from "../storage/open.ts";
import { answer, MOST_RECORDS } from "./answer.ts";
import { readLogFile, readLogState } from "./log-file.ts";
import type { Answer, Failure, LogRecord, Question } from "./messages.ts";

/** A writer's lock is waited for shortly: old facts with their age are better than none for seconds. */
const BUSY_MS = 500;

export interface DatabaseSource extends Disposable {
  /** Never throws: a failure is an answer too. */
  answer: (question: Question) => { answer: Answer | null; failure: Failure | null };
  /** Whether anything was written since the last call. Costs a few microseconds. */
  changed: () => boolean;
}

/** @param logFile shown in place of the records in the file, where it can be read */
export function openDatabase(path: string, logFile: string | null = null): DatabaseSource {
  let db: Database | null = null;
  let seen: number | null = null;
  let seenLog: string | null = null;
  let seenFile = { id: "", state: "" };

  function connection(): Database {
    if (db !== null) return db;
    // Looked at first: what changes from here on is noticed.
    seenFile = look(path);
    db = openReadable(path, BUSY_MS);
    return db;
  }

  function close(): void {
    db?.close();
    db = null;
    seen = null;
  }

  /** Whether what the open connection reads is not the file any more. */
  function isLeftBehind(): boolean {
    if (db === null) return false;
    const { id, state } = look(path);
    return id !== seenFile.id || (isUnchanging(db) && state !== seenFile.state);
  }

  function hasLogChanged(): boolean {
    if (logFile === null) return false;
    const state = readLogState(logFile);
    const differs = state !== seenLog;
    seenLog = state;
    return differs;
  }

  function find(question: Question): Answer {
    if (question.about !== "logs" || logFile === null) return answer(connection(), question);
    const { records, problem } = readLog(logFile);
    if (problem === null) return { about: "logs", facts: { records, file: logFile, problem } };
    const stored = answer(connection(), question);
    return stored.about === "logs" ? { ...stored, facts: { ...stored.facts, problem } } : stored;
  }

  return {
    answer: (question) => {
      try {
        return { answer: find(question), failure: null };
      } catch (error) {
        // A validator that does not exist is no fault of the file's.
        if (!(error instanceof MonitorError && error.code === "usage")) close();
        return { answer: null, failure: toFailure(describe(path, error)) };
      }
    },
    changed: () => {
      const isLogNew = hasLogChanged();
      try {
        if (isLeftBehind()) close();
        const row = connection().query<{ data_version: number }, []>("PRAGMA data_version").get();
        const version = row?.data_version ?? null;
        const differs = version !== seen;
        seen = version;
        return differs || isLogNew;
      } catch {
        // Why it cannot be read is told by the next answer.
        close();
        return true;
      }
    },
    [Symbol.dispose]: close,
  };
}

/** Which file stands there, and how it was left: a connection does not tell of another one of the same name. */
function look(path: string): { id: string; state: string } {
  try {
    const file = statSync(path);
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    return { id: `${file.dev} ${file.ino}`, state: `${file.mtimeMs} ${file.size} ${log?.size}` };
  } catch {
    // Why not is told when it is opened.
    return { id: "", state: "" };
  }
}

function readLog(path: string): { records: LogRecord[]; problem: string | null } {
  try {
    return { records: readLogFile(path, MOST_RECORDS), problem: null };
  } catch (error) {
    return { records: [], problem: describeError(error) };
  }
}

export function toFailure(error: unknown): Failure {
  const known = error instanceof MonitorError ? error : null;
  return {
    code: known?.code ?? "bug",
    message: hideCredentials(describeError(error)),
    hint: known?.hint ?? null,
  };
}
