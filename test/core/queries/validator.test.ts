import type { Database } from "bun:sqlite";
// One validator: who is meant, and what it did lately.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { MonitorError } from "../../../core/errors.ts";
import { readValidator } from "../../../core/queries/validator.ts";
import { readValidators } from "../../../core/queries/validators.ts";
import { writeOurs } from "../../../core/storage/authorities.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { Count, Fixture } from "../../helpers/query-fixture.ts";
import {
  CHAIN,
  countByHand,
  KEYS,
  LABEL,
  ON_DUTY,
  OURS,
  sidechainOf,
  writeFixture,
} from "../../helpers/query-fixture.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const folder = temporaryFolder();
let fixture: Fixture;
let counts: Map<string, Count>;
let db: Database;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 500);
  counts = countByHand(fixture);
  db = openReadable(fixture.file);
});

afterAll(() => {
  db.close();
  folder[Symbol.dispose]();
});

function refusal(word: string, from = db): MonitorError {
  try {
    readValidator(from, word);
  } catch (error) {
    if (error instanceof MonitorError) return error;
    throw error;
  }
  throw new Error(`${word} was accepted`);
}

function epochOf(slot: number): number {
  return Math.floor(slot / CHAIN.slotsPerEpoch);
}

test("recent blocks are the newest ten, newest first, of every validator", () => {
  for (const key of KEYS.slice(0, ON_DUTY)) {
    const mine = fixture.blocks.filter(({ author }) => author === key);
    const { recentBlocks } = readValidator(db, key);
    expect(recentBlocks.map(({ hash }) => hash)).toEqual(
      mine
        .slice(-10)
        .toReversed()
        .map(({ hash }) => hash),
    );
    expect(recentBlocks.every(({ authorAura }) => authorAura === key)).toBe(true);
  }
});

test("recent missed slots are the newest ten, newest first, of every validator", () => {
  for (const key of KEYS) {
    const { missedSlots } = readValidator(db, key);
    const missed = counts.get(key)?.missed ?? [];
    expect(missedSlots.map(({ slot }) => slot)).toEqual(missed.slice(-10).toReversed());
  }
});

test("the last ten epochs of the chain are counted, those without a turn too", () => {
  const newest = epochOf(fixture.blocks.at(-1)?.slot ?? 0);
  for (const key of KEYS) {
    const count = counts.get(key) ?? { made: [], missed: [], orphaned: [] };
    const inEpoch = (slots: number[], epoch: number): number =>
      slots.filter((slot) => epochOf(slot) === epoch).length;
    const byHand = Array.from({ length: 10 }, (_, i) => {
      const epoch = newest - i;
      const made = inEpoch(count.made, epoch);
      const missed = inEpoch(count.missed, epoch);
      const orphaned = inEpoch(count.orphaned, epoch);
      return { epoch, made, missed, orphaned, expected: made + missed };
    });
    expect(readValidator(db, key).epochs).toEqual(byHand);
  }
});

test("the totals are those of the list", () => {
  const listed = readValidators(db, { limit: 1, ours: true })[0];
  expect(readValidator(db, OURS)).toMatchObject({ ...listed });
});

test("a candidate without a turn has no blocks and no missed slots", () => {
  const idle = readValidator(db, KEYS[ON_DUTY] ?? "");
  expect(idle).toMatchObject({ blocks: 0, rank: null, recentBlocks: [], missedSlots: [] });
});

test("a key may be Aura or sidechain, with or without 0x, in any case, or its first six digits", () => {
  const sidechain = sidechainOf(OURS) ?? "";
  const words = [
    OURS,
    OURS.slice(2),
    OURS.toUpperCase().replace("0X", "0x"),
    OURS.slice(0, 8),
    OURS.slice(2, 8).toUpperCase(),
    sidechain,
    sidechain.slice(2),
    sidechain.toUpperCase(),
    sidechain.slice(0, 14),
    LABEL,
    LABEL.toUpperCase(),
  ];
  for (const word of words) expect(readValidator(db, word).aura).toBe(OURS);
});

test("a word that names nobody, or is too short, is refused with what to do", () => {
  expect(refusal("0xffffffff")).toMatchObject({ code: "usage" });
  expect(refusal("0xffffffff").hint).toContain("mvm query validators");
  expect(refusal(OURS.slice(0, 7)).hint).toContain("6 hex digits");
  expect(refusal("nobody").message).toContain("nobody");
});

test("a prefix or label of several validators is refused with their keys", () => {
  const file = folder.file("twins.db");
  writeFixture(file, 60);
  const twins = ["0xabcdef01", "0xabcdef02"].map((start) => start.padEnd(66, "0"));
  {
    using writable = openWritable(file);
    writeOurs(
      writable.db,
      twins.map((aura) => ({ aura, label: "twins" })),
    );
  }
  using both = openReadable(file);
  for (const word of ["abcdef", "0xABCDEF0", "twins"]) {
    const error = refusal(word, both);
    expect(error.message).toContain("2 validators");
    for (const key of twins) expect(error.hint).toContain(key);
  }
  expect(readValidator(both, "abcdef01").aura).toBe(twins[0] ?? "");
});

test("a database without validators says to sync first", () => {
  const file = folder.file("empty.db");
  openWritable(file)[Symbol.dispose]();
  using empty = openReadable(file);
  expect(refusal(OURS, empty).hint).toContain("mvm sync");
});
