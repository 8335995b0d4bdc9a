// The supervisor: one writer on one file, session after session, until asked to stop.
import { connect } from "../chain/connect.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import { writeOurs } from "../storage/authorities.ts";
import { openWritable } from "../storage/open.ts";
import { readRange } from "../storage/position.ts";
import type { SyncHooks, SyncOptions } from "./context.ts";
import { openSession, runSession } from "./session.ts";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** Without a supervisor's patience: how often a one-shot sync tries before it gives up. */
const ONCE_ATTEMPTS = 5;

/**
 * Syncs a node's chain into a database. Returns when asked to stop or, with `once`, at the tip.
 * Throws what trying again cannot cure: `wrong-chain`, `locked`, `database`, `config`, and `unavailable`
 * when the node was never reached and `daemon` is off.
 */
export async function sync(
  options: SyncOptions,
  hooks: SyncHooks,
  signal: AbortSignal,
): Promise<void> {
  using file = openWritable(options.databasePath);
  const { db } = file;
  checkStart(readRange(db), options.startBlock);
  if (options.ours.length > 0) writeOurs(db, options.ours, options.label);

  let reached = false;
  let failures = 0;
  let lastComplaint = "";
  while (!signal.aborted) {
    const before = readRange(db).last;
    try {
      await attempt();
      if (options.once) return;
    } catch (error) {
      if (signal.aborted) return;
      if (readRange(db).last !== before) failures = 0;
      failures += 1;
      if (!isWorthRetrying(error) || givesUp()) throw error;
      complain(error);
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), signal);
    }
  }

  async function attempt(): Promise<void> {
    const link = await connect(options.rpcUrl, { timeoutMs: options.timeoutMs }, signal);
    const stop = (): void => link.close();
    signal.addEventListener("abort", stop);
    try {
      if (signal.aborted) return;
      const session = await openSession(db, link, options, hooks, signal);
      reached = true;
      const recovered: SyncHooks = {
        ...hooks,
        onSynced: (progress) => {
          if (lastComplaint !== "") hooks.log.info("the node is back and everything is caught up");
          lastComplaint = "";
          failures = 0;
          hooks.onSynced(progress);
        },
      };
      await runSession({ ...session, hooks: recovered });
    } finally {
      signal.removeEventListener("abort", stop);
      link.close();
    }
  }

  function givesUp(): boolean {
    if (options.daemon) return false;
    return options.once ? failures >= ONCE_ATTEMPTS : !reached;
  }

  /** Once per cause: the tenth repetition of the same line helps nobody at three in the morning. */
  function complain(error: unknown): void {
    const text = describeError(error);
    const hint = error instanceof MonitorError && error.hint !== undefined ? `; ${error.hint}` : "";
    if (text === lastComplaint) hooks.log.debug(text);
    else hooks.log.warn(`${text}${hint}; trying again, waiting up to a minute between attempts`);
    lastComplaint = text;
  }
}

function isWorthRetrying(error: unknown): boolean {
  return isCode(error, "unavailable", "bad-reply", "rpc", "discarded", "disk-full");
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

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
