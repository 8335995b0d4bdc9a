// From a question to its JSON: one read transaction on a connection that cannot write; asked again within a second and
// nothing written since, the same answer.
import type { Database } from "bun:sqlite";

import { describe, openReadable } from "../storage/open.ts";
import type { Given } from "./parameters.ts";
import type { Route } from "./routes.ts";

export interface Answer {
  body: string;
  /** By content: equal bodies, equal tags. */
  etag: string;
}

export interface Answers extends Disposable {
  db: Database;
  /** Throws Problem and MonitorError. */
  ask: (route: Route, search: string, given: Given, report: string | null) => Answer;
}

const MOST_KEPT = 64;
const KEPT_MS = 1000;

interface Kept extends Answer {
  atMs: number;
  version: number;
  report: string | null;
}

export function openAnswers(path: string): Answers {
  const db = openReadable(path);
  const kept = new Map<string, Kept>();
  const readVersion = db.query<{ data_version: number }, []>("PRAGMA data_version");

  function ask(route: Route, search: string, given: Given, report: string | null): Answer {
    const key = `${route.path}?${search}`;
    const nowMs = Date.now();
    const version = readVersion.get()?.data_version ?? 0;
    const known = kept.get(key);
    if (known?.version === version && known.report === report && nowMs - known.atMs < KEPT_MS)
      return known;
    const answer = toAnswer(read(() => route.ask({ db, given, nowMs, report })));
    kept.delete(key);
    kept.set(key, { ...answer, ...{ atMs: nowMs, version, report } });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return answer;
  }

  function read(question: () => string): string {
    try {
      return db.transaction(question)();
    } catch (error) {
      throw describe(path, error);
    }
  }

  return { db, ask, [Symbol.dispose]: () => db.close() };
}

export function toAnswer(json: string): Answer {
  const body = `${json}\n`;
  return { body, etag: `"${Bun.hash(body).toString(16)}"` };
}
