// A node that answers nonsense: the short form of what node.ts does a million times.
import { expect, test } from "bun:test";

import { runParserLayer } from "./node-parser-layer.ts";

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
