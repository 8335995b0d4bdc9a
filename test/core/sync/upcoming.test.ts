// The next epoch's committee: stored while it is ahead, replaced when a fork had another, never invented.
import { describe, expect, test } from "bun:test";

import { openDictionary } from "../../../core/storage/authorities.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import {
  deleteUpcoming,
  readPredictionRecord,
  readUpcoming,
  writeUpcoming,
} from "../../../core/storage/upcoming.ts";
import { openWriter } from "../../../core/storage/write.ts";
import { syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";
import { ANNA, BERT, buildChain, CARL, CHAIN, GENESIS } from "../storage/build-chain.ts";

describe("a committee seen ahead", () => {
  test("is stored once, replaced when it changed, and taken back", () => {
    using folder = temporaryFolder();
    using writable = openWritable(folder.file("mvm.db"));
    const { db } = writable;
    const dictionary = openDictionary(db);
    expect(writeUpcoming(db, dictionary, 5, [ANNA, BERT, ANNA], 1)).toBe(true);
    expect(writeUpcoming(db, dictionary, 5, [ANNA, BERT, ANNA], 2)).toBe(false);
    expect(readUpcoming(db, 5)).toEqual([ANNA, BERT, ANNA]);
    expect(writeUpcoming(db, dictionary, 5, [CARL], 3)).toBe(true);
    expect(readUpcoming(db, 5)).toEqual([CARL]);
    expect(readUpcoming(db, 4)).toBeNull();
    expect(deleteUpcoming(db, 5)).toBe(true);
    expect(readUpcoming(db, 5)).toBeNull();
    expect(deleteUpcoming(db, 5)).toBe(false);
  });

  test("is compared with the one that then took over", () => {
    using folder = temporaryFolder();
    using writable = openWritable(folder.file("mvm.db"));
    const { db } = writable;
    const writer = openWriter(db, CHAIN);
    writer.start(GENESIS);
    const blocks = buildChain(GENESIS, [
      5,
      9,
      { slot: 11, list: [BERT] },
      15,
      { slot: 20, list: [CARL] },
      // Epoch 3 came without a new list; epoch 4 stayed empty.
      31,
      { slot: 52, list: [ANNA] },
    ]);
    writer.commit({ blocks });
    const { dictionary } = writer;
    const seen: [number, string[]][] = [
      [1, [BERT]],
      [2, [CARL, ANNA]],
      [3, [CARL]],
      [4, [BERT]],
      [5, [ANNA]],
      [6, [BERT]],
    ];
    for (const [epoch, list] of seen) writeUpcoming(db, dictionary, epoch, list, 1);
    expect(readPredictionRecord(db, CHAIN)).toEqual({ right: 3, wrong: 1, lastRight: true });
    writeUpcoming(db, dictionary, 5, [BERT], 1);
    expect(readPredictionRecord(db, CHAIN)).toEqual({ right: 2, wrong: 2, lastRight: false });
  });

  test("is the one that rotates in, on a node of every age that names keys", async () => {
    for (const specVersion of [13_005, 18_000, 1_000_000, 2_001_000]) {
      await using devnet = await startSmallDevnet({ history: 70, specVersion });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      for (let i = 0; i < 3; i++) {
        await syncOnce(devnet.url, file);
        await devnet.step(SLOTS_PER_EPOCH);
      }
      await syncOnce(devnet.url, file);
      using db = openReadable(file);
      const chain = { slotDurationMs: 6000, slotsPerEpoch: SLOTS_PER_EPOCH };
      expect(readPredictionRecord(db, chain)).toMatchObject({ right: 3, wrong: 0 });
    }
  }, 60_000);

  test("is none where the runtime names no keys, or BABE makes the blocks", async () => {
    for (const options of [
      { specVersion: 12_000, ariadneShape: "old" as const },
      { specVersion: 2_001_000, babeFrom: 60 },
    ]) {
      await using devnet = await startSmallDevnet({ history: 70, ...options });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file);
      using db = openReadable(file);
      expect(db.prepare("SELECT * FROM upcoming").all()).toEqual([]);
    }
  }, 60_000);
});
