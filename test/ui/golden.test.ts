// Every view, popup and state as it stands on the screen. UPDATE_GOLDEN=1 writes the frames anew.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { openWritable } from "../../core/storage/open.ts";
import type { Failure, HealthTold, Report } from "../../core/view/messages.ts";
import { THEMES } from "../../ui/theme.ts";
import { VIEW_IDS } from "../../ui/view-ids.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage, StageOptions } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const FOLDER = join(import.meta.dir, "golden");
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
const folder = temporaryFolder();
let one: ViewFixture;
let three: ViewFixture;
let nobody: ViewFixture;
const empty = folder.file("empty.db");

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  one = writeViewFixture(folder.file("one.db"), { blocks: 990 });
  three = writeViewFixture(folder.file("three.db"), { blocks: 990, ours: 3 });
  nobody = writeViewFixture(folder.file("nobody.db"), { blocks: 990, ours: 0 });
  openWritable(empty)[Symbol.dispose]();
});
afterAll(() => folder[Symbol.dispose]());

function compare(name: string, frame: string): void {
  const path = join(FOLDER, `${name}.txt`);
  const text = `${frame.replace(/ +$/gm, "").trimEnd()}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(existsSync(path), `${path} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(path, "utf8"));
}

/** Everything known, nothing wrong. */
async function full(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await openStage({ file: one.file, at: one.nowMs, ...options });
  stage.app.tell({ kind: "node", facts: nodeAt(one) });
  stage.app.tell({ kind: "health", health: healthAt(one) });
  return stage;
}

/** What a node tells of a block. */
function inspected(blockHash: string): Report {
  const call = { index: 0, bytes: 11, kind: "bare" as const, args: {} };
  const found = {
    ...{ stateRoot: `0x${"5a".repeat(32)}`, extrinsicsRoot: `0x${"e1".repeat(32)}` },
    ...{ specVersion: 1_000_000, digest: [], unnamed: null, sealFits: true },
    extrinsics: [
      { ...call, pallet: "Timestamp", call: "set" },
      { ...call, index: 1, bytes: 2048, kind: null, pallet: null, call: null },
    ],
  };
  return { kind: "inspected", facts: { hash: blockHash, found, missing: null } };
}

test("a block the node does not know is told so, and asked for once", async () => {
  await using stage = await full();
  await stage.press("2", "j", "return");
  expect(await stage.frame()).toContain("asking");
  const asked = (): string[] => stage.errands.filter((errand) => errand.startsWith("inspect "));
  stage.refresh();
  expect(asked()).toHaveLength(1);
  const [hash = ""] = asked().map((errand) => errand.slice(8));
  const missing = "that state is pruned";
  stage.app.tell({ kind: "inspected", facts: { hash, found: null, missing } });
  expect(await stage.frame()).toContain("? that state is pruned");
});

/** What is on the screen and how it is painted. */
async function compareBoth(name: string, stage: Stage): Promise<void> {
  compare(name, await stage.frame());
  compare(`${name}-colours`, await stage.colours());
}

const DOWN = { code: "unavailable", message: "connection refused", hint: null };
const ABSENT = {
  code: "database",
  message: "no database at ./mvm.db",
  hint: "run `mvm sync` first, or name the file with --db-path",
};

/** Everything but the ordinary. Each opens a stage of this size and brings it into its state. */
const STATES: Record<string, (size: { width: number; height: number }) => Promise<Stage>> = {
  nothing: async (size) => await openStage({ file: null, at: one.nowMs, ...size }),
  "empty-database": async (size) => {
    const stage = await openStage({ file: empty, at: one.nowMs, ...size });
    stage.app.tell({ kind: "node", facts: nodeAt(one) });
    return stage;
  },
  "node-only": async (size) => await nodeOnly(size, null),
  "node-only-checked": async (size) => await nodeOnly(size, healthAt(one)),
  "node-down": async (size) => {
    const stage = await full(size);
    stage.app.tell({ kind: "node", facts: { ...nodeAt(one), state: "down", failure: DOWN } });
    stage.setNow(one.nowMs + 90_000);
    return stage;
  },
  "node-silent": async (size) => {
    const stage = await full(size);
    stage.setNow(one.nowMs + 15_000);
    stage.app.tell({ kind: "same" });
    return stage;
  },
  "node-syncing": async (size) => {
    const stage = await full(size);
    const best = { number: 500_000, slot: one.tip.slot ?? 0 };
    const syncing = { ...nodeAt(one), best, syncing: true, highest: 2_000_000 };
    stage.app.tell({ kind: "node", facts: syncing });
    return stage;
  },
  "file-behind": async (size) => {
    const stage = await full(size);
    const best = { number: 4000, slot: (one.tip.slot ?? 0) + 3100 };
    stage.app.tell({ kind: "node", facts: { ...nodeAt(one), best } });
    return stage;
  },
  "other-chain": async (size) => {
    const stage = await full(size);
    stage.app.tell({ kind: "node", facts: { ...nodeAt(one), chain: "Midnight Preprod" } });
    return stage;
  },
  "database-hangs": async (size) => {
    const stage = await full(size);
    stage.setNow(one.nowMs + 8000);
    return stage;
  },
  "database-locked": async (size) => {
    const stage = await full(size);
    const failure = { code: "locked", message: "database is locked", hint: null };
    tellFailure(stage, failure);
    stage.setNow(one.nowMs + 4000);
    return stage;
  },
  "none-of-ours": async (size) => {
    const stage = await openStage({ file: nobody.file, at: nobody.nowMs, ...size });
    stage.app.tell({ kind: "node", facts: nodeAt(nobody) });
    return stage;
  },
  "ours-three": async (size) => {
    const stage = await openStage({ file: three.file, at: three.nowMs, ...size });
    stage.app.tell({ kind: "node", facts: nodeAt(three) });
    return stage;
  },
  "logs-paused": async (size) => await pressed(size, "5", "p", "l"),
  "blocks-ours": async (size) => await pressed(size, "2", "f"),
  "validators-reversed": async (size) => await pressed(size, "3", "s", "s", "S"),
  search: async (size) => {
    const stage = await pressed(size, "3", "/");
    await stage.type("myval");
    return stage;
  },
};

async function pressed(size: Partial<StageOptions>, ...keys: string[]): Promise<Stage> {
  const stage = await full(size);
  await stage.press(...keys);
  return stage;
}

function tellFailure(stage: Stage, failure: Failure): void {
  const question = stage.watched() ?? { about: "dashboard" as const };
  stage.app.tell({ kind: "watched", question, answer: null, failure });
}

async function nodeOnly(size: Partial<StageOptions>, health: HealthTold | null): Promise<Stage> {
  const stage = await openStage({ file: null, at: one.nowMs, ...size });
  const recent = [3, 2, 1].map((number) => ({
    ...{ key: `block ${number}`, kind: "block" as const, number, hash: one.tip.hash },
    ...{ slot: (one.tip.slot ?? 0) - 3 + number, author: one.keys[number] ?? null, label: null },
    ...{ ours: number === 2, finalized: number === 1, seal: null, extrinsics: null, slots: 1 },
  }));
  stage.app.tell({ kind: "node", facts: { ...nodeAt(one), recent } });
  if (health !== null) stage.app.tell({ kind: "health", health });
  tellFailure(stage, ABSENT);
  return stage;
}

for (const [width, height] of SIZES) {
  const size = `${width}x${height}`;
  for (const [i, view] of VIEW_IDS.entries()) {
    test(`view ${view} at ${size}`, async () => {
      await using stage = await pressed({ width, height }, String(i + 1));
      await compareBoth(`${view}-${size}`, stage);
      // Whatever the contents: nothing is cut by the edge that is drawn to fit.
      const lines = (await stage.frame()).split("\n");
      expect(lines.filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
    });
  }

  for (const [name, keys] of [
    ["help", ["?"]],
    ["block", ["2", "j", "return"]],
    ["orphan", ["2", "j", "j", "j", "j", "return"]],
    ["slot", ["2", "j", "j", "j", "j", "j", "return"]],
    ["validator", ["3", "return"]],
    ["log", ["5", "return"]],
    ["peer", ["7", "return"]],
  ] as const) {
    test(`popup ${name} at ${size}`, async () => {
      await using stage = await pressed({ width, height }, ...keys);
      const asked = stage.errands.find((errand) => errand.startsWith("inspect "));
      if (asked !== undefined) stage.app.tell(inspected(asked.slice(8)));
      await compareBoth(`popup-${name}-${size}`, stage);
    });
  }

  for (const [name, open] of Object.entries(STATES)) {
    test(`state ${name} at ${size}`, async () => {
      await using stage = await open({ width, height });
      await compareBoth(`${name}-${size}`, stage);
    });
  }

  for (const theme of THEMES) {
    for (const colours of ["all", "sixteen"] as const) {
      test(`the dashboard in ${theme} with ${colours} colours at ${size}`, async () => {
        await using stage = await full({ width, height, theme, colours });
        compare(`theme-${theme}-${colours}-${size}`, await stage.colours());
      });
    }
  }

  test(`without colours everything is said by glyphs and words at ${size}`, async () => {
    await using stage = await full({ width, height, colours: "none" });
    compare(`mono-${size}`, await stage.colours());
    expect(await stage.colours()).not.toContain("#");
    await using painted = await full({ width, height });
    expect(await stage.frame()).toBe(await painted.frame());
  });
}

test("in plain letters no other character is drawn", async () => {
  for (const [i] of VIEW_IDS.entries()) {
    await using stage = await full({ ascii: true });
    await stage.press(String(i + 1));
    expect((await stage.frame()).match(/[^\n\x20-\x7e]/gu)).toBeNull();
    if (i === 0) compare("dashboard-ascii-80x24", await stage.frame());
  }
});

test("a smaller terminal is told how large it must be", async () => {
  await using stage = await full({ width: 79, height: 24 });
  expect(await stage.frame()).toContain("needs 80×24 (now 79×24)");
  stage.resize(80, 23);
  expect(await stage.frame()).toContain("needs 80×24 (now 80×23)");
  stage.resize(80, 24);
  expect(await stage.frame()).toContain("Chain Tip");
});
