// Nothing old is shown as new: what is told is told as of when it was so.
import { afterAll, expect, test } from "bun:test";

import { temporaryFolder } from "../helpers/sync-process.ts";
import { CHAIN, healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 300 });
const node = nodeAt(fixture);
const MINUTE = 60_000;
afterAll(() => folder[Symbol.dispose]());

test("with the node away the last update is that of the last block, however often the file is read", async () => {
  await using stage = await openStage({ file: fixture.file, at: fixture.nowMs });
  const failure = { code: "unavailable", message: "away", hint: null };
  stage.app.tell({ kind: "node", facts: { ...node, state: "down", failure } });
  stage.setNow(fixture.nowMs + 5 * MINUTE);
  stage.app.tell({ kind: "same" });
  stage.app.tick();
  expect(await stage.frame()).toMatch(/Last Update: 5m ago/);
});

test("peers are compared with the node's block of the time they were told, not with a later one", async () => {
  await using stage = await openStage({ file: fixture.file, at: fixture.nowMs });
  const { best } = node;
  const later = { number: (best?.number ?? 0) + 30, slot: (best?.slot ?? 0) + 30 };
  stage.app.tell({ kind: "node", facts: { ...node, best: later } });
  await stage.press("7");
  expect(await stage.frame()).toMatch(/^▶✓ +300 +0 /m);
});

test("a file two epochs behind its node tells no turn as coming, nor that none is left", async () => {
  await using stage = await openStage({ file: fixture.file, at: fixture.nowMs });
  const { best } = node;
  const ahead = 2 * CHAIN.slotsPerEpoch;
  const slot = (best?.slot ?? 0) + ahead;
  stage.setNow(fixture.nowMs + ahead * CHAIN.slotDurationMs);
  const facts = { ...node, best: { number: (best?.number ?? 0) + ahead, slot } };
  stage.app.tell({ kind: "node", facts });
  stage.app.tell({ kind: "health", health: healthAt(fixture) });
  const frame = await stage.frame();
  expect(frame).toContain("Next slot: ? not known");
  expect(frame).not.toContain("none left");
});
