// What a failure means for the next attempt: whether, when, with how much, and what is said about it.
import type { ErrorCode } from "../errors.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { SyncOptions } from "./context.ts";
import type { News } from "./news.ts";
import { nameless, openNews } from "./news.ts";

/** However it is set: a node that is down is not helped by being asked without a pause. */
const SHORTEST_PAUSE_MS = 10;
/** One wrong reply looks like another chain; a node that says so this often in a row is one. */
const WRONG_CHAIN_ATTEMPTS = 3;
/** What may be otherwise the next time. */
const PASSING: readonly ErrorCode[] = [
  ...(["unavailable", "bad-reply", "too-much", "rpc", "discarded", "disk-full"] as const),
  "busy",
];
/** What else goes wrong by then is of the same making. */
const MOST_COMPLAINTS = 16;
/** A reply was no accident of size when fewer batches than this went well before it. */
const BATCHES_BEFORE_TRUST = 10;

export interface Patience {
  /** Halved while the node cannot answer so much at once. */
  readonly batchSize: number;
  /** The node answered and is the right one. */
  reached: () => void;
  /** The tip is reached: all is well (again). */
  recovered: () => void;
  /**
   * How long to wait before the next attempt, in ms. Throws the error when there is to be none. With another
   * node to go on with (`next`) there is nothing to wait for, and nothing is counted.
   */
  pauseAfter: (error: unknown, blocksStored: number, next?: string | null) => number;
}

export function openPatience(options: SyncOptions, log: Log, news: News = openNews()): Patience {
  const { live, retry } = options;
  /** What the node was found to stand; infinite while it stands all that is wanted. */
  let limit = Number.POSITIVE_INFINITY;
  let failures = 0;
  let everReached = false;
  let contradictions = 0;
  const complaints = new Set<string>();
  let said = false;
  const longest = retry.maxDelayMs === 60_000 ? "a minute" : `${retry.maxDelayMs / 1000} s`;

  function isWorthRetrying(error: unknown): boolean {
    contradictions = isCode(error, "wrong-chain") ? contradictions + 1 : 0;
    if (contradictions > 0) return contradictions < WRONG_CHAIN_ATTEMPTS;
    return isCode(error, ...PASSING);
  }

  function givesUp(): boolean {
    if (options.daemon) return false;
    // A one-shot sync has nobody waiting behind it; a follower that never met its node is misconfigured.
    return options.once ? failures > retry.maxRetries : !everReached;
  }

  /** Once per cause until all is well again: the tenth repetition helps nobody at three in the morning. */
  function complain(error: unknown, next: string | null): void {
    const text = describeError(error);
    const advice = error instanceof MonitorError && next === null ? error.hint : undefined;
    const hint = advice === undefined ? "" : `; ${advice}`;
    const whatNow =
      next === null
        ? `trying again, waiting up to ${longest} between attempts`
        : `going on with ${next}`;
    // The same cause with other numbers is the same cause; where it leads tells nodes apart.
    const kind = `${next} ${error instanceof MonitorError ? error.code : ""}`;
    const cause = `${kind} ${nameless(text)}`;
    const isKnown = complaints.has(cause) || complaints.size >= MOST_COMPLAINTS;
    // To which node it went is news each time; how often that can be the nodes' own pace sees to.
    const isNew = !isKnown && (next !== null || news.isNew(kind, text));
    if (!isNew) return log.debug(text);
    log.warn(`${text}${hint}; ${whatNow}`);
    complaints.add(cause);
    said = true;
  }

  return {
    get batchSize() {
      return Math.min(limit, live.settings.batchSize);
    },
    reached: () => (everReached = true),
    recovered: () => {
      if (said) log.info("all is well again, and everything is caught up");
      said = false;
      complaints.clear();
      failures = 0;
      limit = Number.POSITIVE_INFINITY;
    },
    pauseAfter: (error, blocksStored, next = null) => {
      if (next !== null && isCode(error, "wrong-chain", ...PASSING)) {
        complain(error, next);
        return 0;
      }
      failures = blocksStored > 0 ? 1 : failures + 1;
      if (!isWorthRetrying(error) || givesUp()) throw error;
      const batchSize = Math.min(limit, live.settings.batchSize);
      const tooMuch = isCode(error, "too-much") && blocksStored < BATCHES_BEFORE_TRUST * batchSize;
      if (tooMuch) limit = Math.ceil(batchSize / 2);
      else if (2 * batchSize >= live.settings.batchSize) limit = Number.POSITIVE_INFINITY;
      else limit = 2 * batchSize;
      complain(error, null);
      const pauseMs = Math.min(retry.maxDelayMs, retry.initialDelayMs * 2 ** (failures - 1));
      return Math.max(SHORTEST_PAUSE_MS, pauseMs);
    },
  };
}
