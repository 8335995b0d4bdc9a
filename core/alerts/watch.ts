// Alerts beside a running sync: looked for after each block and each minute, written at once, sent in the background.
import type { Database } from "bun:sqlite";

import { describeError } from "../errors.ts";
import type { Check } from "../health/report.ts";
import type { Log } from "../log.ts";
import type { OurValidator } from "../ours.ts";
import type { StoredAlert } from "../storage/alerts.ts";
import {
  forgetAlerts,
  readAlertState,
  readInstance,
  readOpenTroubles,
  trimAlerts,
  writeAlerts,
} from "../storage/alerts.ts";
import { readIdentity } from "../storage/meta.ts";
import { addressed } from "./address.ts";
import { isCurrent, readChainFacts } from "./chain-facts.ts";
import type { Clock } from "./clock.ts";
import { REAL_CLOCK } from "./clock.ts";
import { openDeadman } from "./deadman.ts";
import type { Ping } from "./deadman.ts";
import { openCourier } from "./deliver.ts";
import type { Severity } from "./kinds.ts";
import { SEVERITIES } from "./kinds.ts";
import type { Post } from "./post.ts";
import { post } from "./post.ts";
import { evaluate } from "./rules.ts";
import type { AlertSettings } from "./settings.ts";
import type { OpenTroubles } from "./state.ts";
import { conditionKey, parseState } from "./state.ts";

const TIMEOUT_MS = 10_000;
const KEPT_MS = 90 * 86_400_000;

export interface WatchOptions {
  /** The sync's own writable handle. */
  db: Database;
  settings: AlertSettings;
  checks: () => Promise<readonly Check[]>;
  log: Log;
  /** Our validators, so that alerts call them as the checks do; without it, whom the file marks as ours. */
  ours?: (() => readonly OurValidator[]) | undefined;
  clock?: Clock | undefined;
  /** For tests: the way out. */
  post?: Post | undefined;
  ping?: Ping | undefined;
  timeoutMs?: number | undefined;
}

export interface Watch {
  /** After each block stored: looks at the file alone. Never throws. */
  afterBlock: () => void;
  /** Each minute: looks at the checks and the file. Never throws; a look under way is not doubled. */
  everyMinute: () => Promise<void>;
  reload: (settings: AlertSettings) => void;
  /** Looks no more, and waits a little for what is being sent. What is not sent stays for the next start. */
  close: () => Promise<void>;
}

export function openWatch(options: WatchOptions): Watch {
  const { db, log, clock = REAL_CLOCK, timeoutMs = TIMEOUT_MS } = options;
  let { settings } = options;
  let looking: Promise<void> | null = null;
  let closed = false;
  const courier = openCourier({
    ...{ db, clock, log, timeoutMs, post: options.post ?? post },
    sender: () => ({ instance: readInstance(db), chain: readIdentity(db)?.name ?? null }),
  });
  const deadman = openDeadman(log, timeoutMs, options.ping);
  begin();

  /** Switched off means: what happens meanwhile is not told later. */
  function begin(): void {
    attempt("alerts could not begin", () => {
      if (!settings.enabled) forgetAlerts(db);
      trimAlerts(db, clock.nowMs() - KEPT_MS);
      courier.wake(settings.enabled ? settings.channels : []);
    });
  }

  /** Whatever fails here must not end the sync. */
  function attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn(`${what}: ${describeError(error)}`);
    }
  }

  function look(checks: readonly Check[] | null): void {
    const nowMs = clock.nowMs();
    const before = readAlertState(db);
    const state = parseState(before);
    const facts = isCurrent(db, nowMs)
      ? readChainFacts(db, state.chain, options.ours?.() ?? null)
      : null;
    const evidence = { checks, facts };
    const found = evaluate(state, readOpen(db), evidence, settings, nowMs);
    const rows = found.events.map((event) => ({
      ...event,
      details: JSON.stringify(event.details),
    }));
    const after = JSON.stringify(found.state);
    if (rows.length > 0 || after !== before) {
      const address = addressed(settings.channels, nowMs);
      for (const alert of writeAlerts(db, rows, after, address)) logAlert(log, alert);
    }
    courier.wake(settings.channels);
  }

  async function lookAtAll(): Promise<void> {
    let checks: readonly Check[] | null = null;
    try {
      checks = await options.checks();
    } catch (error) {
      log.warn(`the checks failed: ${describeError(error)}`);
    }
    if (closed || !settings.enabled) return;
    attempt("alerts could not be written", () => {
      look(checks);
      deadman.beat(settings.deadmanUrl, checks !== null && isAllWell(db, checks, clock.nowMs()));
    });
  }

  return {
    afterBlock: () => {
      if (closed || !settings.enabled) return;
      attempt("alerts could not be written", () => look(null));
    },
    everyMinute: async () => {
      if (closed || !settings.enabled) return;
      looking ??= lookAtAll().finally(() => (looking = null));
      await looking;
    },
    reload: (wanted) => {
      settings = wanted;
      if (!closed) begin();
    },
    close: async () => {
      closed = true;
      deadman.close();
      // Checks under way look at a node that may be gone: they are not waited for.
      await courier.close();
    },
  };
}

function readOpen(db: Database): OpenTroubles {
  return new Map(
    readOpenTroubles(db).map((row) => [
      conditionKey(row),
      SEVERITIES.find((each) => each === row.severity) ?? "warning",
    ]),
  );
}

/** Nothing critical, told or not yet, and the file is up to date. */
function isAllWell(db: Database, checks: readonly Check[], nowMs: number): boolean {
  if (!isCurrent(db, nowMs)) return false;
  if (checks.some(({ verdict }) => verdict === "critical")) return false;
  return readOpenTroubles(db).every(({ severity }) => severity !== "critical");
}

const LEVELS = { info: "info", warning: "warn", critical: "error" } as const satisfies Record<
  Severity,
  keyof Log
>;

function logAlert(log: Log, { id, action, kind, subject, severity, message }: StoredAlert): void {
  const known = SEVERITIES.find((each) => each === severity) ?? "warning";
  const level = action === "recover" ? "info" : LEVELS[known];
  const word = action === "recover" ? "recovered" : "alert";
  log[level](`${word} ${kind}: ${message}`, { alert: id, kind, subject, severity });
}
