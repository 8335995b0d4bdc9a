// What a transaction leaves in the file: all of a batch or nothing, and counts that equal the rows.
import { describe, expect, test } from "bun:test";

import { bindConstants, bindToChain } from "../../../core/storage/meta.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { readFinalized, readPosition, readRange } from "../../../core/storage/position.ts";
import type { Writer } from "../../../core/storage/write.ts";
import { openWriter } from "../../../core/storage/write.ts";
import type { JudgedBlock } from "../../../core/types.ts";
import { checkInvariants } from "../../helpers/compare.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { ANNA, BERT, buildChain, CARL, CHAIN, GENESIS, hexOf } from "./build-chain.ts";

const TABLES = [
  "blocks",
  "missed",
  "committees",
  "orphans",
  "tallies",
  "totals",
  "runtimes",
  "hash_prefixes",
];

interface Store extends Disposable {
  writer: Writer;
  rows: (sql: string) => unknown[];
  /** Every row of every table. */
  dump: () => unknown[];
  faults: () => string[];
  position: (number: number) => ReturnType<typeof readPosition>;
  range: () => ReturnType<typeof readRange>;
  finalized: () => ReturnType<typeof readFinalized>;
}

function openStore(start = GENESIS): Store {
  const folder = temporaryFolder();
  const path = folder.file("mvm.db");
  const file = openWritable(path);
  const { db } = file;
  bindToChain(db, { name: "test", genesisHash: GENESIS.hash, block1Hash: null });
  bindConstants(db, CHAIN);
  const writer = openWriter(db, CHAIN);
  writer.start(start);
  const rows = (sql: string): unknown[] => db.prepare(sql).values();
  return {
    writer,
    rows,
    dump: () => [...TABLES, "authorities", "state"].map((table) => rows(`SELECT * FROM ${table}`)),
    faults: () => checkInvariants(path),
    position: (number) => readPosition(db, writer.dictionary, number),
    range: () => readRange(db),
    finalized: () => readFinalized(db),
    [Symbol.dispose]: () => {
      file[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

function tip(blocks: readonly JudgedBlock[]) {
  const last = blocks.at(-1);
  if (last === undefined) throw new Error("no blocks");
  return last.position;
}

function at(blocks: readonly JudgedBlock[], number: number): JudgedBlock {
  const block = blocks.find(({ header }) => header.number === number);
  if (block === undefined) throw new Error(`no block ${number}`);
  return block;
}

describe("a batch", () => {
  test("is there with its missed slots, lists, runtimes and counts", () => {
    using store = openStore();
    const list = [BERT, BERT, ANNA];
    const blocks = buildChain(GENESIS, [
      5,
      6,
      8,
      { slot: 10, list },
      { slot: 12, spec: 1_001_000 },
    ]);
    store.writer.commit({ blocks });
    expect(store.range()).toEqual({ first: 1, last: 5 });
    expect(store.rows("SELECT slot FROM missed ORDER BY slot")).toEqual([[7], [9], [11]]);
    expect(store.rows("SELECT * FROM runtimes")).toEqual([
      [1, 1_000_000],
      [5, 1_001_000],
    ]);
    expect(store.position(3)?.authorities).toEqual([ANNA, BERT, CARL]);
    expect(store.position(4)).toEqual({ ...at(blocks, 4).position, authorities: list });
    expect(store.faults()).toEqual([]);
  });

  test("that leaves a hole is refused, and nothing of it is written", () => {
    using store = openStore();
    const blocks = buildChain(GENESIS, [5, 6, 7, 8, 9, { slot: 10, list: [hexOf("dora")] }]);
    store.writer.commit({ blocks: blocks.slice(0, 2) });
    const before = store.dump();
    const holes = [
      blocks.slice(3),
      [at(blocks, 3), at(blocks, 5)],
      [at(blocks, 3), at(blocks, 3)],
      [at(blocks, 2), at(blocks, 3)],
      [at(blocks, 3), at(blocks, 4), at(blocks, 6)],
    ];
    for (const hole of holes) {
      const finalized = { number: 6, hash: at(blocks, 6).header.hash };
      expect(() => store.writer.commit({ blocks: hole, finalized })).toThrow("would not follow");
      expect(store.dump()).toEqual(before);
    }
    // The refusal leaves no trace in memory either.
    store.writer.commit({ blocks: blocks.slice(2) });
    expect(store.range()).toEqual({ first: 1, last: 6 });
    expect(store.position(6)?.authorities).toEqual([hexOf("dora")]);
    expect(store.faults()).toEqual([]);
  });

  test("that does not follow the start is refused: the hole would be before the first block", () => {
    using store = openStore();
    const blocks = buildChain(GENESIS, [5, 6, 7]);
    expect(() => store.writer.commit({ blocks: blocks.slice(1) })).toThrow("would not follow");
    expect(store.range()).toEqual({ first: null, last: null });
  });

  test("of no blocks moves finality alone, and its epochs into the totals", () => {
    using store = openStore();
    const blocks = buildChain(GENESIS, [5, 6, 15, 16, 25, 26]);
    store.writer.commit({ blocks });
    expect(store.finalized()).toBeNull();
    const finalized = { number: 5, hash: at(blocks, 5).header.hash };
    store.writer.commit({ blocks: [], finalized });
    expect(store.finalized()).toEqual(finalized);
    // Epochs 0 and 1 are over and counted; epoch 2 may still grow.
    expect(store.rows("SELECT DISTINCT epoch FROM tallies ORDER BY epoch")).toEqual([[0], [1]]);
    expect(store.rows("SELECT sum(made), sum(missed) FROM totals")).toEqual([[4, 11]]);
    expect(store.faults()).toEqual([]);
  });
});

describe("a reorganisation", () => {
  const trunk = buildChain(GENESIS, [5, 6, 8]);
  const left = buildChain(tip(trunk), [9, { slot: 11, list: [CARL] }, 13], "left");
  const right = buildChain(tip(trunk), [10, { slot: 12, list: [BERT] }, 14, 15], "right");

  test("keeps the losing blocks as orphans with their authors, and takes their missed slots back", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...left] });
    store.writer.commit({ blocks: right, rewindTo: 3 });
    const hashes = store.rows("SELECT number, lower(hex(hash)) FROM orphans ORDER BY number");
    expect(hashes).toEqual(left.map(({ header }) => [header.number, header.hash.slice(2)]));
    expect(store.rows("SELECT slot FROM missed ORDER BY slot")).toEqual([[7], [9], [11], [13]]);
    expect(store.position(7)).toEqual(tip(right));
    expect(store.rows("SELECT count(*) FROM committees WHERE after_block = 5")).toEqual([[1]]);
    expect(store.faults()).toEqual([]);
  });

  test("and its reverse end on the same rows as if there had been none", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...left] });
    store.writer.commit({ blocks: right, rewindTo: 3 });
    const more = buildChain(tip(left), [16, 17], "left");
    store.writer.commit({ blocks: [...left, ...more], rewindTo: 3 });
    expect(store.rows("SELECT number FROM orphans ORDER BY number")).toEqual([[4], [5], [6], [7]]);
    expect(store.faults()).toEqual([]);

    using straight = openStore();
    straight.writer.commit({ blocks: [...trunk, ...left, ...more] });
    const same = `SELECT number, hash, slot, author, flags, extrinsics FROM blocks`;
    expect(store.rows(same)).toEqual(straight.rows(same));
    expect(store.rows("SELECT * FROM missed")).toEqual(straight.rows("SELECT * FROM missed"));
    expect(store.rows("SELECT * FROM committees")).toEqual(
      straight.rows("SELECT * FROM committees"),
    );
  });

  test("whose branch comes back over two batches leaves no block both canonical and orphaned", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...left] });
    store.writer.commit({ blocks: right, rewindTo: 3 });
    store.writer.commit({ blocks: left.slice(0, 1), rewindTo: 3 });
    store.writer.commit({ blocks: left.slice(1) });
    const both = "SELECT number FROM orphans WHERE hash IN (SELECT hash FROM blocks)";
    expect(store.rows(both)).toEqual([]);
    expect(store.rows("SELECT count(*) FROM orphans")).toEqual([[right.length]]);
    expect(store.faults()).toEqual([]);
  });

  test("down to the start and up again is none of the start's business", () => {
    using store = openStore();
    store.writer.commit({ blocks: buildChain(GENESIS, [5, 7], "left") });
    const blocks = buildChain(GENESIS, [6, 9], "right");
    store.writer.commit({ blocks, rewindTo: 0 });
    expect(store.range()).toEqual({ first: 1, last: 2 });
    expect(store.position(0)).toEqual(GENESIS);
    const parents = "SELECT lower(hex(parent_hash)) FROM orphans ORDER BY number LIMIT 1";
    expect(store.rows(parents)).toEqual([[GENESIS.hash.slice(2)]]);
    expect(store.rows("SELECT slot FROM missed ORDER BY slot")).toEqual([[7], [8]]);
    expect(store.faults()).toEqual([]);
  });

  test("with an orphan told twice counts it once", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...right] });
    store.writer.commit({ blocks: [], orphans: left });
    store.writer.commit({ blocks: [], orphans: left });
    expect(store.rows("SELECT count(*) FROM orphans")).toEqual([[left.length]]);
    expect(store.faults()).toEqual([]);
  });

  test("that is refused takes nothing back", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...left] });
    const before = store.dump();
    const blocks = right.slice(1);
    expect(() => store.writer.commit({ blocks, rewindTo: 3 })).toThrow("would not follow");
    expect(store.dump()).toEqual(before);
    expect(store.faults()).toEqual([]);
  });

  test("leaves each author the last block that still stands", () => {
    using store = openStore();
    store.writer.commit({ blocks: [...trunk, ...left] });
    store.writer.commit({ blocks: right, rewindTo: 3 });
    const more = buildChain(tip(right), [21, 32], "right");
    const finalized = { number: 9, hash: at(more, 9).header.hash };
    store.writer.commit({ blocks: more, finalized });
    const lastOf = "SELECT author, max(number) FROM blocks WHERE slot < 30 GROUP BY author";
    expect(store.rows("SELECT author, last_block FROM totals WHERE last_block > 0")).toEqual(
      store.rows(lastOf),
    );
    expect(store.faults()).toEqual([]);
  });
});

describe("a start", () => {
  test("in the middle gives the first block its parent and its list", () => {
    const parent = { number: 99, hash: hexOf("parent"), slot: 500, authorities: [BERT, CARL] };
    using store = openStore(parent);
    expect(store.position(99)).toEqual(parent);
    store.writer.commit({ blocks: buildChain(parent, [501, 503]) });
    expect(store.range()).toEqual({ first: 100, last: 101 });
    expect(store.position(99)).toEqual(parent);
    expect(store.position(98)).toBeNull();
    expect(store.rows("SELECT slot FROM missed")).toEqual([[502]]);
    expect(store.faults()).toEqual([]);
  });

  test("that came to nothing leaves no list behind for the next one", () => {
    const early = { number: 4, hash: hexOf("early"), slot: 100, authorities: [ANNA] };
    using store = openStore(early);
    const later = { number: 9, hash: hexOf("later"), slot: 200, authorities: null };
    store.writer.start(later);
    expect(store.position(9)).toEqual(later);
    // And a list that changes in the early block's place is no conflict.
    store.writer.start({ ...early, number: 3, hash: hexOf("earlier"), slot: 99 });
    const rotation = buildChain(
      { number: 3, hash: hexOf("earlier"), slot: 99, authorities: [ANNA] },
      [{ slot: 100, list: [BERT] }],
    );
    store.writer.commit({ blocks: rotation });
    expect(store.position(4)?.authorities).toEqual([BERT]);
  });
});
