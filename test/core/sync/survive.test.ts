// Everything a node can do to a follower; afterwards the database equals the truth all the same.
import { describe, expect, test } from "bun:test";

import type { Faults } from "../../../examples/devnet/devnet.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startSync, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import {
  complaints,
  faultsIn,
  grow,
  reachTip,
  SLOTS_PER_EPOCH,
  startSmallDevnet,
} from "../chain/small-devnet.ts";

/** Small batches and a far node make an initial sync long enough to be hit in the middle. */
const SLOW = ["--batch-size", "20", "--concurrency", "2"];
const LONG_MS = 60_000;

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function stopped(sync: SyncProcess): Promise<number> {
  sync.kill("SIGTERM");
  return await sync.exited;
}

describe("a node that is away", () => {
  test(
    "from the start is waited for with --daemon, and that is said once",
    async () => {
      const gone = await startSmallDevnet();
      await gone.stop();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(gone.url, file, "--daemon");
      await sync.until("the complaint", () => sync.log().includes("trying again"));
      await Bun.sleep(1500); // another attempt in vain
      await using devnet = await startSmallDevnet({ port: portOf(gone.url) });
      await sync.until("the tip", () => sync.log().includes("synced at"));
      expect(complaints(sync.log())).toHaveLength(1);
      expect(sync.log()).toContain("all is well again");
      await grow(devnet, sync, file, 10);
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test("from the start ends the sync with 69 and a hint without --daemon", async () => {
    const gone = await startSmallDevnet({ history: 1 });
    await gone.stop();
    using folder = temporaryFolder();
    await using sync = startSync(gone.url, folder.file("mvm.db"));
    expect(await sync.exited).toBe(69);
    expect(sync.log()).toContain("error");
    expect(sync.log()).toContain(gone.url);
    expect(sync.log()).toContain("→");
  });

  test(
    "for a while during the initial sync costs nothing but time",
    async () => {
      await using devnet = await startSmallDevnet({ history: 1500 });
      devnet.setFaults({ latencyMs: 10 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, ...SLOW);
      await sync.until("progress", () => storedHeights(file).last > 200);
      await devnet.restart(100);
      const { last, finalized } = storedHeights(file);
      expect(last).toBeLessThan(1500);
      // Finality is kept with each batch, not only at the end.
      expect(finalized).toBe(last);
      await sync.until("the tip", () => sync.log().includes("synced at"));
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
      expect(complaints(sync.log())).toHaveLength(1);
    },
    LONG_MS,
  );

  test(
    "now and then while it is followed is caught up with each time",
    async () => {
      await using devnet = await startSmallDevnet({ forkRate: 0.05, forkDepth: 2 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 20);
      const restarting = devnet.restart(100);
      await devnet.step(30);
      await restarting;
      await reachTip(devnet, sync, file);
      for (let cut = 0; cut < 2; cut++) {
        devnet.dropConnections();
        await devnet.step(10);
        await reachTip(devnet, sync, file);
      }
      await grow(devnet, sync, file, SLOTS_PER_EPOCH);
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "longer than it keeps states: the lists come from headers",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(devnet.url, file);
      devnet.setPruning(16);
      await devnet.step(5 * SLOTS_PER_EPOCH);
      await using sync = startSync(devnet.url, file);
      await reachTip(devnet, sync, file);
      await grow(devnet, sync, file, 2 * SLOTS_PER_EPOCH);
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  "a node that dies at any step of the greeting is greeted again",
  async () => {
    // One sync each, cut off after its first, second, … reply.
    const steps = [1, 2, 3, 4, 5, 6, 8, 10, 12];
    await Promise.all(
      steps.map(async (replies) => {
        await using devnet = await startSmallDevnet({ history: 60 });
        devnet.setFaults({ dropEvery: replies });
        using folder = temporaryFolder();
        const file = folder.file("mvm.db");
        await using sync = startSync(devnet.url, file, "--daemon");
        await sync.until("the complaint", () => complaints(sync.log()).length > 0);
        devnet.setFaults({ dropEvery: 0 });
        await sync.until("the tip", () => sync.log().includes("synced at"));
        await reachTip(devnet, sync, file);
        expect(await stopped(sync)).toBe(0);
        expect(faultsIn(file, devnet)).toEqual([]);
      }),
    );
  },
  LONG_MS,
);

/** Each fault strikes once, when there was progress since the one before. */
const STRIKES: Partial<Faults>[] = [
  { wrongEvery: 1 },
  { truncateEvery: 1 },
  { wrongEvery: 1 },
  { oversizeEvery: 1 },
  { dropEvery: 1 },
];
const NO_STRIKE = { wrongEvery: 0, truncateEvery: 0, oversizeEvery: 0, dropEvery: 0 };

/** How often something went wrong: complaints, and those that were not repeated to the operator. */
function setbacks(log: string): number {
  const lines = log.split("\n").filter((line) => /^\S+ (?:warn|error|debug) /.test(line));
  return lines.filter((line) => !/debug (?:connected to|identities)/.test(line)).length;
}

describe("a node that answers nonsense", () => {
  test(
    "during the initial sync is believed nothing, and each complaint is made once",
    async () => {
      await using devnet = await startSmallDevnet({ history: 2000 });
      devnet.setFaults({ latencyMs: 10 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "-v", ...SLOW);
      for (const strike of STRIKES) {
        const { last } = storedHeights(file);
        await sync.until("progress", () => storedHeights(file).last > last + 20);
        const before = setbacks(sync.log());
        devnet.setFaults(strike);
        await sync.until("a setback", () => setbacks(sync.log()) > before);
        devnet.setFaults(NO_STRIKE);
      }
      expect(storedHeights(file).last).toBeLessThan(2000);
      await sync.until("the tip", () => sync.log().includes("synced at"));
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
      const said = complaints(sync.log());
      expect(new Set(said).size).toBe(said.length);
      // A reply of 20 MB is not repeated to the operator.
      expect(Math.max(...said.map((line) => line.length))).toBeLessThan(1000);
    },
    LONG_MS,
  );

  test(
    "while it is followed is believed nothing either",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "-v");
      await sync.until("following", () => sync.log().includes("synced at"));
      for (const strike of STRIKES) {
        await grow(devnet, sync, file, 10);
        const before = setbacks(sync.log());
        devnet.setFaults(strike);
        while (setbacks(sync.log()) === before) {
          await devnet.step();
          await Bun.sleep(20);
        }
        devnet.setFaults(NO_STRIKE);
        await reachTip(devnet, sync, file);
      }
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "or nothing at all: the request runs into its time limit, and its next answer counts",
    async () => {
      await using devnet = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "--timeout", "300");
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 10);
      devnet.setFaults({ silent: true });
      while (complaints(sync.log()).length === 0) {
        await devnet.step();
        await Bun.sleep(20);
      }
      devnet.setFaults({ silent: false });
      await reachTip(devnet, sync, file);
      expect(sync.log()).toContain("no answer to");
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );
});

describe("a sync asked to stop", () => {
  test("while its node is silent does not wait for it", async () => {
    await using devnet = await startSmallDevnet();
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    devnet.setFaults({ silent: true });
    await using sync = startSync(devnet.url, file, "--daemon");
    await sync.until("the lock", () => storedHeights(file).last === 0 && sync.pid > 0);
    await Bun.sleep(300);
    expect(await stopped(sync)).toBe(0);
  }, 10_000);

  test(
    "twice ends at once, whatever it is doing, and leaves a whole file",
    async () => {
      await using devnet = await startSmallDevnet({ history: 1500 });
      devnet.setFaults({ latencyMs: 10 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, ...SLOW);
      await sync.until("progress", () => storedHeights(file).last > 100);
      devnet.setFaults({ silent: true });
      sync.kill("SIGTERM");
      sync.kill("SIGINT");
      // Two signals may arrive as one stop, or as a stop and an end.
      expect([0, 130, 143]).toContain(await sync.exited);
      devnet.setFaults({ silent: false, latencyMs: 0 });
      await syncOnce(devnet.url, file);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  "with --finalized-only nothing above the finalized head is ever stored",
  async () => {
    await using devnet = await startSmallDevnet({ finalityLag: 12, forkRate: 0.05 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSync(devnet.url, file, "--finalized-only");
    await sync.until("following", () => sync.log().includes("synced at"));
    for (let slot = 0; slot < 2 * SLOTS_PER_EPOCH; slot += 5) {
      await devnet.step(5);
      const { finalized } = devnet.truth();
      await sync.until(`block ${finalized}`, () => {
        const stored = storedHeights(file);
        expect(stored.last).toBeLessThanOrEqual(finalized);
        return stored.last === finalized && stored.finalized === finalized;
      });
    }
    expect(await stopped(sync)).toBe(0);
    const truth = devnet.truth();
    const known = {
      ...truth,
      blocks: truth.blocks.filter(({ number }) => number <= truth.finalized),
    };
    const lastSlot = known.blocks.at(-1)?.slot ?? 0;
    known.missed = truth.missed.filter(({ slot }) => slot < lastSlot);
    expect(faultsIn(file, { ...devnet, truth: () => known })).toEqual([]);
  },
  LONG_MS,
);

describe("another chain at the same address", () => {
  const resets: [string, Parameters<typeof startSmallDevnet>[0], RegExp][] = [
    ["of another genesis", { seed: "another" }, /the node serves Midnight Devnet \(genesis 0x/],
    ["from the same genesis", { endSlot: 300_001_000 }, /restarted from the same genesis/],
    // The runtime changes in one and not in the other: the same blocks up to there.
    ["that parts in a final block", { upgradeAt: 250 }, /not the one stored here, which is final/],
  ];
  for (const [what, options, words] of resets) {
    test(
      `${what} is refused at a start, in words, and changes nothing`,
      async () => {
        const first = await startSmallDevnet();
        using folder = temporaryFolder();
        const file = folder.file("mvm.db");
        await syncOnce(first.url, file);
        await first.stop();
        const before = await Bun.file(file).bytes();
        await using second = await startSmallDevnet(options);
        await using sync = startSync(second.url, file, "--daemon");
        expect(await sync.exited).toBe(78);
        expect(sync.log()).toMatch(words);
        expect(sync.log()).toContain("--db-path");
        expect(await Bun.file(file).bytes()).toEqual(before);
        expect(faultsIn(file, first)).toEqual([]);
      },
      LONG_MS,
    );
  }

  test(
    "ends a sync that was following the first",
    async () => {
      const first = await startSmallDevnet();
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(first.url, file, "--daemon");
      await sync.until("following", () => sync.log().includes("synced at"));
      await first.stop();
      await using second = await startSmallDevnet({ seed: "another", port: portOf(first.url) });
      expect(await sync.exited).toBe(78);
      expect(second.truth().best).toBe(300);
      expect(faultsIn(file, first)).toEqual([]);
    },
    LONG_MS,
  );
});
