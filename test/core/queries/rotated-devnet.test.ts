// A validator renews its keys in the middle of a chain that is synced all the time: what it made before and after
// is one validator's, as the generator counts it.
import type { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";

import { queryCommand } from "../../../commands/query.ts";
import { iterateBlocks } from "../../../core/queries/blocks.ts";
import { readCommittee } from "../../../core/queries/committee.ts";
import { iterateEpochs } from "../../../core/queries/epochs.ts";
import { readKeyChanges } from "../../../core/queries/key-changes.ts";
import { iterateMissed } from "../../../core/queries/missed.ts";
import { ALL_SLOTS } from "../../../core/queries/place.ts";
import { readSelection } from "../../../core/queries/selection.ts";
import { readValidator } from "../../../core/queries/validator.ts";
import { readRanking } from "../../../core/queries/validators.ts";
import { openReadable } from "../../../core/storage/open.ts";
import type { Truth } from "../../../examples/devnet/devnet.ts";
import { checkInvariants } from "../../helpers/compare.ts";
import type { World } from "../../helpers/health-world.ts";
import { openWorld, runCommand } from "../../helpers/health-world.ts";
import { SLOTS_PER_EPOCH } from "../chain/small-devnet.ts";

const ALL = { offset: 0, limit: Infinity, ascending: true };
const EPOCHS_AFTER = 6;

type Keys = ReturnType<World["devnet"]["validator"]>;
let world: World;
let truth: Truth;
let old: Keys;
let fresh: Keys;
let db: Database;
/** Committees seen ahead, and the epochs they were seen for. */
const ahead: { epoch: number; seats: Map<number, string> }[] = [];

beforeAll(async () => {
  world = await openWorld({ missRate: 0.1 });
  const { devnet, index } = world;
  old = devnet.validator(index);
  fresh = devnet.validator(devnet.rotateKeys(index));
  for (let epoch = 0; epoch < EPOCHS_AFTER; epoch++) {
    await devnet.step(SLOTS_PER_EPOCH);
    await world.sync();
    ahead.push(readAhead());
  }
  await devnet.step(SLOTS_PER_EPOCH);
  await world.sync();
  expect(checkInvariants(world.file)).toEqual([]);
  truth = devnet.truth();
  db = openReadable(world.file);
}, 60_000);

afterAll(async () => {
  db.close();
  await world[Symbol.asyncDispose]();
});

function readAhead(): (typeof ahead)[number] {
  using now = openReadable(world.file);
  const { epoch, members } = readCommittee(now, "next");
  const seats = members.flatMap(({ aura, positions }) =>
    positions.map((position) => [position, aura] as const),
  );
  return { epoch, seats: new Map(seats) };
}

const isTheirs = ({ author }: { author: string }): boolean =>
  author === old.aura || author === fresh.aura;
const epochOf = ({ slot }: { slot: number }): number => Math.floor(slot / SLOTS_PER_EPOCH);

test("the chain holds blocks and missed turns under either key", () => {
  for (const { aura } of [old, fresh]) {
    expect(truth.blocks.filter(({ author }) => author === aura).length).toBeGreaterThan(5);
    expect(truth.missed.some(({ author }) => author === aura)).toBe(true);
  }
  expect(old.aura).not.toBe(fresh.aura);
  expect(old.sidechain).toBe(fresh.sidechain);
});

test("validators: one row with the production of both, ranked by the sum", () => {
  const ranking = readRanking(db).map(({ validator }) => validator);
  const rows = ranking.filter(({ auras }) => auras.some((aura) => isTheirs({ author: aura })));
  const made = truth.blocks.filter(isTheirs).length;
  const missed = truth.missed.filter(isTheirs).length;
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    aura: fresh.aura,
    auras: [fresh.aura, old.aura],
    sidechain: old.sidechain,
    grandpa: fresh.gran,
    blocks: made,
    missed,
    expected: made + missed,
    share: made / truth.blocks.length,
    reliability: made / (made + missed),
    rank: 1 + ranking.filter(({ blocks }) => blocks > made).length,
  });
});

test("validator: any of its keys names it, with its newest blocks and missed slots", () => {
  for (const word of [old.aura, fresh.aura, old.sidechain, old.aura.slice(0, 12)]) {
    const { aura, recentBlocks, missedSlots } = readValidator(db, word);
    expect(aura).toBe(fresh.aura);
    const newest = (facts: { slot: number; author: string }[]): number[] =>
      facts
        .filter(isTheirs)
        .map(({ slot }) => slot)
        .slice(-10)
        .reverse();
    expect(recentBlocks.map(({ slot }) => slot)).toEqual(newest(truth.blocks));
    expect(missedSlots.map(({ slot }) => slot)).toEqual(newest(truth.missed));
  }
});

test("blocks and missed: both keys' are listed, each under the key it was made with", () => {
  const selection = readSelection(db, { validator: fresh.aura });
  const blocks = [...iterateBlocks(db, selection, ALL)];
  expect(blocks.map(({ hash, authorAura }) => [hash, authorAura])).toEqual(
    truth.blocks.filter(isTheirs).map(({ hash, author }) => [hash, author]),
  );
  const missed = [...iterateMissed(db, selection, ALL)];
  expect(missed.map(({ slot, authorAura }) => [slot, authorAura])).toEqual(
    truth.missed.filter(isTheirs).map(({ slot, author }) => [slot, author]),
  );
});

test("epochs: they run through the change, seats of either key counted", () => {
  const { authors } = readSelection(db, { validator: old.aura });
  const epochs = [...iterateEpochs(db, { slots: ALL_SLOTS, authors }, ALL)];
  for (const { epoch, made, missed } of epochs) {
    const within = (each: { slot: number; author: string }): boolean =>
      isTheirs(each) && epochOf(each) === epoch;
    expect({ epoch, made, missed }).toEqual({
      epoch,
      made: truth.blocks.filter(within).length,
      missed: truth.missed.filter(within).length,
    });
  }
  for (const { epoch, seats } of epochs.slice(1)) {
    const { members } = readCommittee(db, { epoch });
    const theirs = members.filter(({ aura }) => isTheirs({ author: aura }));
    expect(seats).toBe(theirs.reduce((sum, member) => sum + member.seats, 0));
    for (const member of theirs) expect(member.sidechain).toBe(old.sidechain);
  }
  const withSeats = (aura: string): number =>
    epochs
      .slice(1)
      .filter(({ epoch }) =>
        readCommittee(db, { epoch }).members.some((each) => each.aura === aura),
      ).length;
  expect(withSeats(old.aura)).toBeGreaterThan(0);
  expect(withSeats(fresh.aura)).toBeGreaterThan(0);
});

test("keys: the change is told once, with both keys, by any of them", () => {
  const changes = readKeyChanges(db);
  expect(changes.map(({ kind }) => kind).toSorted()).toEqual(["aura", "grandpa"]);
  expect(changes.find(({ kind }) => kind === "aura")).toMatchObject({
    source: "chain",
    validator: old.sidechain,
    before: old.aura,
    after: fresh.aura,
  });
  for (const word of [old.aura, fresh.aura, old.sidechain])
    expect(readKeyChanges(db, word)).toEqual(changes);
});

test("committee --next: what was seen ahead is whose turn it then was, seat by seat", () => {
  expect(ahead.length).toBe(EPOCHS_AFTER);
  let compared = 0;
  for (const { epoch, seats } of ahead) {
    expect(seats.size).toBe(SLOTS_PER_EPOCH);
    const first = truth.blocks.find((block) => epochOf(block) === epoch)?.slot ?? Infinity;
    const turns = [...truth.blocks, ...truth.missed].filter((each) => epochOf(each) === epoch);
    for (const { slot, author } of turns) {
      // Up to the first block the committee before is on duty.
      if (slot <= first) continue;
      expect({ slot, author: seats.get(slot % seats.size) }).toEqual({ slot, author });
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan((EPOCHS_AFTER - 1) * SLOTS_PER_EPOCH);
});

test("the command tells the same: performance of ours, keys, the committee to come", async () => {
  const ask = async (...words: string[]): Promise<unknown> => {
    const { code, out } = await runCommand(queryCommand, [...words, "--json", "-d", world.file]);
    expect(code).toBe(0);
    return JSON.parse(out);
  };
  const made = truth.blocks.filter(isTheirs).length;
  const missed = truth.missed.filter(isTheirs).length;
  expect(await ask("performance", "--ours")).toMatchObject([
    { aura: fresh.aura, ours: true, blocks: made, missed, expected: made + missed },
  ]);
  expect(await ask("keys", old.aura)).toEqual(readKeyChanges(db).map((each) => ({ ...each })));
  const next = readCommittee(db, "next");
  expect(await ask("committee", "--next", "--limit", "all")).toEqual(next.members);
  expect(next.members.some(({ aura }) => aura === fresh.aura)).toBe(true);
  expect(next.members.some(({ aura }) => aura === old.aura)).toBe(false);
});
