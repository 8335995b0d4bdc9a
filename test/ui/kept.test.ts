// Parts that stand as they did: never an old one where what it shows has changed, and no work where it has not.
import { afterAll, expect, test } from "bun:test";

import { RGBA } from "@opentui/core";

import type { NodeFacts, TimelineRow } from "../../core/view/messages.ts";
import type { Canvas, Kept } from "../../ui/kept.ts";
import { keep } from "../../ui/kept.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 300 });
afterAll(() => folder[Symbol.dispose]());

const [WHITE, BLACK] = [RGBA.fromHex("#ffffff"), RGBA.fromHex("#000000")];

function listen(): { canvas: Canvas; heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    heard,
    canvas: {
      drawText: (...text) => heard.push(["text", ...text]),
      fillRect: (...area) => heard.push(["fill", ...area]),
    },
  };
}

test("the same facts are drawn as before without being painted, others are painted", () => {
  const kept: Kept = new Map();
  const facts = { of: "a block" };
  const place = { x: 0, y: 0, width: 3, target: { kind: "action", action: "help" } } as const;
  let painted = 0;
  const draw = (from: readonly unknown[]): unknown[] => {
    const { canvas, heard } = listen();
    const places = keep(kept, "part", from, canvas, (to, own) => {
      painted += 1;
      to.drawText(`painted ${painted}`, 1, 2, WHITE, BLACK, 1);
      to.fillRect(0, 0, 3, 4, BLACK);
      own.push(place);
    });
    expect(places).toEqual([place]);
    return heard;
  };
  const first = draw([facts, 1]);
  expect(first).toEqual([
    ["text", "painted 1", 1, 2, WHITE, BLACK, 1],
    ["fill", 0, 0, 3, 4, BLACK],
  ]);
  expect(draw([facts, 1])).toEqual(first);
  expect(painted).toBe(1);
  for (const other of [[{ ...facts }, 1], [facts, 2], [facts], [facts, 1]]) draw(other);
  expect(painted).toBe(5);
});

const node = nodeAt(fixture);
const SIZE = { width: 120, height: 40 };

async function open(facts: NodeFacts, theme: "dark" | "light" = "dark"): Promise<Stage> {
  const stage = await openStage({ file: fixture.file, at: fixture.nowMs, theme, ...SIZE });
  tell(stage, facts);
  return stage;
}

function tell({ app }: Stage, facts: NodeFacts): void {
  app.tell({ kind: "node", facts });
  app.tell({ kind: "health", health: healthAt(fixture) });
}

/** A screen that has lived against one that was just opened. */
async function expectSame(lived: Stage, fresh: Stage): Promise<void> {
  expect(await lived.frame()).toBe(await fresh.frame());
  expect(await lived.colours()).toBe(await fresh.colours());
}

test("a screen that has lived looks like one just opened: after seconds, a theme, another size and other views", async () => {
  await using lived = await open(node);
  await lived.frame();
  lived.app.tick();
  await using same = await open(node);
  await expectSame(lived, same);
  await lived.press("t", "2", "j", "1");
  await using light = await open(node, "light");
  await expectSame(lived, light);
  lived.resize(160, 50);
  await lived.frame();
  lived.resize(SIZE.width, SIZE.height);
  await expectSame(lived, light);
});

test("a search line and a message stand in the footer for as long as they are there", async () => {
  await using lived = await open(node);
  const before = await lived.frame();
  await lived.press("2", "/");
  await lived.type("12");
  expect(await lived.frame()).toContain("/12█");
  await lived.type("3");
  expect(await lived.frame()).toContain("/123█");
  await lived.press("escape", "1");
  expect(await lived.frame()).toBe(before);
});

/** A block of the node's own, in a slot of its own. */
function blockAt(number: number): TimelineRow {
  return {
    ...{ key: `block ${number}`, kind: "block", number, hash: `0x${number}`, slot: 1000 + number },
    ...{ slots: 1, author: null, label: null, ours: false, seal: null, extrinsics: null },
    finalized: false,
  };
}

test("with a node alone its next block is among the recent ones and in the strip at once", async () => {
  await using lived = await openStage({ file: null, at: fixture.nowMs, ...SIZE });
  tell(lived, { ...node, recent: [blockAt(41)] });
  expect(await lived.frame()).toContain("last 1 slots");
  tell(lived, { ...node, recent: [blockAt(42), blockAt(41)] });
  const after = await lived.frame();
  expect(after).toContain("#42 ");
  expect(after).toContain("last 2 slots");
});
