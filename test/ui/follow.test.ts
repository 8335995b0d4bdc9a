// The cursor stays where it was put while rows move under it; nothing is drawn when nothing changed.
import { afterAll, expect, test } from "bun:test";

import { openDictionary } from "../../core/storage/authorities.ts";
import { openWritable } from "../../core/storage/open.ts";
import { openWriter } from "../../core/storage/write.ts";
import type { Position } from "../../core/types.ts";
import { AT_START, moveBy, settle } from "../../ui/list.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { addBlock, CHAIN, writeViewFixture } from "../helpers/view-fixture.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
let count = 0;
const newFile = (): string => folder.file(`${count++}.db`);

afterAll(() => folder[Symbol.dispose]());

function grow(file: string, tip: Position, blocks: number): void {
  using writable = openWritable(file);
  const writer = openWriter(writable.db, CHAIN);
  let position = tip;
  for (let i = 0; i < blocks; i++) position = addBlock(writer, position, i % 9 === 8 ? 1 : 0);
}

function cursor(frame: string): string {
  return frame.split("\n").find((line) => line.startsWith("▶")) ?? "";
}

test("the cursor in the blocks stays on its block when new ones come", async () => {
  const { file, tip, nowMs } = writeViewFixture(newFile(), { blocks: 300 });
  await using stage = await openStage({ file, at: nowMs });
  await stage.press("2", "j", "j", "j", "j", "j");
  const before = cursor(await stage.frame());
  expect(before).toContain("#29");
  grow(file, tip, 40);
  stage.refresh();
  const [block = "none"] = /#\d+/.exec(before) ?? [];
  expect(cursor(await stage.frame())).toContain(block);
});

test("a cursor at the top follows the newest block", async () => {
  const { file, tip, nowMs } = writeViewFixture(newFile(), { blocks: 300 });
  await using stage = await openStage({ file, at: nowMs });
  await stage.press("2");
  expect(cursor(await stage.frame())).toContain("#300");
  grow(file, tip, 5);
  stage.refresh();
  expect(cursor(await stage.frame())).toContain("#305");
});

test("the cursor stays on its validator when ranks change", async () => {
  const { file, tip, nowMs, keys } = writeViewFixture(newFile(), { blocks: 120, validators: 12 });
  await using stage = await openStage({ file, at: nowMs });
  await stage.press("3", "j", "j", "j", "j");
  const key = /0x[0-9a-f]+/.exec(cursor(await stage.frame()))?.[0] ?? "none";
  expect(keys.some((each) => each.startsWith(key))).toBe(true);
  const rankBefore = /#\d+/.exec(cursor(await stage.frame()))?.[0];
  for (let blocks = 30; blocks <= 300; blocks += 30) {
    if (blocks === 30) grow(file, tip, 90);
    stage.refresh();
    expect(cursor(await stage.frame())).toContain(key);
  }
  expect(rankBefore).toBeDefined();
});

test("a row that vanishes leaves the cursor on its line", () => {
  const state = settle(moveBy(AT_START, ["a", "b", "c", "d"], 2), ["a", "b", "c", "d"], 10);
  expect(state.selected).toBe("c");
  expect(settle(state, ["a", "b", "d"], 10)).toMatchObject({ selected: "d", index: 2 });
  expect(settle(state, ["a"], 10)).toMatchObject({ selected: "a", index: 0 });
  expect(settle(state, [], 10).index).toBe(0);
});

test("the cursor is always on the screen, whatever the height", () => {
  const keys = Array.from({ length: 100 }, (_, i) => String(i));
  let state = AT_START;
  for (const [by, height] of [
    [50, 10],
    [3, 10],
    [-60, 4],
    [99, 7],
    [-1, 7],
    [-98, 30],
    [0, 1],
  ]) {
    state = settle(moveBy(state, keys, by ?? 0), keys, height ?? 1);
    expect(state.index).toBeGreaterThanOrEqual(state.top);
    expect(state.index).toBeLessThan(state.top + (height ?? 1));
    expect(state.top).toBeGreaterThanOrEqual(0);
  }
});

test("the dictionary of the fixture holds every key", () => {
  const { file, keys } = writeViewFixture(newFile(), { blocks: 10, validators: 5 });
  using writable = openWritable(file);
  expect(openDictionary(writable.db).keys().toSorted()).toEqual([...keys].toSorted());
});
