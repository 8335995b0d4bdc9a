// Every question on a chain with forks, missed slots and rotations, against what the generator says happened.
import type { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";

import { readBlock } from "../../../core/queries/block.ts";
import { iterateBlocks, iterateOrphans } from "../../../core/queries/blocks.ts";
import { readCommittee } from "../../../core/queries/committee.ts";
import { readCoverage } from "../../../core/queries/coverage.ts";
import type { EpochRecord } from "../../../core/queries/epochs.ts";
import { COUNTED, iterateEpochs, iterateEpochsBy } from "../../../core/queries/epochs.ts";
import { iterateMissed } from "../../../core/queries/missed.ts";
import { ALL_SLOTS } from "../../../core/queries/place.ts";
import type { Selection, Wanted } from "../../../core/queries/selection.ts";
import { readSelection, slotsOf, sortRows } from "../../../core/queries/selection.ts";
import { readTrends } from "../../../core/queries/trends.ts";
import { readRanking } from "../../../core/queries/validators.ts";
import { openReadable } from "../../../core/storage/open.ts";
import type { Devnet, Truth } from "../../../examples/devnet/devnet.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants } from "../../helpers/compare.ts";
import { startSync, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";

/** An epoch of 4 minutes: 48 of them are no day, so days cut through spans and epochs. */
const PER_EPOCH = 20;
const SLOT_MS = 12_000;
const ALL = { offset: 0, limit: Infinity, ascending: true };
const folder = temporaryFolder();
let devnet: Devnet;
let truth: Truth;
let db: Database;
/** Orphans were seen from here on. */
let followedFrom = 0;

beforeAll(async () => {
  devnet = await startDevnet({
    seed: "queries",
    history: 3000,
    validators: 25,
    permissioned: 5,
    seats: 30,
    slotMs: SLOT_MS,
    slotsPerEpoch: PER_EPOCH,
    missRate: 0.08,
    forkRate: 0.05,
    forkDepth: 3,
    pruning: "archive",
  });
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  followedFrom = devnet.truth().best + 1;
  for (let done = 0; done < 500; done += 5) {
    await devnet.step(5);
    const { best, finalized } = devnet.truth();
    await sync.until(`block ${best}`, () => {
      const stored = storedHeights(file);
      return stored.last >= best && stored.finalized >= finalized;
    });
  }
  sync.kill("SIGTERM");
  await sync.exited;
  expect(checkInvariants(file)).toEqual([]);
  truth = devnet.truth();
  db = openReadable(file);
}, 120_000);

afterAll(async () => {
  db.close();
  await devnet.stop();
  folder[Symbol.dispose]();
});

interface Facts {
  made: Truth["blocks"];
  missed: Truth["missed"];
  orphaned: Truth["blocks"];
}

/** What the generator knows of some slots, of everybody or of one author. */
function factsIn({ from, to }: { from: number; to: number }, author?: string): Facts {
  const within = (each: { slot: number; author: string }): boolean =>
    each.slot >= from && each.slot < to && (author === undefined || each.author === author);
  return {
    made: truth.blocks.filter(within),
    missed: truth.missed.filter(within),
    orphaned: truth.orphans.filter((each) => each.number >= followedFrom && within(each)),
  };
}

function counted(facts: Facts): { made: number; missed: number; orphaned: number } {
  const { made, missed, orphaned } = facts;
  return { made: made.length, missed: missed.length, orphaned: orphaned.length };
}

function select(wanted: Wanted): Selection {
  return readSelection(db, wanted);
}

function authors(): string[] {
  return [...new Set(truth.blocks.map(({ author }) => author))];
}

const slots = (epoch: number): { from: number; to: number } => ({
  from: epoch * PER_EPOCH,
  to: (epoch + 1) * PER_EPOCH,
});

/** Bounds of every kind, and the slots they mean. */
function bounds(): { wanted: Wanted; span: { from: number; to: number } }[] {
  const slotAt = (number: number): number => truth.blocks[number - 1]?.slot ?? 0;
  const last = truth.blocks.at(-1)?.slot ?? 0;
  const epoch = Math.floor(slotAt(1700) / PER_EPOCH);
  const days = (n: number): number => last * SLOT_MS - n * 3_600_000;
  return [
    { wanted: {}, span: ALL_SLOTS },
    { wanted: { from: 700, to: 2411 }, span: { from: slotAt(700), to: slotAt(2412) } },
    { wanted: { from: 3400 }, span: { from: slotAt(3400), to: Infinity } },
    { wanted: { epoch }, span: slots(epoch) },
    { wanted: { sinceMs: days(5) }, span: { from: Math.ceil(days(5) / SLOT_MS), to: Infinity } },
    {
      wanted: { sinceMs: days(9) + 1, untilMs: days(3) },
      span: { from: Math.ceil((days(9) + 1) / SLOT_MS), to: Math.ceil(days(3) / SLOT_MS) },
    },
  ];
}

test("the chain holds what is to be told apart", () => {
  expect(truth.blocks.length).toBeGreaterThan(3300);
  expect(truth.missed.length).toBeGreaterThan(150);
  expect(factsIn(ALL_SLOTS).orphaned.length).toBeGreaterThan(10);
  const closed = db.query<{ n: number }, []>("SELECT count(DISTINCT span) AS n FROM spans").get();
  expect(closed?.n).toBeGreaterThan(3);
});

test("blocks and missed slots by any bounds, of all and of one, are those that happened", () => {
  for (const { wanted, span } of bounds()) {
    for (const author of [undefined, ...authors().slice(0, 4)]) {
      const selection = select({ ...wanted, validator: author });
      const { made, missed } = factsIn(span, author);
      const read = [...iterateBlocks(db, selection, ALL)];
      expect(
        read.map(({ hash, authorAura, parentHash }) => [hash, authorAura, parentHash]),
      ).toEqual(made.map(({ hash, author: by, parentHash }) => [hash, by, parentHash]));
      const turns = [...iterateMissed(db, selection, { ...ALL, ascending: false })].reverse();
      expect(turns.map(({ slot, authorAura }) => [slot, authorAura])).toEqual(
        missed.map(({ slot, author: turn }) => [slot, turn]),
      );
    }
  }
});

test("an offset passes over as many as it says, from either end, whatever is walked past", () => {
  for (const { wanted } of bounds()) {
    for (const author of [undefined, ...authors().slice(0, 3)]) {
      const selection = select({ ...wanted, validator: author });
      for (const ascending of [true, false]) {
        const whole = { ...ALL, ascending };
        const blocks = [...iterateBlocks(db, selection, whole)].map(({ number }) => number);
        const turns = [...iterateMissed(db, selection, whole)].map(({ slot }) => slot);
        for (const offset of [1, 7, blocks.length >> 1, blocks.length - 2, blocks.length + 5]) {
          const page = { ascending, limit: 5, offset: Math.max(0, offset) };
          const end = page.offset + 5;
          expect([...iterateBlocks(db, selection, page)].map(({ number }) => number)).toEqual(
            blocks.slice(page.offset, end),
          );
          expect([...iterateMissed(db, selection, page)].map(({ slot }) => slot)).toEqual(
            turns.slice(page.offset, end),
          );
        }
      }
    }
  }
});

test("epochs sorted by any count are all epochs, in that order, the newest first among equals", () => {
  for (const author of [undefined, authors()[0]]) {
    const { authors: ids } = select({ validator: author });
    const which = { slots: ALL_SLOTS, authors: ids };
    const newestFirst = [...iterateEpochs(db, which, { ...ALL, ascending: false })];
    for (const column of COUNTED) {
      for (const descending of [true, false]) {
        const sorted = sortRows(newestFirst, column, descending);
        const by = { column, descending };
        expect([...iterateEpochsBy(db, which, by, { offset: 3, limit: 20 })]).toEqual(
          sorted.slice(3, 23),
        );
      }
    }
  }
});

test("a missed slot is orphaned exactly when a block of it was seen and lost", () => {
  const lost = new Map(factsIn(ALL_SLOTS).orphaned.map(({ slot, hash }) => [slot, hash]));
  let orphaned = 0;
  for (const { slot, what, orphanHash } of iterateMissed(db, select({}), ALL)) {
    expect({ slot, what }).toEqual({ slot, what: lost.has(slot) ? "orphaned" : "no block" });
    if (what === "orphaned") orphaned += 1;
    if (orphanHash !== null) expect([...lost.values()]).toContain(orphanHash);
  }
  expect(orphaned).toBeGreaterThan(5);
});

test("orphans are those that lost while it was watched", () => {
  const read = [...iterateOrphans(db, select({}), ALL)];
  const happened = factsIn(ALL_SLOTS).orphaned;
  expect(read.map(({ hash }) => hash).toSorted()).toEqual(
    happened.map(({ hash }) => hash).toSorted(),
  );
});

test("rankings within any bounds count what happened there", () => {
  for (const { wanted, span } of bounds()) {
    const selection = select(wanted);
    const ranking = readRanking(db, slotsOf(db, selection)).map(({ validator }) => validator);
    const all = factsIn(span);
    for (const validator of ranking) {
      const { made, missed, orphaned } = counted(factsIn(span, validator.aura));
      expect(validator).toMatchObject({
        blocks: made,
        missed,
        orphaned,
        expected: made + missed,
        share: made / all.made.length,
        lastBlock: factsIn(span, validator.aura).made.at(-1)?.number ?? null,
      });
      const better = ranking.filter(({ blocks }) => blocks > made).length;
      expect(validator.rank).toBe(made + missed === 0 ? null : better + 1);
    }
    expect(ranking.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(all.made.length);
  }
});

function checkEpoch(record: EpochRecord, author: string | undefined): void {
  const all = factsIn(slots(record.epoch));
  const theirs = counted(factsIn(slots(record.epoch), author));
  expect(record).toMatchObject({
    ...theirs,
    expected: theirs.made + theirs.missed,
    blocks: all.made.length,
    time: new Date(record.epoch * PER_EPOCH * SLOT_MS).toISOString(),
  });
}

/** Turns, against those of the mean share of the last 48 committees of one size. */
function checkLuck(records: readonly EpochRecord[]): void {
  let judged = 0;
  for (const [i, { expected, luck, committeeSize }] of records.entries()) {
    const last = records.slice(Math.max(0, i - 47), i + 1).toReversed();
    const other = last.findIndex((each) => each.committeeSize !== committeeSize);
    const alike = other === -1 ? last : last.slice(0, other);
    const shares = alike.map(({ seats, committeeSize: size }) => (seats ?? 0) / (size ?? 1));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const isWhole = i < records.length - 1;
    if (shares.length < 2 || !isWhole || mean === 0) expect(luck).toBeNull();
    else expect(luck).toBeCloseTo(expected / (mean * PER_EPOCH), 9);
    judged += luck === null ? 0 : 1;
  }
  expect(judged).toBeGreaterThan(100);
}

test("epochs add up, for all and for one, and none is left out", () => {
  for (const author of [undefined, ...authors().slice(0, 3)]) {
    const { authors: ids } = select({ validator: author });
    const epochs = [...iterateEpochs(db, { slots: ALL_SLOTS, authors: ids }, ALL)];
    for (const record of epochs) checkEpoch(record, author);
    if (author !== undefined) checkLuck(epochs);
    else expect(epochs.every(({ luck }) => luck === null)).toBe(true);
    const numbers = epochs.map(({ epoch }) => epoch);
    const first = Math.floor((truth.blocks[0]?.slot ?? 0) / PER_EPOCH);
    expect(numbers).toEqual(numbers.map((_, i) => first + i));
  }
});

test("days add up, though no epoch or span ends with a day", () => {
  for (const author of [undefined, ...authors().slice(0, 3)]) {
    const { authors: ids } = select({ validator: author });
    const days = readTrends(db, { authors: ids, days: 400 });
    for (const day of days) {
      const from = Math.ceil(Date.parse(day.day) / SLOT_MS);
      const to = Math.ceil((Date.parse(day.day) + 86_400_000) / SLOT_MS);
      expect(day).toMatchObject(counted(factsIn({ from, to }, author)));
    }
    const whole = counted(factsIn(ALL_SLOTS, author)).made;
    expect(days.reduce((sum, { made }) => sum + made, 0)).toBe(whole);
  }
});

test("the committee of an epoch decides its slots, seat by seat", () => {
  const epochs = [...new Set(truth.blocks.map(({ slot }) => Math.floor(slot / PER_EPOCH)))];
  for (const epoch of epochs.slice(2, -1)) {
    const { members, size } = readCommittee(db, { epoch });
    const turns = [...factsIn(slots(epoch)).made.slice(1), ...factsIn(slots(epoch)).missed];
    const first = factsIn(slots(epoch)).made[0]?.slot ?? 0;
    for (const { slot, author } of turns) {
      // Up to its first block the committee before is on duty.
      if (slot <= first) continue;
      const holder = members.find(({ positions }) => positions.includes(slot % size));
      expect({ epoch, slot, holder: holder?.aura }).toEqual({ epoch, slot, holder: author });
    }
  }
});

test("a block names its seat, what was missed before it, and its rivals", () => {
  const rivals = factsIn(ALL_SLOTS).orphaned;
  for (const { number } of rivals) {
    const block = readBlock(db, number);
    expect(block.rivals.map(({ hash }) => hash).toSorted()).toEqual(
      rivals
        .filter((each) => each.number === number)
        .map(({ hash }) => hash)
        .toSorted(),
    );
    const parent = truth.blocks[number - 2]?.slot ?? 0;
    const between = factsIn({ from: parent + 1, to: block.slot }).missed;
    expect(block.missed.map(({ slot }) => slot)).toEqual(between.map(({ slot }) => slot));
    expect(block).toMatchObject({
      missedBefore: between.length,
      seat: block.slot % (block.committeeSize ?? 0),
    });
  }
});

test("coverage says since when, and counts the seals that were checked", () => {
  const seals = db
    .query<{ verified: number }, []>("SELECT count(*) AS verified FROM blocks WHERE flags >> 2 = 1")
    .get();
  expect(readCoverage(db)).toMatchObject({
    sinceBlock: 1,
    sinceTime: new Date((truth.blocks[0]?.slot ?? 0) * SLOT_MS).toISOString(),
    blocks: truth.blocks.length,
    attributed: truth.blocks.length,
    unattributed: 0,
    gaps: 0,
    missedSlots: truth.missed.length,
    turnsUnknown: 0,
    sealVerified: seals?.verified,
    sealMismatched: 0,
  });
  expect(seals?.verified).toBeGreaterThan(100);
});
