// The table of keys, walked: for every key of every line, what it does is seen. A line without a scenario does not compile.
import { afterAll, describe, expect, test } from "bun:test";

import type { Action } from "../../ui/keys.ts";
import { KEYS } from "../../ui/keys.ts";
import { VIEW_IDS } from "../../ui/view-ids.ts";
import type { Ui } from "../../ui/view.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 1500, ours: 2 });
afterAll(() => folder[Symbol.dispose]());

interface Scenario {
  /** Keys that lead to where it is tried. */
  before: readonly string[];
  /** What the key must have done. */
  proves: (stage: Stage, before: Ui, key: string) => void | Promise<void>;
}

/** In the view of blocks the cursor goes by so many lines, up to an end. */
function moves(before: readonly string[], by: (index: number) => boolean): Scenario {
  return {
    before: ["2", ...before],
    proves: ({ app }) => expect(by(app.ui().lists.blocks.index)).toBe(true),
  };
}

function errand(...errands: string[]): Scenario {
  return { before: ["1"], proves: (stage) => expect(stage.errands).toEqual(errands) };
}

const SCENARIOS: Record<Action, Scenario> = {
  view: {
    before: ["3"],
    proves: ({ app }, _, key) => expect(app.ui().view).toBe(VIEW_IDS[Number(key) - 1] ?? "keys"),
  },
  "next-view": { before: ["8"], proves: ({ app }) => expect(app.ui().view).toBe("dashboard") },
  "previous-view": { before: ["1"], proves: ({ app }) => expect(app.ui().view).toBe("schedule") },
  up: moves(["j", "j"], (index) => index === 1),
  down: moves([], (index) => index === 1),
  "page-up": moves(["J", "J", "J"], (index) => index > 20 && index < 50),
  "page-down": moves([], (index) => index > 10 && index < 25),
  first: moves(["J"], (index) => index === 0),
  last: {
    before: ["2"],
    proves: async ({ app, frame }) => {
      expect(app.ui().lists.blocks.selected).toBe("block 1");
      expect(await frame()).toContain("▶#1 ");
    },
  },
  open: {
    before: ["2"],
    proves: async ({ frame }) => expect(await frame()).toContain("Block #1500"),
  },
  back: { before: ["2", "return"], proves: ({ app }) => expect(app.ui().popup).toBeNull() },
  refresh: errand("refresh"),
  ours: { before: ["3"], proves: async ({ frame }) => expect(await frame()).toContain("2 known") },
  search: { before: ["2"], proves: async ({ frame }) => expect(await frame()).toContain(" /█") },
  "next-hit": {
    before: ["7", "/", "1", "2", "d", "return"],
    proves: ({ app }) => expect(app.ui().lists.peers.index).toBe(1),
  },
  "previous-hit": {
    before: ["7", "/", "1", "2", "d", "return"],
    proves: ({ app }) => expect(app.ui().lists.peers.index).toBe(2),
  },
  sort: { before: ["3"], proves: ({ app }) => expect(app.ui().sort.validators).toBe(1) },
  reverse: { before: ["3"], proves: ({ app }) => expect(app.ui().reversed.validators).toBe(true) },
  chart: { before: ["4"], proves: ({ app }, { chart }) => expect(app.ui().chart).toBe(chart + 1) },
  theme: {
    before: ["1"],
    proves: async ({ frame }) => expect(await frame()).toContain("theme light"),
  },
  copy: {
    before: ["2"],
    proves: (stage) => expect(stage.errands).toEqual([`copy ${fixture.tip.hash}`]),
  },
  pause: {
    before: ["5"],
    proves: async ({ frame }) => expect(await frame()).toContain("⏸ paused"),
  },
  level: {
    before: ["5"],
    proves: async ({ frame }) => expect(await frame()).toContain("error and above"),
  },
  mouse: errand("mouse on"),
  help: { before: ["1"], proves: async ({ frame }) => expect(await frame()).toContain("Help ─") },
  leave: {
    before: ["2", "return"],
    proves: async ({ app, press, errands }, _, key) => {
      expect(app.ui().popup).toBeNull();
      const asked = errands.length;
      await press(key);
      expect(errands.slice(asked)).toEqual(["quit"]);
    },
  },
  quit: errand("quit"),
  suspend: errand("suspend"),
};

async function openPrepared(before: readonly string[]): Promise<Stage> {
  const stage = await openStage({ file: fixture.file, at: fixture.nowMs });
  stage.app.tell({ kind: "node", facts: nodeAt(fixture) });
  stage.app.tell({ kind: "health", health: healthAt(fixture) });
  await stage.press(...before);
  return stage;
}

describe.each(KEYS.map((line) => [line.does, line] as const))("%s", (_, { action, keys }) => {
  test.each(keys.map((key) => [key]))("%s", async (key) => {
    const { before, proves } = SCENARIOS[action];
    await using stage = await openPrepared(before);
    const was = stage.app.ui();
    await stage.press(key);
    await proves(stage, was, key);
  });
});
