// Every view, popup and state as it stands on the screen. UPDATE_GOLDEN=1 writes the frames anew.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import type { Report } from "../../core/view/messages.ts";
import { THEMES } from "../../ui/theme.ts";
import { VIEW_IDS } from "../../ui/view.ts";
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

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  one = writeViewFixture(folder.file("one.db"), { blocks: 990 });
  three = writeViewFixture(folder.file("three.db"), { blocks: 990, ours: 3 });
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

for (const [width, height] of SIZES) {
  const size = `${width}x${height}`;
  for (const [i, view] of VIEW_IDS.entries()) {
    test(`view ${view} at ${size}`, async () => {
      await using stage = await full({ width, height });
      await stage.press(String(i + 1));
      const frame = await stage.frame();
      compare(`${view}-${size}`, frame);
      // Whatever the contents: nothing is cut by the edge that is drawn to fit.
      expect(frame.split("\n").filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
    });
  }

  for (const [name, keys] of [
    ["help", ["?"]],
    ["block", ["2", "j", "return"]],
    ["orphan", ["2", "/", "o"]],
    ["validator", ["3", "return"]],
    ["log", ["5", "return"]],
    ["peer", ["7", "return"]],
  ] as const) {
    if (name === "orphan") continue;
    test(`popup ${name} at ${size}`, async () => {
      await using stage = await full({ width, height });
      await stage.press(...keys);
      const asked = stage.errands.find((errand) => errand.startsWith("inspect "));
      if (asked !== undefined) stage.app.tell(inspected(asked.slice(8)));
      compare(`popup-${name}-${size}`, await stage.frame());
    });
  }

  for (const theme of THEMES) {
    test(`colours of the dashboard in ${theme} at ${size}`, async () => {
      await using stage = await full({ width, height, theme });
      compare(`colours-${theme}-${size}`, await stage.colours());
    });
  }

  test(`several validators of ours at ${size}`, async () => {
    await using stage = await openStage({ file: three.file, at: three.nowMs, width, height });
    stage.app.tell({ kind: "node", facts: nodeAt(three) });
    compare(`ours-three-${size}`, await stage.frame());
  });
}

test("without colours everything is said by glyphs and words", async () => {
  await using stage = await full({ colours: "none" });
  compare("dashboard-mono-80x24", await stage.frame());
  const colours = await stage.colours();
  expect(colours).not.toContain("#");
  compare("colours-mono-80x24", colours);
});

test("in plain letters no other character is drawn", async () => {
  for (const [i] of VIEW_IDS.entries()) {
    await using stage = await full({ ascii: true });
    await stage.press(String(i + 1));
    expect((await stage.frame()).match(/[^\n\x20-\x7e]/gu)).toBeNull();
    if (i === 0) compare("dashboard-ascii-80x24", await stage.frame());
  }
});

test("before anything is known nothing is shown as zero or good", async () => {
  await using stage = await openStage({ file: null, at: one.nowMs });
  compare("nothing-80x24", await stage.frame());
});

test("an absent database says what to do, and the node's own blocks are shown", async () => {
  await using stage = await openStage({ file: null, at: one.nowMs });
  const recent = [3, 2, 1].map((number) => ({
    ...{ key: `block ${number}`, kind: "block" as const, number, hash: one.tip.hash },
    ...{ slot: (one.tip.slot ?? 0) - 3 + number, author: one.keys[number] ?? null, label: null },
    ...{ ours: number === 2, finalized: number === 1, seal: null, extrinsics: null, slots: 1 },
  }));
  stage.app.tell({ kind: "node", facts: { ...nodeAt(one), recent } });
  const failure = {
    code: "database",
    message: "no database at ./mvm.db",
    hint: "run `mvm sync` first, or name the file with --db-path",
  };
  const question = stage.watched() ?? { about: "dashboard" as const };
  stage.app.tell({ kind: "watched", question, answer: null, failure });
  compare("node-only-80x24", await stage.frame());
});

test("a dead node is a banner with the age of what was heard, and stored facts stay", async () => {
  await using stage = await full();
  const failure = { code: "unavailable", message: "connection refused", hint: null };
  stage.app.tell({ kind: "node", facts: { ...nodeAt(one), state: "down", failure } });
  stage.setNow(one.nowMs + 90_000);
  compare("node-down-80x24", await stage.frame());
});

test("a database that does not answer is a banner, and its facts stay with their age", async () => {
  await using stage = await full();
  stage.setNow(one.nowMs + 8000);
  compare("database-hangs-80x24", await stage.frame());
});

test("a node of another chain is told before any number", async () => {
  await using stage = await full();
  stage.app.tell({ kind: "node", facts: { ...nodeAt(one), chain: "Midnight Preprod" } });
  compare("other-chain-80x24", await stage.frame());
});

test("a smaller terminal is told how large it must be", async () => {
  await using stage = await full({ width: 79, height: 24 });
  expect(await stage.frame()).toContain("needs 80×24 (now 79×24)");
  stage.resize(80, 23);
  expect(await stage.frame()).toContain("needs 80×24 (now 80×23)");
  stage.resize(80, 24);
  expect(await stage.frame()).toContain("Chain Tip");
});

test("the search line stands in the footer", async () => {
  await using stage = await full();
  await stage.press("3", "/");
  await stage.type("myval");
  compare("search-80x24", await stage.frame());
});
