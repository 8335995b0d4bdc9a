// An answer, or why there is none: what one question to the node comes back with.
import { describeError, MonitorError } from "../errors.ts";

/**
 * - `unsafe`: the node hides the method behind its safe RPC
 * - `unsupported`: this node or runtime does not have it
 * - `timeout`: no answer before our deadline
 * - `db-sync`: the node could not reach its db-sync
 * - `discarded`: the state asked for is pruned
 * - `unreachable`: there is no connection
 * - `failed`: anything else
 * - `not-asked`: there was no reason to ask, or nothing to ask with
 */
export type MissingReason =
  | "unsafe"
  | "unsupported"
  | "timeout"
  | "db-sync"
  | "discarded"
  | "unreachable"
  | "failed"
  | "not-asked";

export interface Missing {
  reason: MissingReason;
  /** The error's own words; empty where the reason says all. */
  text: string;
}

export type Told<T> = { value: T } | { missing: Missing };

export function missing(reason: MissingReason, text = ""): { missing: Missing } {
  return { missing: { reason, text } };
}

export function valueOf<T>(told: Told<T>): T | null {
  return "value" in told ? told.value : null;
}

/** A part of an answer; null where there is no answer. */
export function pick<T, U>(told: Told<T>, part: (value: T) => U): U | null {
  return "value" in told ? part(told.value) : null;
}

/** Settles at the deadline whatever the work does. Never throws but for a bug. */
export interface Deadline {
  signal: AbortSignal;
  tell: <T>(work: () => Promise<T>) => Promise<Told<T>>;
  /** Milliseconds left. */
  left: () => number;
  close: () => void;
}

export function openDeadline(timeoutMs: number): Deadline {
  const aborter = new AbortController();
  const endsAt = performance.now() + timeoutMs;
  const { promise: over, resolve: end } = Promise.withResolvers<{ missing: Missing }>();
  const timer = setTimeout(() => {
    end(missing("timeout"));
    aborter.abort();
  }, timeoutMs);
  return {
    signal: aborter.signal,
    left: () => Math.max(0, endsAt - performance.now()),
    tell: (work) => Promise.race([over, attempt(work)]),
    close: () => clearTimeout(timer),
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<Told<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    return missing(classify(error), describeError(error));
  }
}

// Refused and unknown methods share one code, and db-sync failures share theirs with every inner error:
// the words tell them apart.
const UNSAFE = /unsafe to be called externally/i;
const UNSUPPORTED = /method not found|is not found/i;
const DB_SYNC = /getlatestblockresponse|datasourceerror|communicating with database/i;

function classify({ code, message }: MonitorError): MissingReason {
  if (code === "unavailable" || code === "stopped" || code === "config") return "unreachable";
  if (code === "discarded") return "discarded";
  if (code !== "rpc") return "failed";
  if (UNSAFE.test(message)) return "unsafe";
  if (DB_SYNC.test(message)) return "db-sync";
  return UNSUPPORTED.test(message) ? "unsupported" : "failed";
}

const WORDS: Record<MissingReason, string> = {
  unsafe: "hidden by safe RPC",
  unsupported: "this node does not tell",
  timeout: "no answer in time",
  "db-sync": "the node's db-sync does not answer",
  discarded: "that state is pruned",
  unreachable: "the node is not reachable",
  failed: "the answer was an error",
  "not-asked": "not asked",
};

export function describeMissing({ reason, text }: Missing): string {
  return reason === "failed" && text !== "" ? text : WORDS[reason];
}
