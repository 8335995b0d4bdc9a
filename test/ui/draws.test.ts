// Nothing is drawn again when nothing changed: a screen left open all day costs what it shows.
import { afterAll, describe, expect, test } from "bun:test";

import { BEAT_MS } from "../../core/view/messages.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 300 });
afterAll(() => folder[Symbol.dispose]());

async function openDrawn(view: string): Promise<Stage> {
  const stage = await openStage({ file: fixture.file, at: fixture.nowMs });
  stage.app.tell({ kind: "node", facts: nodeAt(fixture) });
  stage.app.tell({ kind: "health", health: healthAt(fixture) });
  await stage.press(view);
  return stage;
}

/** How many draws were asked for meanwhile. */
function draws(stage: Stage, work: () => void): number {
  const before = stage.draws();
  work();
  return stage.draws() - before;
}

describe.each(["1", "2", "3", "4", "5", "6", "7", "8"])("in view %s", (view) => {
  test("what was told before draws nothing: the same node, the same checks, a file without change", async () => {
    await using stage = await openDrawn(view);
    const { app } = stage;
    const health = { ...healthAt(fixture), atMs: fixture.nowMs };
    expect(draws(stage, () => app.tell({ kind: "heard", atMs: fixture.nowMs }))).toBe(0);
    expect(draws(stage, () => app.tell({ kind: "health", health }))).toBe(0);
    expect(draws(stage, () => app.tell({ kind: "same" }))).toBe(0);
  });

  test("a second draws once where a clock shows, else not at all", async () => {
    await using stage = await openDrawn(view);
    expect(draws(stage, stage.app.tick)).toBe(view === "1" || view === "8" ? 1 : 0);
  });

  test("a block draws once", async () => {
    await using stage = await openDrawn(view);
    const { best, ...node } = nodeAt(fixture);
    const next = {
      ...node,
      best: { number: (best?.number ?? 0) + 1, slot: (best?.slot ?? 0) + 1 },
    };
    expect(draws(stage, () => stage.app.tell({ kind: "node", facts: next }))).toBe(1);
  });
});

test("a key that does nothing draws nothing, one that does something draws", async () => {
  await using stage = await openDrawn("2");
  const key = { ctrl: false, shift: false, meta: false };
  expect(draws(stage, () => stage.app.press({ ...key, name: "x", sequence: "x" }))).toBe(0);
  expect(draws(stage, () => stage.app.press({ ...key, name: "j", sequence: "j" }))).toBeGreaterThan(
    0,
  );
});

test("a beat that comes late is no silence", async () => {
  await using stage = await openDrawn("3");
  stage.setNow(fixture.nowMs + BEAT_MS + 1500);
  expect(draws(stage, stage.app.tick)).toBe(0);
});

test("a source that falls silent is a banner in any view, drawn when it is due", async () => {
  await using stage = await openDrawn("3");
  stage.setNow(fixture.nowMs + 4000);
  expect(draws(stage, stage.app.tick)).toBe(1);
  expect(await stage.frame()).toContain("Database: no answer for 4s");
});
