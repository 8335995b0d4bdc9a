// What keys do together, seen on the screen; each by itself is in scenarios.test.ts.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { KEYS, nameOf } from "../../ui/keys.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const folder = temporaryFolder();
let fixture: ViewFixture;

beforeAll(() => {
  fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 2500, ours: 2 });
});
afterAll(() => folder[Symbol.dispose]());

async function stage(view = "1"): Promise<Stage> {
  const opened = await openStage({ file: fixture.file, at: fixture.nowMs });
  opened.app.tell({ kind: "node", facts: nodeAt(fixture) });
  opened.app.tell({ kind: "health", health: healthAt(fixture) });
  await opened.press(view);
  return opened;
}

/** The line the cursor stands on. */
async function cursorLine({ frame }: Stage): Promise<string> {
  return (await frame()).split("\n").find((line) => line.startsWith("▶")) ?? "";
}

test("the numbers go to the views, Tab and Shift-Tab to the neighbours, round and round", async () => {
  await using it = await stage();
  const seen: string[] = [];
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8"]) {
    await it.press(key);
    seen.push(it.app.ui().view);
  }
  expect(seen.join(" ")).toBe("dashboard blocks validators performance logs keys peers schedule");
  await it.press("tab");
  expect(it.app.ui().view).toBe("dashboard");
  await it.press("shift-tab");
  expect(it.app.ui().view).toBe("schedule");
  expect(await it.frame()).toContain("[8] Schedule");
});

test("lines and pages up and down, with arrows and letters", async () => {
  await using it = await stage("2");
  const at = async (): Promise<number> => Number(/#(\d+)/.exec(await cursorLine(it))?.[1]);
  const top = await at();
  expect(top).toBe(2500);
  await it.press("down", "j");
  expect(await at()).toBeLessThan(top);
  await it.press("up", "k");
  expect(await at()).toBe(top);
  await it.press("pagedown");
  const page = await at();
  expect(page).toBeLessThan(top - 10);
  await it.press("J", "pageup", "K");
  expect(await at()).toBe(top);
});

test("the end of the blocks is block 1, however far away; the top is the newest again", async () => {
  await using it = await stage("2");
  await it.press("G");
  expect(await cursorLine(it)).toContain("#1 ");
  await it.press("g");
  expect(await cursorLine(it)).toContain("#2500");
  await it.press("end");
  expect(await cursorLine(it)).toContain("#1 ");
  await it.press("home");
  expect(await cursorLine(it)).toContain("#2500");
});

test("paging goes on to block 1 without an end in between", async () => {
  await using it = await stage("2");
  const seen = new Set<string>();
  for (let i = 0; i < 400; i++) {
    for (const [, number] of (await it.frame()).matchAll(/^.#(\d+)/gm)) seen.add(number ?? "");
    if (seen.has("1")) break;
    await it.press("J");
  }
  expect(seen.size).toBe(2500);
});

test("Enter opens details of the line, Backspace, Esc and Enter close them", async () => {
  await using it = await stage("2");
  for (const close of ["backspace", "escape", "return", "linefeed"]) {
    await it.press("return");
    expect(await it.frame()).toContain("Block #2500");
    await it.press(close);
    expect(await it.frame()).not.toContain("Block #2500");
  }
  await it.press("linefeed");
  expect(it.app.ui().popup).not.toBeNull();
  // The node is asked once each time.
  expect(it.errands.filter((errand) => !errand.startsWith("inspect "))).toEqual([]);
  expect(it.errands).toHaveLength(5);
});

test("the help is made of the table of keys and scrolls to its end", async () => {
  for (const open of ["?", "h", "f1"]) {
    await using it = await stage();
    await it.press(open);
    let seen = await it.frame();
    expect(seen).toContain("Help");
    await it.press("G");
    seen += await it.frame();
    await it.press("pageup");
    seen += await it.frame();
    for (const { shown, does } of KEYS) {
      expect(seen).toContain(shown);
      expect(seen).toContain(does);
    }
    await it.press("g");
    expect(await it.frame()).toContain("go to a view");
    await it.press("escape");
    expect(it.app.ui().popup).toBeNull();
  }
});

test("Esc closes what is open, then leaves a search, then quits; q and Ctrl-C quit at once", async () => {
  await using it = await stage("5");
  await it.press("/");
  await it.type("message 7");
  await it.press("return", "return");
  expect(it.app.ui().popup?.kind).toBe("log");
  await it.press("escape");
  expect(it.app.ui().popup).toBeNull();
  await it.press("escape");
  expect(it.app.ui().wanted.logs).toBeUndefined();
  expect(it.errands).toEqual([]);
  await it.press("escape");
  expect(it.errands).toEqual(["quit"]);
  for (const quit of ["q", "Q", "ctrl-c"]) {
    await it.press("?", quit);
    expect(it.errands.pop()).toBe("quit");
  }
});

test("r asks anew", async () => {
  await using it = await stage();
  await it.press("r", "R");
  expect(it.errands).toEqual(["refresh", "refresh"]);
});

test("f shows ours only, and all again", async () => {
  await using it = await stage("3");
  expect(await it.frame()).toContain("40 known");
  await it.press("f");
  expect(await it.frame()).toContain("Validators: ours");
  expect(await it.frame()).toContain("2 known");
  await it.press("F");
  expect(await it.frame()).toContain("40 known");
});

test("f in the blocks walks through all of ours down to the first, whatever lies between", async () => {
  await using it = await stage("2");
  await it.press("f");
  expect(await it.frame()).toContain("Blocks: ours");
  expect(it.watched()).toEqual({ about: "timeline", around: null, ours: true });
  await it.press("G");
  const lowest = await cursorLine(it);
  expect(lowest).toContain("★");
  await it.press("g");
  expect(await cursorLine(it)).not.toBe(lowest);
  for (let i = 0; i < 60 && (await cursorLine(it)) !== lowest; i++) await it.press("J");
  expect(await cursorLine(it)).toBe(lowest);
  const rows = (await it.frame()).split("\n").slice(3, -2);
  expect(rows.filter((row) => row.trim() !== "" && !row.includes("★"))).toEqual([]);
});

test("/ finds a validator by label or by the beginning of its key; n and N go from hit to hit", async () => {
  await using it = await stage("3");
  await it.press("/");
  await it.type("ñand");
  await it.press("return");
  expect(await cursorLine(it)).toContain("Ñandú-2");
  await it.press("/");
  await it.type((fixture.keys[7] ?? "").slice(0, 8));
  await it.press("return");
  expect(await cursorLine(it)).toContain((fixture.keys[7] ?? "").slice(0, 8));
  await it.press("/");
  await it.type("nobody");
  await it.press("return");
  expect(await it.frame()).toContain("no nobody here");
});

test("n and N visit every hit in turn", async () => {
  await using it = await stage("7");
  await it.press("/");
  await it.type("12d3");
  await it.press("return");
  const lines: string[] = [await cursorLine(it)];
  await it.press("n");
  lines.push(await cursorLine(it));
  await it.press("n");
  lines.push(await cursorLine(it));
  expect(new Set(lines).size).toBe(3);
  await it.press("N");
  expect(await cursorLine(it)).toBe(lines[1] ?? "");
});

test("/ in the blocks goes to a number, however far; to a hash; to the next block of a label", async () => {
  await using it = await stage("2");
  await it.press("/");
  await it.type("1234");
  await it.press("return");
  expect(await cursorLine(it)).toContain("#1234");
  await it.press("return");
  const hash = /0x[0-9a-f]{64}/.exec(await it.frame())?.[0] ?? "none";
  await it.press("escape", "g", "/");
  await it.type(hash);
  await it.press("return");
  expect(await cursorLine(it)).toContain("#1234");
  await it.press("/");
  await it.type("myvalid");
  await it.press("return");
  const first = await cursorLine(it);
  expect(first).toContain("★ MyValidator");
  await it.press("n");
  const second = await cursorLine(it);
  expect(second).toContain("★ MyValidator");
  expect(second).not.toBe(first);
  await it.press("N");
  expect(await cursorLine(it)).toBe(first);
  await it.press("/");
  await it.type("nobody");
  await it.press("return");
  expect(await it.frame()).toMatch(/no nobody below #\d+/);
  await it.press("/");
  await it.type("2501");
  await it.press("return");
  expect(await it.frame()).toContain("#2501 is beyond the last block stored, #2500");
});

test("n goes on from wherever the cursor stands, a missed slot too", async () => {
  await using it = await stage("2");
  await it.press("/");
  await it.type("myvalid");
  await it.press("return");
  while (!(await cursorLine(it)).includes("✗ missed")) await it.press("j");
  const slot = async (): Promise<number> =>
    Number(/ (\d{9}) /.exec(await cursorLine(it))?.[1] ?? Number.NaN);
  const missed = await slot();
  await it.press("n");
  expect(await cursorLine(it)).toContain("★ MyValidator");
  const below = await slot();
  expect(below).toBeLessThan(missed);
  await it.press("N");
  expect(await slot()).toBeGreaterThan(missed);
});

test("/ finds a block that lost by its hash, and puts the cursor on it", async () => {
  await using it = await stage("2");
  while (!(await cursorLine(it)).includes("orphan")) await it.press("j");
  await it.press("return");
  const hash = /0x[0-9a-f]{64}/.exec(await it.frame())?.[0] ?? "none";
  await it.press("escape", "G", "/");
  await it.type(hash);
  await it.press("return");
  expect(await cursorLine(it)).toContain("○ orphan");
  expect(it.app.ui().lists.blocks.selected).toBe(`orphan ${hash}`);
});

test("typing a search takes letters that are keys elsewhere, and Backspace; Esc leaves it", async () => {
  await using it = await stage("3");
  await it.press("/");
  await it.type("q12");
  await it.press("backspace");
  expect(await it.frame()).toContain("/q1█");
  it.app.paste("pasted\n");
  expect(await it.frame()).toContain("/q1pasted█");
  await it.press("escape");
  expect(it.errands).toEqual([]);
  expect(it.app.ui().input).toBeNull();
});

test("s sorts by the next column and says by which", async () => {
  await using it = await stage("3");
  await it.press("s", "s", "s", "s", "s", "s");
  expect(await it.frame()).toContain("Missed↓");
  const rows = (await it.frame()).split("\n").filter((line) => line.includes(" 0x"));
  const missed = rows.map((line) => Number(line.slice(0, 64).trim().split(/ +/).at(-1)));
  expect(rows.length).toBeGreaterThan(10);
  expect(missed).toEqual(missed.toSorted((a, b) => b - a));
});

test("S turns the order round, and what is not known stays last", async () => {
  await using it = await stage("3");
  const keys = async (): Promise<string[]> =>
    [...(await it.frame()).matchAll(/^.{8}.*?(0x[0-9a-f]+)…/gm)].map(([, key]) => key ?? "");
  const before = await keys();
  await it.press("S");
  expect(await it.frame()).toContain("Rank↑");
  expect(await keys()).not.toEqual(before);
  await it.press("S");
  expect(await keys()).toEqual(before);
  await it.press("2", "S");
  expect(await it.frame()).toContain("this view has one order");
});

test("c goes from chart to chart, and they come round", async () => {
  await using it = await stage("4");
  const titles = async (): Promise<string> => (await it.frame()).split("\n")[1] ?? "";
  const seen = [await titles()];
  for (let i = 0; i < 4; i++) {
    await it.press("c");
    seen.push(await titles());
  }
  expect(new Set(seen.slice(0, 4)).size).toBe(4);
  expect(seen[4]).toBe(seen[0] ?? "");
  expect(seen.join()).toContain("Missed slots per epoch");
  expect(seen.join()).toContain("Our luck");
});

test("/ on the dashboard looks for a block, and Enter on a slot without one tells whose turn it was", async () => {
  await using it = await stage("1");
  await it.press("/");
  await it.type("1234");
  await it.press("return");
  expect(await cursorLine(it)).toContain("#1234");
  await it.press("g");
  while (!(await cursorLine(it)).includes("✗ missed")) await it.press("j");
  await it.press("return");
  expect(await it.frame()).toContain("no canonical block");
  expect(await it.frame()).toMatch(/Whose turn.*[\s│]+0x[0-9a-f]{64}/);
});

test("f says where there is nothing to leave out", async () => {
  await using it = await stage("7");
  await it.press("f");
  expect(await it.frame()).toContain("nothing to leave out here");
});

test("m gives the mouse to the dashboard and back to the terminal", async () => {
  await using it = await stage();
  await it.press("m", "m");
  expect(it.errands).toEqual(["mouse on", "mouse off"]);
  expect(await it.frame()).toContain("text can be selected");
});

test("a click goes to a view, to a row, into it and out again; the wheel moves the cursor", async () => {
  await using it = await stage("1");
  const frame = await it.frame();
  const footer = frame.split("\n")[23] ?? "";
  await it.click(footer.indexOf("[3]") + 1, 23);
  expect(it.app.ui().view).toBe("validators");
  await it.click(10, 6);
  const row = await cursorLine(it);
  expect((await it.frame()).split("\n")[6]).toBe(row);
  await it.click(10, 6);
  expect(it.app.ui().popup).toMatchObject({
    kind: "validator",
    aura: it.app.ui().lists.validators.selected ?? "",
  });
  await it.click(40, 12);
  expect(it.app.ui().popup).toBeNull();
  await it.wheel("down");
  const below = await cursorLine(it);
  expect(below).not.toBe(row);
  await it.wheel("up");
  expect(await cursorLine(it)).toBe(row);
  await it.click(78, 0);
  expect(it.app.ui().popup?.kind).toBe("help");
  await it.click(40, 12);
  await it.click(65, 0);
  expect(it.errands).toEqual(["quit"]);
});

test("t goes through the themes and comes back", async () => {
  await using it = await stage();
  const seen = new Set<string>();
  for (const key of ["t", "T", "t", "t"]) {
    await it.press(key);
    seen.add(await it.colours());
  }
  expect(seen.size).toBe(4);
});

test("y copies the hash of a block and the key of a validator, whole", async () => {
  await using it = await stage("2");
  await it.press("y", "3", "y");
  expect(it.errands[0]).toMatch(/^copy 0x[0-9a-f]{64}$/);
  expect(it.errands[1]).toBe(`copy ${fixture.keys[0]}`);
});

test("p and Space hold the logs still while records come, l hides the less urgent", async () => {
  await using it = await stage("5");
  await it.press("p");
  expect(await it.frame()).toContain("⏸ paused");
  await it.press("space");
  expect(await it.frame()).toContain("following");
  await it.press("l");
  const frame = await it.frame();
  expect(frame).toContain("Logs: error and above");
  expect(frame).not.toContain(" warn ");
  expect(frame).toContain(" error ");
});

test("Ctrl-Z hands the terminal to the shell", async () => {
  await using it = await stage();
  await it.press("ctrl-z");
  expect(it.errands).toEqual(["suspend"]);
});

test("a key is named the same whichever way the terminal tells it", () => {
  const key = { name: "g", ctrl: false, shift: true, meta: false, sequence: "G" };
  expect(nameOf(key)).toBe("G");
  expect(nameOf({ ...key, name: "/", sequence: "?" })).toBe("?");
  expect(nameOf({ ...key, name: "tab", sequence: "\u001b[Z" })).toBe("shift-tab");
  expect(nameOf({ ...key, name: "c", shift: false, ctrl: true, sequence: "\u0003" })).toBe(
    "ctrl-c",
  );
});

test("no two lines of the table claim one key", () => {
  const keys = KEYS.flatMap((line) => line.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
