// What both transports offer, and the rules they share for reading an envelope.
import { MonitorError } from "../errors.ts";
import { parseObject } from "../parse.ts";

export interface Subscription {
  close: () => void;
}

export interface LinkOptions {
  /** How long a request may stay without its answer. */
  timeoutMs: number;
  /** Replies beyond this are refused. */
  maxReplyBytes: number;
  /** Told of every message that was answered or failed. Must not throw. */
  onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** One message to the node and what became of it. */
export interface Exchange {
  /** JSON-RPC id; the first one of a batch. */
  id: number;
  method: string;
  /** Number of calls in a batch; null for a request of its own. */
  calls: number | null;
  /** Of a batch: one list for each call. */
  params: readonly unknown[];
  durationMs: number;
  requestText: string;
  /** Null when there was none. */
  replyText: string | null;
  /** Why it failed; of a batch, why its first failed call did. */
  error: MonitorError | null;
}

export const DEFAULT_LINK: LinkOptions = { timeoutMs: 30_000, maxReplyBytes: 64 * 1024 * 1024 };

/** One open connection to a node. Every failure is a `MonitorError`; none is retried here. */
export interface Link {
  readonly url: string;
  readonly transport: "websocket" | "http";
  request: (method: string, params: readonly unknown[]) => Promise<unknown>;
  /** The same method for many parameter lists; results in their order. */
  batch: (method: string, calls: readonly (readonly unknown[])[]) => Promise<unknown[]>;
  /** Absent where the transport cannot push. */
  subscribe?: (
    methods: { subscribe: string; unsubscribe: string },
    onItem: (item: unknown) => void,
  ) => Promise<Subscription>;
  /** Resolves with the reason once the link is dead. */
  readonly closed: Promise<MonitorError>;
  close: () => void;
}

export interface Envelope {
  id: number | null;
  outcome: { result: unknown } | { error: MonitorError };
}

/** Parses one JSON-RPC response object. An error without an id answers a whole refused message. */
export function parseEnvelope(value: unknown, subject: string): Envelope {
  const reply = parseObject(value, subject);
  const id = typeof reply["id"] === "number" ? reply["id"] : null;
  if (reply["error"] !== undefined)
    return { id, outcome: { error: rpcError(reply["error"], subject) } };
  if (id === null || !("result" in reply)) {
    throw new MonitorError("bad-reply", `${subject}: neither result nor error in the reply`);
  }
  return { id, outcome: { result: reply["result"] } };
}

/** Why the first failed call of a message failed. */
export function firstError(replies: readonly Envelope[]): MonitorError | null {
  for (const { outcome } of replies) if ("error" in outcome) return outcome.error;
  return null;
}

export function parseJson(text: string, subject: string): unknown {
  if (text.length > SMALL_TEXT && isSwollen(text)) {
    throw new MonitorError("too-much", `${subject}: a reply of more parts than any we ask for`);
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- JSON.parse is typed any; unknown from here on
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw new MonitorError("bad-reply", `${subject}: the reply is not JSON`, { cause });
  }
}

/** What this much can swell to does no harm. */
const SMALL_TEXT = 1024 * 1024;
const DEEPEST = 128;
const MOST_PARTS = 2_000_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
/** Square brackets and braces differ in one bit, by which letters differ in case. */
const CASE_BIT = 0x20;
const [OPENING, CLOSING] = [0x7b, 0x7d];

/** Each pair of brackets becomes an object: sixty megabytes of nothing else would take gigabytes. */
function isSwollen(text: string): boolean {
  let depth = 0;
  let parts = 0;
  let quoted = false;
  for (let i = 0; i < text.length && depth <= DEEPEST && parts <= MOST_PARTS; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      quoted = code !== QUOTE;
      continue;
    }
    quoted = code === QUOTE;
    if (code === COMMA) parts++;
    else if ((code | CASE_BIT) === OPENING) depth++;
    else if ((code | CASE_BIT) === CLOSING) depth--;
  }
  return depth > DEEPEST || parts > MOST_PARTS;
}

/** Pruned state and unknown blocks are told by their words: the codes differ between node versions. */
const DISCARDED = /state already discarded|unknownblock|unknown block|header was not found/i;

/** Replies (-32008, -32011) and batches (-32010) beyond the node's own limits. */
const TOO_MUCH = /too (?:big|large)/i;

function rpcError(value: unknown, subject: string): MonitorError {
  const error = parseObject(value, `${subject}.error`);
  const message = clip(error["message"]);
  // Substrate often keeps the telling part in `data`.
  const data = typeof error["data"] === "string" ? `: ${clip(error["data"])}` : "";
  const text = `${subject}: ${message}${data} (code ${clip(error["code"])})`;
  if (TOO_MUCH.test(message)) return new MonitorError("too-much", text);
  return new MonitorError(DISCARDED.test(text) ? "discarded" : "rpc", text);
}

/** It ends up in a log and in the file: some hundred characters tell what there is to tell. */
const LONGEST_MESSAGE = 300;

function clip(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "none";
  return value.length > LONGEST_MESSAGE ? `${value.slice(0, LONGEST_MESSAGE)}…` : value;
}

/** A reply beyond our own limit. */
export function oversized(subject: string, bytes: number | string): MonitorError {
  return new MonitorError("too-much", `${subject}: a reply of ${bytes} bytes is too big`, {
    hint: "a smaller --batch-size asks for less at once",
  });
}

/** The node, or a proxy before it, takes no batches, or none of this size. */
export function isBatchRefusal(error: MonitorError): boolean {
  return error.code === "rpc" && /batch/i.test(error.message);
}
