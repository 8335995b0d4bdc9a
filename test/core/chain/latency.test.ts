// Percentiles of the last minute.
import { expect, test } from "bun:test";

import { openLatency } from "../../../core/chain/latency.ts";

function near(value: number | null, wanted: number): void {
  expect(Math.abs((value ?? Number.NaN) / wanted - 1)).toBeLessThan(0.04);
}

test("half are as fast as p50, all but one in a hundred as fast as p99, within 4 %", () => {
  const latency = openLatency();
  for (let ms = 1; ms <= 1000; ms++) latency.add(ms);
  const { requests, p50Ms, p99Ms } = latency.summary();
  expect(requests).toBe(1000);
  near(p50Ms, 500);
  near(p99Ms, 990);
});

test("from a hundredth of a millisecond to the longest timeout", () => {
  for (const ms of [0.05, 0.3, 1, 12, 345, 30_000, 600_000]) {
    const latency = openLatency();
    latency.add(ms);
    near(latency.summary().p50Ms, ms);
    near(latency.summary().p99Ms, ms);
  }
});

test("without requests there is none, not zero", () => {
  expect(openLatency().summary()).toEqual({ requests: 0, p50Ms: null, p99Ms: null });
});

test("what is over a minute old no longer counts", () => {
  let now = 1_000_000;
  const latency = openLatency(() => now);
  for (let i = 0; i < 10; i++) latency.add(500);
  now += 30_000;
  latency.add(2);
  expect(latency.summary().requests).toBe(11);
  now += 31_000;
  expect(latency.summary().requests).toBe(1);
  near(latency.summary().p99Ms, 2);
  now += 600_000;
  expect(latency.summary()).toEqual({ requests: 0, p50Ms: null, p99Ms: null });
});
