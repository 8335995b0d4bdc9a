// A validator that changes its Aura key stays the same validator: its sidechain key says so.
import type { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";

import { iterateEpochs } from "../../../core/queries/epochs.ts";
import { readKeyChanges } from "../../../core/queries/key-changes.ts";
import { ALL_SLOTS } from "../../../core/queries/place.ts";
import { readSelection } from "../../../core/queries/selection.ts";
import { readValidator } from "../../../core/queries/validator.ts";
import { readValidators } from "../../../core/queries/validators.ts";
import { writeCandidates } from "../../../core/storage/authorities.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { Count, Fixture } from "../../helpers/query-fixture.ts";
import { countByHand, KEYS, sidechainOf, writeFixture } from "../../helpers/query-fixture.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const folder = temporaryFolder();
const [OLD = "", NEW = ""] = [KEYS[3], KEYS[1]];
const SIDECHAIN = sidechainOf(OLD) ?? "";
let fixture: Fixture;
let both: Count;
let db: Database;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 500);
  {
    using writable = openWritable(fixture.file);
    writeCandidates(writable.db, [
      { aura: OLD, sidechain: SIDECHAIN, grandpa: null, registration: "none" },
      { aura: NEW, sidechain: SIDECHAIN, grandpa: null, registration: "registered" },
    ]);
    writable.db
      .prepare(
        "INSERT INTO key_changes (seen_at_ms, at_block, source, validator, kind, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(1_767_225_600_000, 300, "chain", SIDECHAIN, "aura", OLD, NEW);
  }
  const counts = countByHand(fixture);
  const of = (key: string): Count => counts.get(key) ?? { made: [], missed: [], orphaned: [] };
  const sum = (part: keyof Count): number[] =>
    [...of(OLD)[part], ...of(NEW)[part]].sort((a, b) => a - b);
  both = { made: sum("made"), missed: sum("missed"), orphaned: sum("orphaned") };
  db = openReadable(fixture.file);
});

afterAll(() => {
  db.close();
  folder[Symbol.dispose]();
});

test("it is one row, under its present key, with the counts of both", () => {
  const rows = readValidators(db, { limit: 100, ours: false });
  expect(rows).toHaveLength(KEYS.length - 1);
  const row = rows.find(({ sidechain }) => sidechain === SIDECHAIN);
  expect(row).toMatchObject({
    aura: NEW,
    auras: [NEW, OLD],
    registration: "registered",
    blocks: both.made.length,
    missed: both.missed.length,
    orphaned: both.orphaned.length,
    share: both.made.length / 500,
  });
  expect(row?.rank).toBe(1 + rows.filter(({ blocks }) => blocks > both.made.length).length);
});

test("its old key, its new key and its sidechain key name it", () => {
  const named = [OLD, NEW, SIDECHAIN, OLD.slice(0, 10)].map((word) => readValidator(db, word));
  expect(new Set(named.map(({ aura }) => aura))).toEqual(new Set([NEW]));
  const newest = both.made.slice(-10).toReversed();
  expect(named[0]?.recentBlocks.map(({ slot }) => slot)).toEqual(newest);
  expect(named[0]?.missedSlots.map(({ slot }) => slot)).toEqual(
    both.missed.slice(-10).toReversed(),
  );
});

test("its epochs run through the change", () => {
  const { authors } = readSelection(db, { validator: NEW });
  const page = { offset: 0, limit: Infinity, ascending: true };
  const epochs = [...iterateEpochs(db, { slots: ALL_SLOTS, authors }, page)];
  expect(epochs.reduce((sum, { made }) => sum + made, 0)).toBe(both.made.length);
  expect(epochs.reduce((sum, { missed }) => sum + missed, 0)).toBe(both.missed.length);
});

test("the change itself is told, by any of its keys", () => {
  for (const word of [OLD, NEW, SIDECHAIN]) {
    expect(readKeyChanges(db, word)).toEqual([
      {
        time: "2026-01-01T00:00:00.000Z",
        atBlock: 300,
        source: "chain",
        validator: SIDECHAIN,
        kind: "aura",
        before: OLD,
        after: NEW,
      },
    ]);
  }
  expect(readKeyChanges(db, KEYS[2] ?? "")).toEqual([]);
});
