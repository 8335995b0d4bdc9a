// The dashboard with a node alone: what the checks know of ours stands where the file would be.
import { afterAll, expect, test } from "bun:test";

import { temporaryFolder } from "../helpers/sync-process.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 300 });
afterAll(() => folder[Symbol.dispose]());

async function alone(): Promise<Stage> {
  const failure = { code: "database", message: "no database at ./mvm.db", hint: null };
  const stage = await openStage({ file: null, failure, at: fixture.nowMs });
  const { number, slot, hash } = fixture.tip;
  const row = { key: `block ${number}`, kind: "block" as const, number, hash, slot: slot ?? 0 };
  const told = { author: fixture.keys[3] ?? null, label: null, ours: false, finalized: false };
  const recent = [{ ...row, ...told, seal: null, extrinsics: null, slots: 1 }];
  stage.app.tell({ kind: "node", facts: { ...nodeAt(fixture), recent } });
  stage.app.tell({ kind: "health", health: healthAt(fixture) });
  return stage;
}

test("our validators are those of the checks, and what only a file can count is not known", async () => {
  await using it = await alone();
  const frame = await it.frame();
  expect(frame).toContain("Our Validators (1)");
  expect(frame).toContain("★ MyValidator 0x");
  expect(frame).toContain("Blocks: ?  Share: ?  Missed: ?");
  expect(frame).toContain("✓ Registered");
});

test("its keys are shown with where each is held", async () => {
  await using it = await alone();
  await it.press("6");
  const frame = await it.frame();
  expect(frame).toContain("Keys of our validators (1)");
  expect(frame).toMatch(/MyValidator +aura +0x\w+…\w+ +✓/);
});

test("Enter on a block asks the node, and shows what was seen of it", async () => {
  await using it = await alone();
  await it.press("2");
  await it.press("return");
  const frame = await it.frame();
  expect(frame).toContain(`Block #${fixture.tip.number}`);
  expect(frame).not.toContain("reading …");
  expect(frame).toContain("by slot and the parent's committee");
  expect(it.errands).toContain(`inspect ${fixture.tip.hash}`);
});

test("Enter on one of ours tells its keys, and says where its blocks would be counted", async () => {
  await using it = await alone();
  await it.press("return");
  const frame = await it.frame();
  expect(frame).toContain("GRANDPA");
  expect(frame).toContain("Blocks are counted in the database: no database at ./mvm.db");
});
