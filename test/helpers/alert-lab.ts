// For tests of alerts: a clock moved by hand, receivers on real sockets, checks and settings made up.
import type { Clock } from "../../core/alerts/clock.ts";
import type { Post } from "../../core/alerts/post.ts";
import { post } from "../../core/alerts/post.ts";
import type { AlertSettings, Channel, ChannelType } from "../../core/alerts/settings.ts";
import { CHANNEL_TYPES } from "../../core/alerts/settings.ts";
import type { RuleState } from "../../core/alerts/state.ts";
import { EMPTY_STATE } from "../../core/alerts/state.ts";
import type { Check, CheckName, Verdict } from "../../core/health/report.ts";
import type { Log } from "../../core/log.ts";
import { parseObject } from "../../core/parse.ts";

/** A moment on a plain working day, 12:00 local time. */
export const NOON_MS = new Date(2026, 7, 3, 12).getTime();
export const MINUTE_MS = 60_000;

/** What is remembered once a sync has caught up. */
export const CAUGHT_UP: RuleState = {
  ...EMPTY_STATE,
  chain: {
    ...{ number: 1, slot: 1, startNumber: 1, keyChange: 0 },
    ...{ streaks: {}, attendance: {} },
  },
};

export interface HandClock extends Clock {
  /** Moves on, step by step, letting timers and sockets work in between. */
  advance: (ms: number) => Promise<void>;
  set: (ms: number) => void;
}

export function openHandClock(startMs = NOON_MS): HandClock {
  let now = startMs;
  const timers = new Set<{ atMs: number; work: () => void }>();
  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      const [next] = [...timers].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      timers.delete(next);
      now = Math.max(now, next.atMs);
      next.work();
      await settle();
    }
    now = end;
    await settle();
  }
  return {
    nowMs: () => now,
    after: (ms, work) => {
      const timer = { atMs: now + ms, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance,
    set: (ms) => (now = ms),
  };
}

let underWay = 0;

/** The real way out, counted, so that a test can wait for it. */
export const countedPost: Post = async (...given) => {
  underWay += 1;
  try {
    return await post(...given);
  } finally {
    underWay -= 1;
  }
};

/** Waits until nothing counted is under way, and nothing follows. */
export async function settle(): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    await Bun.sleep(1);
    if (underWay > 0) calm = -1;
  }
}

interface Received {
  path: string;
  method: string;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown>;
}

export interface Receiver extends AsyncDisposable {
  url: string;
  received: Received[];
  /** What it answers from now on; a function that never resolves hangs. */
  answer: (reply: () => Response | Promise<Response>) => void;
  until: (count: number) => Promise<void>;
}

export function openReceiver(port = 0): Receiver {
  const received: Received[] = [];
  let reply: () => Response | Promise<Response> = () => new Response("ok");
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const text = await request.text();
      const { pathname, search } = new URL(request.url);
      const body = text === "" ? {} : parseObject(JSON.parse(text), pathname);
      received.push({
        path: pathname + search,
        method: request.method,
        headers: request.headers.toJSON(),
        text,
        body,
      });
      return await reply();
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    received,
    answer: (wanted) => (reply = wanted),
    until: async (count) => {
      const deadline = performance.now() + 20_000;
      while (received.length < count) {
        if (performance.now() > deadline) throw new Error(`${received.length} of ${count} came`);
        await Bun.sleep(5);
      }
    },
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}

export function channelTo(url: string, more: Partial<Channel> = {}): Channel {
  return {
    ...{ name: "hook", type: "webhook", url: `${url}/hook`, token: null, secret: null },
    ...{ chat_id: null, min_severity: "info", quietHours: null },
    ...more,
  };
}

export function channelOf(type: ChannelType, url: string): Channel {
  const found = everyChannel(url).find((each) => each.type === type);
  if (found === undefined) throw new Error(`no channel of type ${type}`);
  return found;
}

/** One channel of each type, all to one receiver, told apart by their paths. */
export function everyChannel(url: string): Channel[] {
  const addresses: Record<ChannelType, Partial<Channel>> = {
    webhook: { url: `${url}/webhook`, secret: "signing-key" },
    discord: { url: `${url}/discord` },
    slack: { url: `${url}/slack` },
    telegram: { url, token: "123:abc", chat_id: "-100200" },
    pagerduty: { url: `${url}/pagerduty`, token: "R".repeat(32) },
    ntfy: { url: `${url}/my-topic`, token: "tk_secret" },
  };
  return CHANNEL_TYPES.map((type) => channelTo(url, { name: type, type, ...addresses[type] }));
}

export function makeSettings(channels: readonly Channel[], more: Partial<AlertSettings> = {}) {
  return {
    ...{ enabled: true, thresholdPercent: 80, minExpectedBlocks: 5, missedInRow: 3 },
    ...{ alertOnDown: true, downGraceMs: MINUTE_MS, cooldownMs: 5 * MINUTE_MS, deadmanUrl: null },
    channels,
    ...more,
  } satisfies AlertSettings;
}

export function makeCheck(name: CheckName, verdict: Verdict, subject: string | null = null): Check {
  return {
    ...{ name, subject, verdict, value: 7, unit: null, hint: null },
    message: `${name} is ${verdict}.`,
  };
}

export interface KeptLog extends Log {
  lines: string[];
}

export function openKeptLog(): KeptLog {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level} ${message}`);
  return {
    lines,
    ...{ error: at("error"), warn: at("warn"), info: at("info") },
    ...{ debug: at("debug"), trace: at("trace"), enabled: () => true },
  };
}
