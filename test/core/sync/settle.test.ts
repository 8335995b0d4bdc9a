// Blocks before the first list that can be read: their authors are proven by seals, their turns never guessed.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { startSync, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { faultsIn, grow, startSmallDevnet } from "../chain/small-devnet.ts";

const LONG_MS = 60_000;
const SLOTS_PER_EPOCH = 160;
const SEAL_VERIFIED = 2 + 4;

/** A node that has forgotten the states of its first, long stretch; no header names that stretch's list. */
async function startForgetful(): Promise<Devnet & AsyncDisposable> {
  return await startSmallDevnet({
    history: 400,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    seats: SLOTS_PER_EPOCH,
    missRate: 0.1,
    pruning: 8,
  });
}

function firstRotation(devnet: Devnet): { number: number; slot: number } {
  const rotation = devnet.truth().blocks.find((block) => block.rotation);
  if (rotation === undefined) throw new Error("the chain has no rotation");
  return rotation;
}

function missedBefore(devnet: Devnet, slot: number, from = 0): number {
  return devnet.truth().missed.filter((each) => each.slot < slot && each.slot > from).length;
}

describe("a first stretch without a list", () => {
  test(
    "is settled by seals, and its missed turns by the rota the seals spell out",
    async () => {
      await using devnet = await startForgetful();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      const said = await syncOnce(devnet.url, file);
      const { number, slot } = firstRotation(devnet);
      // Long enough to be sure of, and with turns to settle.
      expect(number).toBeGreaterThan(100);
      expect(missedBefore(devnet, slot)).toBeGreaterThan(3);
      expect(said).toContain("authors stay unknown until their seals settle them");
      expect(said).toContain(`settled the authors of ${number} of ${number} blocks`);
      expect(said).toContain("the first authority list (8 seats)");
      expect(faultsIn(file, devnet)).toEqual([]);
      using db = new Database(file, { readonly: true });
      const settled = db
        .prepare("SELECT count(*) FROM blocks WHERE flags = ?")
        .values(SEAL_VERIFIED);
      expect(settled).toEqual([[number]]);
    },
    LONG_MS,
  );

  test(
    "too short to tell the rota leaves its missed turns unknown, never guessed",
    async () => {
      await using devnet = await startForgetful();
      using folder = temporaryFolder();
      const { number, slot } = firstRotation(devnet);
      for (const length of [3, 20, 60]) {
        const file = folder.file(`${length}.db`);
        const start = number - length;
        await syncOnce(devnet.url, file, "--start-block", String(start));
        const found = compareWithTruth(file, devnet.truth());
        expect(found).toMatchObject({ wrong: [], unknownAuthors: 0 });
        const from = devnet.truth().blocks[start - 1]?.slot ?? 0;
        expect(found.unknownTurns).toBe(missedBefore(devnet, slot, from));
        expect(checkInvariants(file)).toEqual([]);
      }
    },
    LONG_MS,
  );

  test(
    "is settled as well when the authors were and the turns were not yet",
    async () => {
      await using devnet = await startForgetful();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file);
      const { slot } = firstRotation(devnet);
      // As a kill between the two steps leaves it.
      {
        using db = new Database(file);
        db.run("DELETE FROM committees WHERE after_block = 0");
        db.run("UPDATE missed SET author = NULL WHERE slot < ?", [slot]);
      }
      const before = compareWithTruth(file, devnet.truth());
      expect(before.unknownTurns).toBe(missedBefore(devnet, slot));
      await syncOnce(devnet.url, file);
      const after = compareWithTruth(file, devnet.truth());
      expect(after).toMatchObject({ wrong: [], unknownAuthors: 0, unknownTurns: 0 });
    },
    LONG_MS,
  );

  test(
    "is settled while the node is followed, and finality counts settled blocks once",
    async () => {
      await using devnet = await startForgetful();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("the settling", () => sync.log().includes("settled the authors"));
      await grow(devnet, sync, file, SLOTS_PER_EPOCH + 20);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "stays as unknown as it is while its signers' keys are",
    async () => {
      // A runtime that states ids alone and a node without db-sync: only later lists tell any keys.
      await using devnet = await startSmallDevnet({
        history: 60,
        slotsPerEpoch: SLOTS_PER_EPOCH,
        seats: SLOTS_PER_EPOCH,
        pruning: 8,
        specVersion: 12_000,
        dbSync: false,
        endSlot: 300_000_100, // inside the chain's first epoch
      });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file);
      const found = compareWithTruth(file, devnet.truth());
      expect(found).toMatchObject({ wrong: [], unknownAuthors: 60 });
      expect(checkInvariants(file)).toEqual([]);
      devnet.setDbSync(true);
      await syncOnce(devnet.url, file);
      expect(compareWithTruth(file, devnet.truth())).toMatchObject({
        wrong: [],
        unknownAuthors: 0,
      });
      expect(checkInvariants(file)).toEqual([]);
    },
    LONG_MS,
  );
});
