import type { Database } from "bun:sqlite";
// Every count against one made by hand: block by block, slot by slot.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { readSummary } from "../../../core/queries/summary.ts";
import type { Validator } from "../../../core/queries/validators.ts";
import { readValidators } from "../../../core/queries/validators.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { Count, Fixture } from "../../helpers/query-fixture.ts";
import {
  CHAIN,
  countByHand,
  GENESIS,
  KEYS,
  LABEL,
  NAME,
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

function all(): Validator[] {
  return readValidators(db, { limit: 1000, ours: false });
}

function timeOf(slot: number): string {
  return new Date(slot * CHAIN.slotDurationMs).toISOString();
}

test("the fixture holds what is to be told apart", () => {
  expect(fixture.blocks).toHaveLength(500);
  expect(fixture.orphans.length).toBeGreaterThan(20);
  for (const what of ["unknown", "schedule", "seal"]) {
    expect(fixture.blocks.some(({ attribution }) => attribution === what)).toBe(true);
  }
  const closed = db.query<{ closed_epoch: number }, []>("SELECT closed_epoch FROM state").get();
  expect(closed?.closed_epoch).toBeGreaterThan(0);
  expect(counts.get("unknown")?.missed.length).toBeGreaterThan(0);
});

test("made, missed, orphaned and the last block of each validator equal those counted by hand", () => {
  const validators = all();
  expect(validators.map(({ aura }) => aura).toSorted()).toEqual(KEYS.toSorted());
  for (const validator of validators) {
    const { made, missed, orphaned } = counts.get(validator.aura) ?? {
      made: [],
      missed: [],
      orphaned: [],
    };
    const last = fixture.blocks.findLast(({ author }) => author === validator.aura);
    expect(validator).toMatchObject({
      sidechain: sidechainOf(validator.aura),
      blocks: made.length,
      missed: missed.length,
      expected: made.length + missed.length,
      orphaned: orphaned.length,
      share: made.length / 500,
      lastBlock: last?.number ?? null,
      lastBlockTime: last === undefined ? null : timeOf(last.slot),
      ours: validator.aura === OURS,
      label: validator.aura === OURS ? LABEL : null,
    });
  }
});

test("a rank is one more than the number of validators who made more, and follows the list", () => {
  const validators = all();
  const ranked = validators.filter(({ rank }) => rank !== null);
  expect(ranked).toHaveLength(ON_DUTY);
  for (const { rank, blocks } of ranked) {
    expect(rank).toBe(1 + validators.filter((other) => other.blocks > blocks).length);
  }
  expect(ranked.map(({ rank }) => rank)).toEqual(
    ranked.map(({ rank }) => rank).toSorted((a, b) => Number(a) - Number(b)),
  );
});

test("candidates that never had a turn come last, with zeros and no rank", () => {
  const idle = all().slice(ON_DUTY);
  expect(idle.map(({ aura }) => aura)).toEqual(KEYS.slice(ON_DUTY).toSorted());
  for (const validator of idle) {
    expect(validator).toMatchObject({
      blocks: 0,
      expected: 0,
      share: 0,
      rank: null,
      lastBlock: null,
    });
    expect(validator.reliability).toBeNull();
  }
});

test("ours alone keep the rank and share they have among all", () => {
  const among = all().find(({ aura }) => aura === OURS);
  const alone = readValidators(db, { limit: 10, ours: true });
  expect(alone).toEqual(among === undefined ? [] : [among]);
  expect(alone[0]?.share).toBeLessThan(1);
});

test("shares of the known authors and the unattributed part make a whole", () => {
  const sum = all().reduce((total, { share }) => total + (share ?? 0), 0);
  const unknown = counts.get("unknown")?.made.length ?? 0;
  expect(unknown).toBeGreaterThan(0);
  expect(sum + unknown / 500).toBeCloseTo(1, 12);
});

test("equal counts share a rank and the next rank is skipped", () => {
  const file = folder.file("ties.db");
  writeFixture(file, 60);
  {
    using writable = openWritable(file);
    writable.db.run("DELETE FROM tallies");
    // Every epoch closed: the totals alone count.
    writable.db.run("UPDATE state SET closed_epoch = 1000000000, closed_block = 1000000000");
    writable.db.run("DELETE FROM totals");
    writable.db.run(
      "INSERT INTO totals (author, made, missed, orphaned, last_block) VALUES (1,9,0,0,0),(2,5,1,0,0),(3,5,0,0,0),(4,2,0,0,0),(5,0,3,0,0)",
    );
  }
  using ties = openReadable(file);
  const validators = readValidators(ties, { limit: 100, ours: false });
  expect(validators.map(({ rank }) => rank)).toEqual([1, 2, 2, 4, 5, null, null, null, null]);
  expect(validators.map(({ blocks }) => blocks).slice(0, 5)).toEqual([9, 5, 5, 2, 0]);
  // Of equals, whoever missed less stands first.
  expect(validators.map(({ missed }) => missed).slice(1, 3)).toEqual([0, 1]);
});

test("the summary adds up to what was written", () => {
  const { blocks, orphans } = fixture;
  const first = blocks[0];
  const last = blocks.at(-1);
  const unknown = blocks.filter(({ author }) => author === null).length;
  const missed = [...counts.values()].reduce((sum, each) => sum + each.missed.length, 0);
  const { databaseBytes, ...summary } = readSummary(db);
  expect(databaseBytes).toBeGreaterThan(10_000);
  expect(summary).toEqual({
    blocks: 500,
    firstBlock: 41,
    firstBlockTime: timeOf(first?.slot ?? 0),
    lastBlock: 540,
    lastBlockTime: timeOf(last?.slot ?? 0),
    finalizedBlock: fixture.finalized,
    gaps: 0,
    attributed: 500 - unknown,
    unattributed: unknown,
    attributedShare: (500 - unknown) / 500,
    orphaned: orphans.length,
    missedSlots: missed,
    validators: KEYS.length,
    ourValidators: 1,
    chain: { name: NAME, genesisHash: GENESIS, ...CHAIN },
    runtimes: [
      { fromBlock: 41, specVersion: 1_000_000 },
      { fromBlock: 100, specVersion: 1_001_000 },
    ],
  });
});

test("a database nothing was synced into knows nothing and says so with nulls", () => {
  const file = folder.file("empty.db");
  openWritable(file)[Symbol.dispose]();
  using empty = openReadable(file);
  expect(readSummary(empty)).toMatchObject({
    blocks: 0,
    firstBlock: null,
    lastBlock: null,
    finalizedBlock: null,
    attributedShare: null,
    gaps: 0,
    chain: { name: null, genesisHash: null, slotDurationMs: null, slotsPerEpoch: null },
  });
  expect(readValidators(empty, { limit: 10, ours: false })).toEqual([]);
});

test("no count reads the table of blocks", () => {
  using copy = openReadable(fixture.file);
  const plans: string[] = [];
  const query = copy.query.bind(copy);
  // What each statement would do, asked before it does it.
  const spying = Object.assign(copy, {
    query: (sql: string) => {
      plans.push(
        ...query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => detail),
      );
      return query(sql);
    },
  });
  readSummary(spying);
  readValidators(spying, { limit: 10, ours: false });
  expect(plans.length).toBeGreaterThan(5);
  expect(plans.filter((plan) => /SCAN (blocks|b|tallies)\b/.test(plan))).toEqual([]);
});
