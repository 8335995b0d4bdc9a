// The dashboard's answers against the truth of a devnet.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { openReadable, openWritable } from "../../../core/storage/open.ts";
import { slotTimeMs } from "../../../core/time.ts";
import { turnsAt } from "../../../core/view/ahead.ts";
import { answer } from "../../../core/view/answer.ts";
import { openDatabase } from "../../../core/view/database.ts";
import type { Answers, Question, TimelineFacts } from "../../../core/view/messages.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";

const folder = temporaryFolder();
const file = folder.file("mvm.db");
const keystore = folder.file("keystore");
let devnet: Devnet & AsyncDisposable;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 700, missRate: 0.1 });
  await devnet.writeKeystore(keystore, 0);
  await syncOnce(devnet.url, file, "--keystore", keystore, "--label", "mine");
});
afterAll(async () => {
  await devnet.stop();
  folder[Symbol.dispose]();
});

function ask<A extends keyof Answers>(question: Question & { about: A }): Answers[A] {
  using db = openReadable(file);
  const { about, facts } = answer(db, question);
  expect(about).toBe(question.about);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked one line above
  return facts as Answers[A];
}

test("the time line holds every block and every missed slot once, newest first", () => {
  const { blocks, missed } = devnet.truth();
  const seen = new Map<string, string>();
  let around: number | null = null;
  for (let lowest = Infinity; lowest > 1; around = lowest) {
    const { rows }: TimelineFacts = ask({ about: "timeline", around });
    const slots = rows.map(({ slot }) => slot);
    expect(slots).toEqual(slots.toSorted((a, b) => b - a));
    for (const row of rows) seen.set(row.key, `${row.slot} ${row.author}`);
    lowest = rows.findLast((row) => row.kind === "block")?.number ?? 1;
  }
  for (const { number, slot, author } of blocks) {
    expect(seen.get(`block ${number}`)).toBe(`${slot} ${author}`);
  }
  const after = missed.filter(({ slot }) => slot > (blocks[0]?.slot ?? 0));
  for (const { slot, author } of after) expect(seen.get(`slot ${slot}`)).toBe(`${slot} ${author}`);
  expect(seen.size).toBe(blocks.length + after.length);
});

function turnsOf(
  list: readonly { slot: number; author: string }[],
  within: { from: number; to: number },
): number[] {
  const mine = devnet.validator(0).aura;
  return list
    .filter(({ slot, author }) => author === mine && slot >= within.from && slot < within.to)
    .map(({ slot }) => slot)
    .toSorted((a, b) => a - b);
}

test("our turns behind us are what happened, those ahead are what happens", async () => {
  const told = ask({ about: "schedule" });
  const { last, constants } = told.chain;
  if (told.turns === null || last === null || constants === null) throw new Error("no turns");
  const turns = turnsAt(told.turns, constants, slotTimeMs(last.slot + 1, constants));
  const { from, to } = turns;
  if (to === null) throw new Error("no turn ahead is known");
  const inState = (state: string): number[] =>
    turns.list.filter((turn) => turn.state === state).map(({ slot }) => slot);
  expect(inState("made")).toEqual(turnsOf(devnet.truth().blocks, { from, to }));
  await devnet.step(to - last.slot);
  const { blocks, missed } = devnet.truth();
  const after = { from: last.slot + 1, to };
  expect(inState("ahead")).toEqual(turnsOf([...blocks, ...missed], after));
  expect(inState("ahead").length + inState("made").length).toBeGreaterThan(0);
  await syncOnce(devnet.url, file, "--keystore", keystore, "--label", "mine");
});

test("a chain that stood still for two epochs tells no turn ahead, whatever the file holds", () => {
  const { turns, chain } = ask({ about: "schedule" });
  if (turns === null || chain.constants === null) throw new Error("no turns");
  const later = (chain.last?.slot ?? 0) + 2 * SLOTS_PER_EPOCH;
  const stale = turnsAt(turns, chain.constants, slotTimeMs(later, chain.constants));
  expect(stale).toMatchObject({ to: null, quiet: [] });
  expect(stale.list.some(({ state }) => state === "ahead")).toBe(false);
});

test("counts of this epoch, seats and rank are those of the truth", () => {
  const { ours, committees, ranked } = ask({ about: "dashboard" });
  const [own] = ours;
  const { blocks, missed } = devnet.truth();
  const epoch = committees.epoch ?? 0;
  const within = ({ slot }: { slot: number }): boolean =>
    Math.floor(slot / SLOTS_PER_EPOCH) === epoch;
  const mine = devnet.validator(0).aura;
  const count = (list: readonly { slot: number; author: string }[]): number =>
    list.filter((each) => within(each) && each.author === mine).length;
  expect(own?.label).toBe("mine");
  expect(own?.epochMade).toBe(count(blocks));
  expect(own?.epochMissed).toBe(
    count(missed.filter(({ slot }) => slot < (blocks.at(-1)?.slot ?? 0))),
  );
  expect(committees.now).toBe(SLOTS_PER_EPOCH);
  expect(committees.next).toBe(SLOTS_PER_EPOCH);
  // Everybody's seats are all the seats there are.
  const { validators } = ask({ about: "validators" });
  const seats = validators.map(({ seatsNext }) => seatsNext ?? 0).reduce((sum, n) => sum + n, 0);
  expect(seats).toBe(SLOTS_PER_EPOCH);
  expect(ranked).toBeGreaterThan(5);
});

test("a search finds what a person would type, and says how far it looked", () => {
  const block = devnet.truth().blocks[399];
  const find = (text: string, from: number | null, up = false): unknown =>
    ask({ about: "find", text, from, up });
  expect(find(block?.hash ?? "", null)).toMatchObject({ number: 400 });
  expect(find((block?.hash ?? "").slice(0, 14), null)).toMatchObject({ number: 400 });
  const own = devnet.truth().blocks.filter(({ author }) => author === devnet.validator(0).aura);
  const above = own.find(({ number }) => number >= 300)?.number ?? -1;
  const below = own.findLast(({ number }) => number <= 300)?.number ?? -1;
  expect(find("MINE", 300, true)).toMatchObject({ number: above });
  expect(find(devnet.validator(0).aura, 300)).toMatchObject({ number: below });
  expect(find("%", null)).toEqual({ number: null, searchedTo: 1 });
});

test("a validator's epochs add up to its counts", () => {
  const { validators } = ask({ about: "validators" });
  for (const { aura, blocks, missed, orphaned } of validators.slice(0, 10)) {
    const { epochs } = ask({ about: "validator", aura });
    const sum = (of: (epoch: (typeof epochs)[number]) => number): number =>
      epochs.reduce((total, epoch) => total + of(epoch), 0);
    expect({
      blocks: sum((e) => e.made),
      missed: sum((e) => e.missed),
      orphaned: sum((e) => e.orphaned),
    }).toEqual({ blocks, missed, orphaned });
  }
});

test("an absent, an empty and a foreign file are told in words, and read once they are there", () => {
  const path = folder.file("later.db");
  using source = openDatabase(path);
  expect(source.answer({ about: "dashboard" }).failure?.message).toContain("no database at");
  openWritable(path)[Symbol.dispose]();
  const empty = source.answer({ about: "dashboard" });
  expect(empty.failure).toBeNull();
  expect(empty.answer).toMatchObject({ facts: { blocks: 0, recent: [], turns: null } });
});

test("a change by the writer is noticed, and only then", () => {
  const path = folder.file("changing.db");
  openWritable(path)[Symbol.dispose]();
  using writable = openWritable(path);
  using source = openDatabase(path);
  expect(source.changed()).toBe(true);
  expect(source.changed()).toBe(false);
  writable.db.run("INSERT INTO meta VALUES ('x', 'y')");
  expect(source.changed()).toBe(true);
  expect(source.changed()).toBe(false);
});
