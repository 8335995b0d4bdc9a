// When a failure is met with another attempt, and after which pause.
import { describe, expect, test } from "bun:test";

import { MonitorError } from "../../../core/errors.ts";
import type { Log } from "../../../core/log.ts";
import type { Retry, SyncOptions } from "../../../core/sync/context.ts";
import { defaultLive, defaultOptions } from "../../../core/sync/defaults.ts";
import { openLive } from "../../../core/sync/live.ts";
import type { Patience } from "../../../core/sync/patience.ts";
import { openPatience } from "../../../core/sync/patience.ts";

const away = new MonitorError("unavailable", "the node is away");

function open(
  retry: Partial<Retry>,
  more: Partial<SyncOptions> = {},
): { patience: Patience; said: string[] } {
  const said: string[] = [];
  const say = (message: string): number => said.push(message);
  const log: Log = {
    ...{ error: say, warn: say, info: say, debug: () => undefined, trace: () => undefined },
    enabled: () => true,
  };
  const options = defaultOptions("ws://x", "x", {
    ...{ live: openLive(defaultLive({ batchSize: 8 })), once: false },
    retry: { maxRetries: 3, initialDelayMs: 1000, maxDelayMs: 60_000, ...retry },
    ...more,
  });
  return { patience: openPatience(options, log), said };
}

/** Pauses until it gives up, at most ten. */
function pausesOf(patience: Patience, blocks = 0): number[] {
  const pauses: number[] = [];
  try {
    while (pauses.length < 10) pauses.push(patience.pauseAfter(away, blocks));
  } catch (error) {
    expect(error).toBe(away);
  }
  return pauses;
}

describe("max_retries", () => {
  test.each([0, 1, 3, 7])("%d: so often in a row a one-shot sync tries again", (maxRetries) => {
    expect(pausesOf(open({ maxRetries }, { once: true }).patience)).toHaveLength(maxRetries);
  });

  test("starts anew when blocks were stored in between", () => {
    const { patience } = open({ maxRetries: 1 }, { once: true });
    expect(pausesOf(patience, 5)).toHaveLength(10);
    expect(pausesOf(open({ maxRetries: 0 }, { once: true }).patience, 5)).toEqual([]);
  });

  test("is nothing to a follower: at first contact it ends at once, later it never does", () => {
    const { patience } = open({ maxRetries: 5 });
    expect(pausesOf(patience)).toEqual([]);
    patience.reached();
    expect(pausesOf(patience)).toHaveLength(10);
    expect(pausesOf(open({ maxRetries: 0 }, { daemon: true }).patience)).toHaveLength(10);
  });
});

describe("pauses", () => {
  const daemon = { daemon: true };
  test("double from the first to the longest", () => {
    const doubling = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((seconds) => seconds * 1000);
    expect(pausesOf(open({}, daemon).patience)).toEqual(doubling);
    expect(
      pausesOf(open({ initialDelayMs: 70, maxDelayMs: 200 }, daemon).patience).slice(0, 4),
    ).toEqual([70, 140, 200, 200]);
    expect(pausesOf(open({ initialDelayMs: 500, maxDelayMs: 200 }, daemon).patience)[0]).toBe(200);
  });

  test("are never none", () => {
    for (const retry of [{ initialDelayMs: 0 }, { maxDelayMs: 0 }]) {
      expect(Math.min(...pausesOf(open(retry, daemon).patience))).toBe(10);
    }
  });

  test("are none where another node is gone on with; that is said, and counts for nothing", () => {
    const { patience, said } = open({}, { once: true });
    for (let i = 0; i < 10; i++) {
      expect(patience.pauseAfter(away, 0, "ws://y")).toBe(0);
      expect(patience.pauseAfter(new MonitorError("wrong-chain", "no"), 0, "ws://y")).toBe(0);
    }
    expect(said).toEqual(["the node is away; going on with ws://y", "no; going on with ws://y"]);
    expect(patience.pauseAfter(away, 0, null)).toBe(1000);
    expect(said.at(-1)).toStartWith("the node is away; trying again");
    const bug = new MonitorError("database", "broken");
    expect(() => patience.pauseAfter(bug, 0, "ws://y")).toThrow("broken");
  });

  test("start anew when all is well again", () => {
    const { patience, said } = open({ maxDelayMs: 5000 }, daemon);
    pausesOf(patience);
    patience.recovered();
    expect(patience.pauseAfter(away, 0)).toBe(1000);
    expect(said[0]).toEndWith("waiting up to 5 s between attempts");
  });
});
