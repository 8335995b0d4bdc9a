// When the dashboard's threads collect their garbage.
import { expect, test } from "bun:test";

import type { Collector } from "../../commands/_view-collect.ts";
import { openCollector } from "../../commands/_view-collect.ts";

const MB = 1_000_000;

interface Watched {
  collector: Collector;
  /** What the process holds, in megabytes. */
  held: number;
  /** Ticks each second for so long; when something was collected, in seconds from the beginning. */
  pass: (seconds: number) => number[];
}

function watch(): Watched {
  let second = 0;
  let collected: number[] = [];
  const machine = {
    nowMs: () => second * 1000,
    held: () => watched.held * MB,
    collect: () => void collected.push(second),
  };
  const watched: Watched = {
    collector: openCollector(machine),
    held: 100,
    pass: (seconds) => {
      collected = [];
      for (let i = 0; i < seconds; i++) {
        second++;
        watched.collector.tick();
      }
      return collected;
    },
  };
  return watched;
}

test("unused, a thread collects every five minutes", () => {
  expect(watch().pass(900)).toEqual([300, 600, 900]);
});

test("used, it collects once, twenty seconds after the last time", () => {
  const { collector, pass } = watch();
  collector.used();
  expect(pass(60)).toEqual([20]);
  collector.used();
  expect(pass(60)).toEqual([61]);
});

test("used so much that the process grows by more than eight megabytes, it does not wait", () => {
  const watched = watch();
  watched.collector.used();
  expect(watched.pass(3)).toEqual([]);
  watched.held = 108;
  expect(watched.pass(1)).toEqual([]);
  watched.held = 109;
  expect(watched.pass(1)).toEqual([5]);
});

test("it is growth since the last collection that counts, from the least that was held", () => {
  const watched = watch();
  watched.collector.used();
  watched.pass(1);
  watched.held = 120;
  expect(watched.pass(1)).toEqual([2]);
  watched.collector.used();
  // What was freed goes back a little later.
  watched.pass(1);
  watched.held = 112;
  expect(watched.pass(1)).toEqual([]);
  watched.held = 123;
  expect(watched.pass(1)).toEqual([5]);
});

test("growth of another thread's making is none of an unused one's business", () => {
  const watched = watch();
  watched.pass(1);
  watched.held = 200;
  expect(watched.pass(100)).toEqual([]);
});
