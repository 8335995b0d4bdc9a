// Every author, missed slot and orphan against the generator's own records, over a real socket.
import { afterAll, beforeAll, expect, test } from "bun:test";

import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startSync, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";

let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({
    seed: "truth",
    // Its first stretch, whose list a pruned node no longer tells, is 178 blocks long.
    history: 20_000,
    validators: 185,
    seats: 300,
    slotsPerEpoch: 300,
    missRate: 0.03,
    forkRate: 0.02,
    forkDepth: 3,
    clock: "manual",
  });
}, 60_000);

afterAll(async () => {
  await devnet.stop();
});

/** Lets the chain grow under a running sync, a few slots at a time, as a follower sees it. */
async function grow(sync: SyncProcess, file: string, slots: number): Promise<void> {
  for (let done = 0; done < slots; done += 5) {
    await devnet.step(5);
    const { best, finalized } = devnet.truth();
    await sync.until(`block ${best}, ${finalized} final`, () => {
      const stored = storedHeights(file);
      return stored.last >= best && stored.finalized >= finalized;
    });
  }
}

for (const pruning of ["archive", 256] as const) {
  test(`20,000 blocks and what follows live equal the truth with --pruning ${pruning}`, async () => {
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    devnet.setPruning(pruning);
    await syncOnce(devnet.url, file);
    const after = compareWithTruth(file, devnet.truth());
    expect(after).toMatchObject({ wrong: [], unknownAuthors: 0, unknownTurns: 0 });
    expect(after.blocks).toBeGreaterThanOrEqual(20_000);
    expect(after.missedSlots).toBeGreaterThan(400);

    const from = devnet.truth().best + 1;
    await using sync = startSync(devnet.url, file);
    await sync.until("following", () => sync.log().includes("synced at"));
    await grow(sync, file, 400);
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    const live = compareWithTruth(file, devnet.truth(), from);
    expect(live).toMatchObject({ wrong: [], unknownAuthors: 0, unknownTurns: 0 });
    expect(live.orphans).toBeGreaterThan(0);
    expect(checkInvariants(file)).toEqual([]);
  }, 120_000);
}
