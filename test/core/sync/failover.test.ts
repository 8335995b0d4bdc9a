// Two nodes of one chain: whichever goes away, hangs or falls behind, the database has no hole and equals the truth.
import { describe, expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import type { Devnet, Truth } from "../../../examples/devnet/devnet.ts";
import type { DevnetProcess } from "../../helpers/devnet-process.ts";
import { startDevnetProcess } from "../../helpers/devnet-process.ts";
import { startSyncHere } from "../../helpers/sync-here.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startWith, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import {
  complaints,
  faultsIn,
  grow,
  reachTip,
  startSmallDevnet,
  startTwins,
} from "../chain/small-devnet.ts";

const LONG_MS = 60_000;
const HISTORY = 1500;
/** Small batches and far nodes make an initial sync long enough to be hit in the middle. */
const SLOW = ["--batch-size", "20", "--concurrency", "2"];
const FAR = "faults latencyMs=10";

/** A process with the small chain: the same seed and last slot make the same blocks in each. */
async function startNode(...flags: string[]): Promise<DevnetProcess> {
  return await startDevnetProcess(
    ...["--seed", "small", "--history", String(HISTORY), "--end-slot", "300000017"],
    ...["--slots-per-epoch", "40", "--seats", "40", "--validators", "20", "--permissioned", "8"],
    ...["--miss-rate", "0.05", "--fork-rate", "0", "--pruning", "archive", ...flags],
  );
}

/** What a devnet process knows, as faultsIn and reachTip want it. */
async function knownTo(node: DevnetProcess): Promise<{ truth: () => Truth }> {
  const truth = await node.truth();
  return { truth: () => truth };
}

/** Lets all take the same slots, and waits until their blocks are stored. */
async function follow(
  nodes: readonly DevnetProcess[],
  sync: SyncProcess,
  file: string,
  slots: number,
): Promise<void> {
  const [any] = nodes;
  if (any === undefined) return;
  for (let done = 0; done < slots; done += 10) {
    await Promise.all(nodes.map((node) => node.command("step 10")));
    await reachTip(await knownTo(any), sync, file);
  }
}

async function stopped(sync: SyncProcess): Promise<number> {
  sync.kill("SIGTERM");
  return await sync.exited;
}

function portOf(url: string): string {
  return new URL(url).port;
}

describe("a node in use", () => {
  test(
    "killed in the middle of the initial sync, and its successor while it is followed: no hole",
    async () => {
      await using second = await startNode();
      const killed = await startNode();
      for (const node of [killed, second]) await node.command(FAR);
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startWith("-r", killed.url, "-r", second.url, "-d", file, ...SLOW);
      await sync.until("progress", () => storedHeights(file).last > 200);
      await killed.kill("SIGKILL");
      expect(storedHeights(file).last).toBeLessThan(HISTORY);
      await sync.until("the tip", () => sync.log().includes("synced at"));
      await follow([second], sync, file, 30);

      // Back at its place, with all that was made meanwhile.
      await using first = await startNode("--port", portOf(killed.url));
      await first.command("step 30");
      await follow([first, second], sync, file, 30);
      await second.kill("SIGKILL");
      await follow([first], sync, file, 50);
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, await knownTo(first))).toEqual([]);
      const [one, other, ...more] = complaints(sync.log());
      expect(more).toEqual([]);
      expect(one).toContain(`going on with ${second.url}`);
      expect(other).toContain(`going on with ${first.url}`);
    },
    LONG_MS,
  );

  test(
    "that hangs in the middle of the initial sync is left for one that answers",
    async () => {
      await using first = await startNode();
      await using second = await startNode();
      for (const node of [first, second]) await node.command(FAR);
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startWith("-r", first.url, "-r", second.url, "-d", file, ...SLOW);
      await sync.until("progress", () => storedHeights(file).last > 200);
      await first.kill("SIGSTOP");
      expect(storedHeights(file).last).toBeLessThan(HISTORY);
      await sync.until("the tip", () => sync.log().includes("synced at"));
      expect(sync.log()).toContain(
        `${first.url} does not answer any more; going on with ${second.url}`,
      );
      await follow([second], sync, file, 20);
      expect(await stopped(sync)).toBe(0);
      expect(faultsIn(file, await knownTo(second))).toEqual([]);
    },
    LONG_MS,
  );
});

/** Quick enough to be waited for. */
const QUICK = { lookMs: 50, silentMs: 300, returnAfterMs: 400 };

describe("a node that is followed", () => {
  test("and answers nothing any more is left", async () => {
    await using twins = await startTwins();
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("following", () => sync.log().includes("synced at"));
    first.setFaults({ silent: true });
    await twins.step(5);
    await reachTip(second, sync, file);
    expect(sync.log()).toContain("does not answer any more");
    await grow(second, sync, file, 20);
    await sync.stop();
    expect(faultsIn(file, second)).toEqual([]);
  });

  test("and gets no new blocks is left once another one has some, and returned to when it has them too", async () => {
    // Slots of a second: the lag that is borne is a slot.
    await using twins = await startTwins({ slotMs: 1000 });
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("following", () => sync.log().includes("synced at"));
    await twins.step(10);
    await reachTip(second, sync, file);
    await second.step(3);
    await reachTip(second, sync, file);
    expect(sync.log()).toContain(`${first.url} lacks block`);
    // Longer than a return takes: near is not enough while a block is lacking.
    const before = first.rpcCount();
    await sync.until("many looks", () => looksSince(first, before) > 12);
    expect(sync.log()).not.toContain("going back");
    await first.step(3);
    await sync.until("the return", () => sync.log().includes("going back"));
    await twins.step(5);
    await reachTip(second, sync, file);
    await sync.stop();
    expect(faultsIn(file, second)).toEqual([]);
  });

  test("and answers nonsense again and again is left", async () => {
    await using twins = await startTwins();
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("following", () => sync.log().includes("synced at"));
    first.setFaults({ wrongEvery: 1 });
    await twins.step(5);
    await reachTip(second, sync, file);
    await grow(second, sync, file, 20);
    await sync.stop();
    expect(sync.log()).toContain(`going on with ${second.url}`);
    expect(faultsIn(file, second)).toEqual([]);
  });

  test("and stands still with all others is stayed with", async () => {
    await using twins = await startTwins({ slotMs: 500 });
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("following", () => sync.log().includes("synced at"));
    const looks = (devnet: Devnet): number => devnet.rpcCount()["system_health"] ?? 0;
    const [before, beside] = [looks(first), looks(second)];
    // Twice the lag that is borne, at the least.
    await sync.until("looks", () => looks(first) > before + 20 && looks(second) > beside + 20);
    await twins.step(5);
    await reachTip(first, sync, file);
    await sync.stop();
    expect(sync.log()).not.toContain("going");
  });
});

describe("the preferred node", () => {
  test("is returned to once it has been well for a while, without a hole", async () => {
    await using twins = await startTwins();
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("following", () => sync.log().includes("synced at"));
    const away = first.restart(100);
    await sync.until("the move", () => sync.log().includes(`going on with ${second.url}`));
    await away;
    await twins.step(5);
    await sync.until("the return", () => sync.log().includes("well again; going back to it"));
    await twins.step(20);
    await reachTip(first, sync, file);
    second.dropConnections();
    await twins.step(20);
    await reachTip(first, sync, file);
    await sync.stop();
    expect(faultsIn(file, first)).toEqual([]);
  });

  test("is not returned to while it goes up and down", async () => {
    await using twins = await startTwins();
    const { first, second } = twins;
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const failover = { ...QUICK, returnAfterMs: 60_000 };
    await using sync = startSyncHere([first.url, second.url], file, { failover });
    await sync.until("following", () => sync.log().includes("synced at"));
    for (let i = 0; i < 3; i++) {
      await first.restart(100);
      await twins.step(5);
      await reachTip(second, sync, file);
    }
    await sync.stop();
    expect(sync.log().match(/going on with/g)).toHaveLength(1);
    expect(sync.log()).not.toContain("going back");
    expect(faultsIn(file, second)).toEqual([]);
  });
});

test("moved from node to node in the middle of forks, every lost block is kept", async () => {
  await using twins = await startTwins({ forkRate: 0.2, forkDepth: 3, finalityLag: 4 });
  const { first, second } = twins;
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  // No return of its own accord: each move here is one that was made to happen.
  const failover = { ...QUICK, returnAfterMs: 60_000 };
  await using sync = startSyncHere([first.url, second.url], file, { failover });
  await sync.until("following", () => sync.log().includes("synced at"));
  await grow(twins.both, sync, file, 10);
  const from = first.truth().best;
  let inUse = first;
  for (let moves = 1; moves <= 8; moves++) {
    await grow(twins.both, sync, file, 10);
    await inUse.restart(1);
    const count = (): number => sync.log().match(/synced at/g)?.length ?? 0;
    await sync.until("another session", () => count() > moves);
    inUse = sync.log().lastIndexOf(first.url) > sync.log().lastIndexOf(second.url) ? first : second;
  }
  await grow(twins.both, sync, file, 20);
  await sync.stop();
  expect(sync.log().match(/going on with/g)?.length).toBeGreaterThan(4);
  expect(first.truth().orphans.filter(({ number }) => number > from).length).toBeGreaterThan(5);
  expect(faultsIn(file, first, from + 1)).toEqual([]);
});

test("a lost block that only the node before had seen is kept, by its seal", async () => {
  const first = await startSmallDevnet({ missRate: 0 });
  await using second = await startSmallDevnet({ missRate: 0 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
  await sync.until("following", () => sync.log().includes("synced at"));
  first.fork(1);
  await first.step(1);
  await reachTip(first, sync, file);
  // A second block of that height, which the other node never gets to see.
  const posts = first.rpcCount();
  await first.step(1);
  await sync.until("a look after it", () => looksSince(first, posts) > 2);
  await first.stop();
  await grow(second, sync, file, 20);
  await sync.stop();
  expect(faultsIn(file, second)).toEqual([]);

  await first.step(1);
  const lost = first.truth().blocks.find(({ number }) => number === 301);
  const stored = second.truth().blocks.find(({ number }) => number === 301);
  expect(lost?.hash).not.toBe(stored?.hash);
  using db = openReadable(file);
  const orphans = db
    .prepare<{ hash: string; author: string; extrinsics: number | null; seal: number }, []>(
      `SELECT '0x' || lower(hex(hash)) AS hash, '0x' || lower(hex(aura)) AS author, extrinsics,
         flags >> 2 AS seal FROM orphans JOIN authorities ON id = author`,
    )
    .all();
  expect(orphans).toEqual([
    { hash: lost?.hash ?? "", author: lost?.author ?? "", extrinsics: null, seal: 1 },
  ]);
});

function looksSince(devnet: Devnet, before: Record<string, number>): number {
  return (devnet.rpcCount()["system_health"] ?? 0) - (before["system_health"] ?? 0);
}

describe("a node of another chain in the list", () => {
  const others: [string, Parameters<typeof startSmallDevnet>[0], RegExp][] = [
    [
      "of another genesis",
      { seed: "another" },
      /is not asked again.*the node serves Midnight Devnet \(genesis 0x/,
    ],
    [
      "from the same genesis",
      { endSlot: 300_001_000 },
      /is not asked again.*restarted from the same genesis/,
    ],
  ];
  for (const [what, options, words] of others) {
    test(
      `${what} is refused for good, said once, and never used`,
      async () => {
        await using right = await startSmallDevnet();
        await using wrong = await startSmallDevnet(options);
        using folder = temporaryFolder();
        const file = folder.file("mvm.db");
        await using sync = startSyncHere([right.url, wrong.url], file, { failover: QUICK });
        await sync.until("the refusal", () => words.test(sync.log()));
        await right.restart(300);
        await grow(right, sync, file, 20);
        await sync.stop();
        expect(sync.log().match(/is not asked again/g)).toHaveLength(1);
        expect(sync.log()).not.toContain("going on with");
        expect(faultsIn(file, right)).toEqual([]);
      },
      LONG_MS,
    );
  }

  test("is passed over at a start though it stands first", async () => {
    await using right = await startSmallDevnet();
    await using wrong = await startSmallDevnet({ seed: "another" });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await syncOnce(right.url, file);
    await right.step(20);
    await using sync = startSyncHere([wrong.url, right.url], file, { failover: QUICK });
    await sync.until("the refusal", () => sync.log().includes("is not asked again"));
    await grow(right, sync, file, 20);
    await sync.stop();
    expect(sync.log()).toContain(`going on with ${right.url}`);
    expect(faultsIn(file, right)).toEqual([]);
  });

  test(
    "beside others that are none of ours either ends the sync with 78",
    async () => {
      await using right = await startSmallDevnet();
      await using wrong = await startSmallDevnet({ seed: "another" });
      await using reset = await startSmallDevnet({ endSlot: 300_001_000 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await syncOnce(right.url, file);
      await using sync = startWith("-r", wrong.url, "-r", reset.url, "-d", file, "--daemon");
      expect(await sync.exited).toBe(78);
      expect(faultsIn(file, right)).toEqual([]);
    },
    LONG_MS,
  );
});

describe("at the start", () => {
  test("a node that is away is passed over, without --daemon too", async () => {
    await using devnet = await startSmallDevnet();
    // It takes no WebSocket: the way there makes no difference.
    devnet.setFaults({ rejectWebSocket: true });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const log = await syncOnce("ws://127.0.0.1:1", file, "-r", devnet.url);
    expect(log).toContain(`going on with ${devnet.url}`);
    expect(faultsIn(file, devnet)).toEqual([]);
  });

  test("all of them away is 69, once each was tried", async () => {
    using folder = temporaryFolder();
    const nodes = ["-r", "ws://127.0.0.1:1", "-r", "ws://127.0.0.1:2", "-d", folder.file("mvm.db")];
    await using sync = startWith(...nodes);
    expect(await sync.exited).toBe(69);
    expect(sync.log()).toContain("going on with ws://127.0.0.1:2");
  });

  test("one that is behind what is stored is left for one that is not", async () => {
    await using twins = await startTwins({ slotMs: 1000 });
    const { first, second } = twins;
    await second.step(30);
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await syncOnce(second.url, file);
    await using sync = startSyncHere([first.url, second.url], file, { failover: QUICK });
    await sync.until("the move", () => sync.log().includes(`going on with ${second.url}`));
    await grow(second, sync, file, 20);
    await sync.stop();
    expect(faultsIn(file, second)).toEqual([]);
  });
});
