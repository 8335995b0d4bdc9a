import type { Database } from "bun:sqlite";
// Block lists against the blocks that were written.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { readBlocks, readOrphans } from "../../../core/queries/blocks.ts";
import { readGaps } from "../../../core/queries/gaps.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { Fixture, PlainBlock } from "../../helpers/query-fixture.ts";
import { CHAIN, LABEL, OURS, sidechainOf, writeFixture } from "../../helpers/query-fixture.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const folder = temporaryFolder();
let fixture: Fixture;
let db: Database;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 200);
  db = openReadable(fixture.file);
});

afterAll(() => {
  db.close();
  folder[Symbol.dispose]();
});

/** Cardano preview: epochs of a day since 2022-10-25. */
function previewEpoch(timeMs: number): number {
  return Math.floor((timeMs - Date.UTC(2022, 9, 25)) / 86_400_000);
}

function expected(block: PlainBlock, canonical: boolean): unknown {
  const { author, seal } = block;
  const timeMs = block.slot * CHAIN.slotDurationMs;
  return {
    number: block.number,
    hash: block.hash,
    parentHash: block.parentHash,
    slot: block.slot,
    epoch: Math.floor(block.slot / CHAIN.slotsPerEpoch),
    mainchainEpoch: previewEpoch(timeMs),
    time: new Date(timeMs).toISOString(),
    authorAura: author,
    authorSidechain: author === null ? null : sidechainOf(author),
    label: author === OURS ? LABEL : null,
    ours: author === OURS,
    attribution: block.attribution,
    sealVerified: seal === "verified" ? true : seal === "mismatch" ? false : null,
    canonical,
    finalized: canonical && block.number <= fixture.finalized,
    extrinsics: block.extrinsics,
  };
}

test("every stored block is given back as it was written, newest first", () => {
  const blocks = readBlocks(db, { limit: 1000 });
  const written = fixture.blocks.toReversed().map((block) => expected(block, true));
  expect<unknown>(blocks).toEqual(written);
});

test("the first block's parent hash is that of the chain's start", () => {
  const [first] = readBlocks(db, { to: fixture.firstNumber, limit: 1 });
  expect(first?.parentHash).toBe(fixture.startHash);
});

test("a limit takes the newest of a range", () => {
  const numbers = (range: { from?: number; to?: number; limit: number }): number[] =>
    readBlocks(db, range).map(({ number }) => number);
  expect(numbers({ limit: 3 })).toEqual([240, 239, 238]);
  expect(numbers({ from: 100, to: 110, limit: 3 })).toEqual([110, 109, 108]);
  expect(numbers({ from: 239, limit: 10 })).toEqual([240, 239]);
  expect(numbers({ to: 42, limit: 10 })).toEqual([42, 41]);
  expect(numbers({ from: 1000, limit: 10 })).toEqual([]);
});

test("orphans are listed apart, with their own parents, and never count as final", () => {
  const written = fixture.orphans
    .toSorted((a, b) => b.number - a.number || (a.hash < b.hash ? -1 : 1))
    .map((block) => expected(block, false));
  expect(written.length).toBeGreaterThan(5);
  expect<unknown>(readOrphans(db, { limit: 1000 })).toEqual(written);
});

test("what the constants would tell stays unknown without them", () => {
  const file = folder.file("no-constants.db");
  writeFixture(file, 40);
  {
    using writable = openWritable(file);
    writable.db.run("DELETE FROM meta");
  }
  using bare = openReadable(file);
  const [block] = readBlocks(bare, { limit: 1 });
  expect(block).toMatchObject({ number: 80, epoch: null, time: null, mainchainEpoch: null });
});

test("a database without a hole has no gaps", () => {
  expect(readGaps(db)).toEqual([]);
});

test("gaps are named by the first and last missing block", () => {
  const file = folder.file("holes.db");
  writeFixture(file, 100);
  {
    // The writer refuses to leave a hole; only a hand from outside can.
    using writable = openWritable(file);
    writable.db.run("DELETE FROM blocks WHERE number = 50 OR number BETWEEN 60 AND 69");
    writable.db.run("UPDATE totals SET made = made - 11 WHERE author = 1");
  }
  using holes = openReadable(file);
  expect(readGaps(holes)).toEqual([
    { from: 50, to: 50, missing: 1 },
    { from: 60, to: 69, missing: 10 },
  ]);
  const [after] = readBlocks(holes, { to: 51, limit: 1 });
  expect(after).toMatchObject({ number: 51, parentHash: null });
});
