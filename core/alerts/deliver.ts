// The way out: each channel by itself, in order, until it was told or three days have passed.
import type { Database } from "bun:sqlite";

import { describeError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Delivery } from "../storage/deliveries.ts";
import {
  dropOldDeliveries,
  markDropped,
  markFailed,
  markSending,
  markSent,
  readNextDelivery,
  resumeDeliveries,
} from "../storage/deliveries.ts";
import { FORMATS } from "./channels/formats.ts";
import type { Message, OutgoingRequest, Sender } from "./channels/message.ts";
import { toMessage } from "./channels/message.ts";
import type { Clock } from "./clock.ts";
import type { Outcome, Post } from "./post.ts";
import type { Channel } from "./settings.ts";

const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 600_000;
/** A receiver may ask for more patience, but not for ever. */
const LONGEST_WISH_MS = 3_600_000;
/** A message refused for what it says is given up sooner than one to a dead receiver. */
const REFUSALS = 3;
const DROPPED_AFTER_MS = 3 * 86_400_000;
/** What is under way when we stop may end by itself this long. */
const FAREWELL_MS = 3000;

export interface DeliveryOptions {
  db: Database;
  sender: () => Sender;
  clock: Clock;
  log: Log;
  post: Post;
  timeoutMs: number;
}

export interface Courier {
  /** Something was queued, or these are the channels from now on. */
  wake: (channels: readonly Channel[]) => void;
  /** Returns when nothing is under way any more. */
  close: () => Promise<void>;
}

/**
 * At least once, and exactly once but for one window: a process killed between a receiver's yes and the
 * commit after it. That message was marked before it was sent, is sent again, and has the same id.
 */
export function openCourier(options: DeliveryOptions): Courier {
  const { db, clock, log } = options;
  const aborter = new AbortController();
  const lines = new Map<string, Line>();
  const repeated = resumeDeliveries(db);
  if (repeated > 0) {
    log.debug(`${repeated} alerts were under way when we ended; they are sent again`);
  }

  function wake(channels: readonly Channel[]): void {
    if (aborter.signal.aborted) return;
    const old = dropOldDeliveries(db, clock.nowMs() - DROPPED_AFTER_MS);
    if (old > 0) log.warn(`${old} alerts given up: not delivered in three days`);
    for (const [name, line] of lines) {
      if (channels.some((channel) => channel.name === name)) continue;
      line.rest();
      lines.delete(name);
    }
    for (const channel of channels) {
      const line = lines.get(channel.name) ?? openLine(options, aborter.signal);
      lines.set(channel.name, line);
      line.wake(channel);
    }
  }

  async function close(): Promise<void> {
    for (const line of lines.values()) line.rest();
    const timer = setTimeout(() => aborter.abort(), FAREWELL_MS);
    await Promise.all([...lines.values()].map((line) => line.idle()));
    clearTimeout(timer);
    aborter.abort();
  }

  return { wake, close };
}

/** The queue of one channel: one message under way at most. */
interface Line {
  wake: (channel: Channel) => void;
  /** Begins nothing more until woken. */
  rest: () => void;
  idle: () => Promise<void>;
}

function openLine(options: DeliveryOptions, signal: AbortSignal): Line {
  const { db, clock, log } = options;
  let channel: Channel | null = null;
  let underWay: Promise<void> | null = null;
  let cancel = (): void => undefined;

  function go(): void {
    cancel();
    if (channel === null || underWay !== null) return;
    const next = readNextDelivery(db, channel.name, clock.nowMs());
    if (next === null) return;
    const waitMs = next.nextAtMs - clock.nowMs();
    if (waitMs > 0) {
      cancel = clock.after(waitMs, guarded);
      return;
    }
    underWay = deliver(options, signal, channel, next).then(
      () => {
        underWay = null;
        guarded();
      },
      (error: unknown) => {
        underWay = null;
        stumble(error);
      },
    );
  }

  function guarded(): void {
    try {
      go();
    } catch (error) {
      stumble(error);
    }
  }

  /** The disk may fail here as anywhere: not tried again at once, and the sync goes on. */
  function stumble(error: unknown): void {
    log.warn(`alerts wait: ${describeError(error)}`);
    cancel = clock.after(LONGEST_PAUSE_MS, guarded);
  }

  return {
    wake: (wanted) => {
      channel = wanted;
      guarded();
    },
    rest: () => {
      channel = null;
      cancel();
    },
    idle: async () => {
      await underWay;
    },
  };
}

async function deliver(
  { db, sender, clock, log, post, timeoutMs }: DeliveryOptions,
  signal: AbortSignal,
  channel: Channel,
  { alert, attempts }: Delivery,
): Promise<void> {
  const { name } = channel;
  markSending(db, alert.id, name);
  const outcome = await attempt();
  // Stopped on the way: it may have arrived. The next start takes it up.
  if (signal.aborted && !outcome.ok) return;
  if (outcome.ok) {
    markSent(db, alert.id, name, clock.nowMs());
    log.debug(`alert ${alert.id} sent to ${name}`, { alert: alert.id, channel: name });
    return;
  }
  const { error } = outcome;
  if (outcome.refused && attempts + 1 >= REFUSALS) {
    markDropped(db, alert.id, name, error);
    log.warn(`alert ${alert.id} given up: channel ${name}: ${error}`, { channel: name });
    return;
  }
  const pauseMs = pauseAfter(outcome, attempts);
  markFailed(db, alert.id, name, { error, nextAtMs: clock.nowMs() + pauseMs });
  // The first failure is news, the next ones are not.
  log[attempts === 0 ? "warn" : "debug"](
    `channel ${name}: ${error}; alert ${alert.id} is tried again in ${Math.round(pauseMs / 1000)} s`,
    { channel: name, alert: alert.id },
  );

  async function attempt(): Promise<Outcome> {
    const request = buildRequest(toMessage(alert, sender()), channel, clock.nowMs());
    if (request !== null) return await post(request, { timeoutMs, signal });
    return { ok: false, error: "its address cannot be read", retryAfterMs: null, refused: false };
  }
}

/** Null for a channel whose settings make no request; what the parser says would name its address. */
export function buildRequest(
  message: Message,
  channel: Channel,
  nowMs: number,
): OutgoingRequest | null {
  try {
    return FORMATS[channel.type](message, channel, nowMs);
  } catch {
    return null;
  }
}

function pauseAfter(outcome: Outcome & { ok: false }, attempts: number): number {
  const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
  if (outcome.retryAfterMs === null) return backoffMs;
  return Math.min(Math.max(outcome.retryAfterMs, FIRST_PAUSE_MS), LONGEST_WISH_MS);
}
