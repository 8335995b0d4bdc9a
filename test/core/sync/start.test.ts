// Where a sync begins, where it goes on, and whether it believes the rota without looking at the seals.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import { readRange } from "../../../core/storage/position.ts";
import type { Truth } from "../../../examples/devnet/devnet.ts";
import { compareWithTruth } from "../../helpers/compare.ts";
import { startSync, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import {
  complaints,
  faultsIn,
  grow,
  SLOTS_PER_EPOCH,
  startSmallDevnet,
} from "../chain/small-devnet.ts";

const LONG_MS = 60_000;
/** As written in a row's flags: attribution in the low two bits, the seal's state above. */
const SCHEDULE_UNCHECKED = 1;
const SCHEDULE_VERIFIED = 1 + 4;
const SEAL_VERIFIED = 2 + 4;
const UNKNOWN_MISMATCH = 0 + 8;

function rangeOf(file: string): ReturnType<typeof readRange> {
  using db = openReadable(file);
  return readRange(db);
}

/** How many blocks carry which flags, from a height on. */
function flagsOf(file: string, from = 0): Map<number, number> {
  using db = openReadable(file);
  const rows = db
    .prepare<{ flags: number; n: number }, [number]>(
      "SELECT flags, count(*) AS n FROM blocks WHERE number >= ? GROUP BY flags",
    )
    .all(from);
  return new Map(rows.map(({ flags, n }) => [flags, n]));
}

function rotationsOf(truth: Truth): number[] {
  return truth.blocks.filter(({ rotation }) => rotation).map(({ number }) => number);
}

describe("--start-block", () => {
  test(
    "begins there with every author known, on an archive node and on one without states",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const [rotation = 0] = rotationsOf(devnet.truth()).slice(3);
      // Before, at and behind a change of the list: the list that counts is the one before the block.
      for (const pruning of ["archive", 8] as const) {
        devnet.setPruning(pruning);
        for (const start of [
          rotation - 1,
          rotation,
          rotation + 1,
          rotation + SLOTS_PER_EPOCH / 2,
        ]) {
          const file = folder.file(`${pruning}-${start}.db`);
          await syncOnce(devnet.url, file, "--start-block", String(start));
          expect(rangeOf(file)).toEqual({ first: start, last: 300 });
          expect(faultsIn(file, devnet)).toEqual([]);
        }
      }
    },
    LONG_MS,
  );

  test(
    "1 and 0 are the beginning of the chain",
    async () => {
      await using devnet = await startSmallDevnet({ history: 50 });
      using folder = temporaryFolder();
      for (const start of ["0", "1"]) {
        const file = folder.file(`${start}.db`);
        await syncOnce(devnet.url, file, "--start-block", start);
        expect(rangeOf(file)).toEqual({ first: 1, last: 50 });
        expect(faultsIn(file, devnet)).toEqual([]);
      }
    },
    LONG_MS,
  );

  test(
    "that would leave a hole is refused with 64 and the blocks that are there",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file, "--start-block", "100");
      await devnet.step(20);
      for (const start of ["99", "1", "302"]) {
        await using sync = startSync(devnet.url, file, "--once", "--start-block", start);
        expect(await sync.exited).toBe(64);
        expect(sync.log()).toContain("blocks 100 to 300");
        expect(sync.log()).toContain("→");
        expect(rangeOf(file)).toEqual({ first: 100, last: 300 });
      }
      for (const start of ["100", "200", "301"]) {
        await syncOnce(devnet.url, file, "--start-block", start);
        expect(rangeOf(file)).toEqual({ first: 100, last: devnet.truth().best });
      }
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "above the node's best block is refused with 69 and what to do",
    async () => {
      await using devnet = await startSmallDevnet({ history: 50 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "--start-block", "1000");
      expect(await sync.exited).toBe(69);
      expect(sync.log()).toContain("no block 999");
      expect(sync.log()).toContain("→");
      // Nothing was written that a better start would trip over.
      await syncOnce(devnet.url, file, "--start-block", "20");
      expect(rangeOf(file)).toEqual({ first: 20, last: 50 });
    },
    LONG_MS,
  );
});

describe("a restart", () => {
  test(
    "goes on after the last block and fetches nothing twice",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file, "--batch-size", "30");
      expect(devnet.rpcCount()["chain_getBlock"]).toBe(300);
      await syncOnce(devnet.url, file);
      expect(devnet.rpcCount()["chain_getBlock"]).toBe(300);
      await devnet.step(50);
      await syncOnce(devnet.url, file);
      expect(devnet.rpcCount()["chain_getBlock"]).toBe(devnet.truth().best);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "on a node that is behind waits for it and takes nothing back",
    async () => {
      await using ahead = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await ahead.step(30);
      await syncOnce(ahead.url, file);
      const { last } = storedHeights(file);
      await using behind = await startSmallDevnet();
      await using sync = startSync(behind.url, file);
      await sync.until("the node", () => sync.log().includes("synced at"));
      expect(storedHeights(file).last).toBe(last);
      await behind.step(30);
      await grow(behind, sync, file, 20);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(complaints(sync.log())).toEqual([]);
      expect(faultsIn(file, behind)).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  "a followed block costs one request, its finality two small ones, and nothing goes to states or db-sync",
  async () => {
    await using devnet = await startSmallDevnet();
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSync(devnet.url, file);
    await sync.until("following", () => sync.log().includes("synced at"));
    await grow(devnet, sync, file, 10);
    const [before, from] = [devnet.rpcCount(), devnet.truth().best];
    await grow(devnet, sync, file, 2 * SLOTS_PER_EPOCH);
    const [after, followed] = [devnet.rpcCount(), devnet.truth().best - from];
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    const asked = Object.entries(after)
      .map(([method, count]) => [method, count - (before[method] ?? 0)] as const)
      .filter(([, count]) => count > 0);
    const about = ["chain_getFinalizedHead", "chain_getHeader"];
    for (const [method, count] of asked) {
      if (method === "chain_getBlock") expect(count).toBe(followed);
      else expect([about.includes(method), count <= followed]).toEqual([true, true]);
    }
  },
  LONG_MS,
);

describe("seals", () => {
  test(
    "are checked for every block with --verify-seals all, for none with none",
    async () => {
      await using devnet = await startSmallDevnet({ history: 120 });
      using folder = temporaryFolder();
      for (const [choice, flags] of [
        ["all", SCHEDULE_VERIFIED],
        ["tip", SCHEDULE_UNCHECKED],
        ["none", SCHEDULE_UNCHECKED],
      ] as const) {
        const file = folder.file(`${choice}.db`);
        await syncOnce(devnet.url, file, "--verify-seals", choice);
        expect(flagsOf(file)).toEqual(new Map([[flags, 120]]));
        expect(faultsIn(file, devnet)).toEqual([]);
      }
    },
    LONG_MS,
  );

  test(
    "are checked for blocks that are followed, unless told not to",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      for (const [choice, flags] of [
        ["tip", SCHEDULE_VERIFIED],
        ["none", SCHEDULE_UNCHECKED],
      ] as const) {
        const file = folder.file(`${choice}.db`);
        await using sync = startSync(devnet.url, file, "--verify-seals", choice);
        await sync.until("following", () => sync.log().includes("synced at"));
        const { last } = storedHeights(file);
        await grow(devnet, sync, file, 10);
        sync.kill("SIGTERM");
        expect(await sync.exited).toBe(0);
        expect([...flagsOf(file, last + 1).keys()]).toEqual([flags]);
      }
    },
    LONG_MS,
  );

  test(
    "by another key than the rota's are named, stored as a mismatch and settled by proof",
    async () => {
      await using devnet = await startSmallDevnet({ missRate: 0 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file);
      const from = devnet.truth().best + 1;
      shiftLastList(file);
      await using sync = startSync(devnet.url, file, "--verify-seals", "tip");
      await sync.until("following", () => sync.log().includes("synced at"));
      // To just before the next list, which would be a right one again.
      const { blocks } = devnet.truth();
      const left = SLOTS_PER_EPOCH - ((blocks.at(-1)?.slot ?? 0) % SLOTS_PER_EPOCH) - 1;
      await grow(devnet, sync, file, Math.floor(left / 10) * 10);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      const flags = flagsOf(file, from);
      // A neighbouring seat may be the same key's; most are not.
      expect(flags.get(UNKNOWN_MISMATCH)).toBeGreaterThan(5);
      expect(
        [...flags.keys()].every((each) => [UNKNOWN_MISMATCH, SCHEDULE_VERIFIED].includes(each)),
      ).toBe(true);
      const found = compareWithTruth(file, devnet.truth());
      expect(found.wrong).toEqual([]);
      expect(found.unknownAuthors).toBe(flags.get(UNKNOWN_MISMATCH) ?? 0);
      const named = complaints(sync.log()).filter((line) => line.includes("the seal is not by"));
      expect(named).toHaveLength(found.unknownAuthors);

      await syncOnce(devnet.url, file);
      expect(flagsOf(file, from).get(SEAL_VERIFIED)).toBe(found.unknownAuthors);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );
});

/** Moves every seat of the list in force by one: whoever's turn it is by the database, it is not. */
function shiftLastList(file: string): void {
  using db = new Database(file);
  const row = db
    .prepare<{ after_block: number; seats: Uint8Array }, []>(
      "SELECT * FROM committees ORDER BY after_block DESC LIMIT 1",
    )
    .get();
  const seats = Buffer.from(row?.seats ?? []);
  const shifted = Buffer.concat([seats.subarray(4), seats.subarray(0, 4)]);
  db.run("UPDATE committees SET seats = ? WHERE after_block = ?", [shifted, row?.after_block ?? 0]);
}

test("one block at a time, a sync to the tip and out still learns what has become final", async () => {
  await using devnet = await startSmallDevnet({ history: 60, finalityLag: 3 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  for (let i = 0; i < 6; i++) {
    await syncOnce(devnet.url, file);
    expect(storedHeights(file)).toEqual({
      last: devnet.truth().best,
      finalized: devnet.truth().finalized,
    });
    await devnet.step(1);
  }
});
