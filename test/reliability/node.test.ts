// A node that answers nonsense: the short form of what node.ts does a million times.
import { expect, spyOn, test } from "bun:test";

import { HAVE_VECTORS } from "../helpers/vectors.ts";
import { runMetadataLayer } from "./node-metadata-layer.ts";
import { runParserLayer } from "./node-parser-layer.ts";
import { runSocketLayer } from "./node-socket-layer.ts";

const LONG_MS = 60_000;

test("of mutated replies none is taken for what it is not, and none ends the process", async () => {
  const { crashes, outcomes, byParser, byKind } = await runParserLayer(8000, 7);
  expect(crashes).toEqual([]);
  // The run would prove nothing if its replies were not refused, or its truths not known.
  for (const [parser, seen] of byParser) {
    expect([parser, seen.refused > 0, seen["the truth"] > 0]).toEqual([parser, true, true]);
  }
  expect(outcomes.refused).toBeGreaterThan(3000);
  expect(byKind.size).toBeGreaterThan(30);
});

test.skipIf(!HAVE_VECTORS)(
  "of changed metadata none ends the question, hangs, or reaches the terminal",
  async () => {
    const said: unknown[] = [];
    const warned = spyOn(console, "warn").mockImplementation((...words) => void said.push(words));
    const failed = spyOn(console, "error").mockImplementation((...words) => void said.push(words));
    const run = await runMetadataLayer(15, 7);
    warned.mockRestore();
    failed.mockRestore();
    expect(run?.crashes).toEqual([]);
    expect(run?.refused).toBeGreaterThan(2);
    expect(said).toEqual([]);
  },
  LONG_MS,
);

test.each(["websocket", "http"] as const)(
  "a node that lies, floods and talks garbage by %s puts nothing untrue into the file",
  async (transport) => {
    const isHttp = transport === "http";
    const plan = { transport, mutations: isHttp ? 15 : 80, flood: isHttp ? 0 : 5000, seed: 11 };
    const { wrong, exitCode, counted, peakRssMb, log, mutated } = await runSocketLayer(plan);
    expect(wrong).toEqual([]);
    expect(exitCode).toBe(0);
    expect(mutated).toBeGreaterThanOrEqual(plan.mutations);
    expect(counted.get("bad-reply")).toBeGreaterThan(plan.mutations / 4);
    expect(peakRssMb).toBeLessThan(600);
    // Each cause once, the causes being limited: far fewer than refusals by the thousand would leave.
    const complaints = log.split("\n").filter((line) => / (?:warn|error) /.test(line));
    const about = complaints.filter((line) => !line.includes("reorganised"));
    expect(new Set(about.map((line) => line.slice(9))).size).toBe(about.length);
    expect(about.length).toBeLessThan(60);
  },
  LONG_MS,
);
