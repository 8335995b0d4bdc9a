// The dashboard's answers against the truth of a devnet.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import { slotTimeMs } from "../../../core/time.ts";
import { turnsAt } from "../../../core/view/ahead.ts";
import { answer } from "../../../core/view/answer.ts";
import type {
  Answers,
  Around,
  Question,
  StoredEnd,
  TimelineFacts,
} from "../../../core/view/messages.ts";
import { readOurTimeline } from "../../../core/view/our-timeline.ts";
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
  let around: Around | null = null;
  for (let lowest = Infinity; lowest > 1; around = { number: lowest }) {
    const { rows, toStart }: TimelineFacts = ask({ about: "timeline", around, ours: false });
    expect(toStart).toBe(rows.at(-1)?.number === 1);
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

test("the time line of ours holds each of our blocks and turns once, however few fit one answer, in both directions", () => {
  using db = openReadable(file);
  const mine = devnet.validator(0).aura;
  const { blocks, missed } = devnet.truth();
  const isMine = ({ author }: { author: string }): boolean => author === mine;
  const start = blocks[0]?.slot ?? 0;
  const wanted = [
    ...blocks.filter(isMine).map(({ number }) => `block ${number}`),
    ...missed.filter((each) => isMine(each) && each.slot > start).map(({ slot }) => `slot ${slot}`),
  ].toSorted();
  expect(wanted.length).toBeGreaterThan(20);
  const seen = new Set<string>();
  let around: Around | null = null;
  for (let pages = 0, end = false; !end && pages < wanted.length; pages++) {
    const { rows, toStart } = readOurTimeline(db, around, 3);
    expect(rows.length).toBeLessThan(10);
    expect(rows.map(({ slot }) => slot)).toEqual(
      rows.map(({ slot }) => slot).toSorted((a, b) => b - a),
    );
    for (const { key, kind } of rows) if (kind !== "orphan") seen.add(key);
    around = { slot: rows.at(-1)?.slot ?? 0 };
    end = toStart;
  }
  expect([...seen].toSorted()).toEqual(wanted);
  const up = readOurTimeline(db, { number: 1 }, wanted.length);
  expect(up.toStart).toBe(true);
  expect(new Set(up.rows.map(({ key }) => key))).toEqual(seen);
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
  const turns = turnsAt(told.turns, constants, slotTimeMs(last.slot + 1, constants), null);
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
  const stale = turnsAt(turns, chain.constants, slotTimeMs(later, chain.constants), null);
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

test("a search finds what a person would type", () => {
  const hash = devnet.truth().blocks[399]?.hash ?? "";
  const find = (text: string, from: number | null, up = false): unknown =>
    ask({ about: "find", text, from, up });
  expect(find(hash, null)).toMatchObject({ number: 400 });
  expect(find(hash.slice(0, 14), null)).toMatchObject({ number: 400 });
  const own = devnet.truth().blocks.filter(({ author }) => author === devnet.validator(0).aura);
  const above = own.find(({ number }) => number >= 300)?.number ?? -1;
  const below = own.findLast(({ number }) => number <= 300)?.number ?? -1;
  expect(find("MINE", 300, true)).toMatchObject({ number: above });
  expect(find(devnet.validator(0).aura, 300)).toMatchObject({ number: below });
  expect(find(hash.slice(2, 15), 600, false)).toMatchObject({ number: 400 });
  expect(find(hash.slice(0, 15), 399, false)).toMatchObject({ number: null });
  expect(find(hash.slice(0, 15), 2, true)).toMatchObject({ number: 400 });
  // One named in full is found whichever way it lies.
  expect(find(hash, 2)).toMatchObject({ number: 400 });
  expect(find("%", null)).toEqual({ number: null, orphan: null });
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

test("a file behind its node reads the turns ahead from what the node has made since", () => {
  const { turns, chain } = ask({ about: "schedule" });
  if (turns === null || chain.constants === null || chain.last === null)
    throw new Error("no turns");
  const { constants, last } = chain;
  const begun = (Math.floor(last.slot / SLOTS_PER_EPOCH) + 1) * SLOTS_PER_EPOCH;
  const at = (slot: number, best: StoredEnd | null) =>
    turnsAt(
      { ...turns, outlook: { ...turns.outlook, next: null } },
      constants,
      slotTimeMs(slot, constants),
      best,
    );
  // The file alone cannot know that the epoch has its first block; with the node it is known that nothing is.
  expect(at(begun + 3, null).to).toBe(begun + 4);
  expect(at(begun + 3, { number: last.number + 9, slot: begun + 2 }).to).toBeNull();
  const known = turnsAt(turns, constants, slotTimeMs(begun + 3, constants), {
    number: 1,
    slot: begun + 2,
  });
  expect(known).toMatchObject({ to: begun + SLOTS_PER_EPOCH + 1, unseen: begun + 2 - last.slot });
});
