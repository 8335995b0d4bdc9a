// Reorganisations as a follower meets them, each across an epoch boundary.
import { expect, test } from "bun:test";

import { startDevnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { startSync, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";

const SLOTS_PER_EPOCH = 40;

test("reorganisations of depth 1 to 10 across an epoch boundary end on the canonical chain, orphans kept", async () => {
  await using devnet = await startManual({ finalityLag: 12 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  const from = devnet.truth().best + 1;

  for (let depth = 1; depth <= 10; depth++) {
    const before = devnet.truth().orphans.length;
    devnet.fork(depth, Math.ceil(depth / 2));
    for (let slot = 0; slot < 3 * SLOTS_PER_EPOCH; slot++) {
      await devnet.step();
      const { best } = devnet.truth();
      await sync.until(`block ${best}`, () => storedHeights(file).last >= best);
    }
    const lost = devnet.truth().orphans.slice(before);
    expect(lost).toHaveLength(depth);
    // Both sides of the fork stand in two epochs where the depth allows it.
    const epochs = new Set(lost.map((block) => Math.floor(block.slot / SLOTS_PER_EPOCH)));
    expect(epochs.size).toBe(depth === 1 ? 1 : 2);
  }
  const truth = devnet.truth();
  await sync.until("finality", () => storedHeights(file).finalized >= truth.finalized);
  sync.kill("SIGTERM");
  expect(await sync.exited).toBe(0);
  const found = compareWithTruth(file, truth, from);
  expect(found).toMatchObject({ wrong: [], unknownAuthors: 0, unknownTurns: 0, orphans: 55 });
  expect(checkInvariants(file)).toEqual([]);
  expect(sync.log()).toContain("reorganised: 10 blocks");
}, 120_000);

test("a reorganisation that happened while nobody followed is found at the next start", async () => {
  await using devnet = await startManual({ finalityLag: 12 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  devnet.fork(6);
  // Six blocks on the branch that will lose.
  await devnet.step(6);
  const doomed = storedHeights(file);
  await sync.until("the losing branch", () => storedHeights(file).last > doomed.last - 1);
  await sync.until("its tip", () => storedHeights(file).last >= devnet.truth().best);
  sync.kill("SIGKILL");
  await sync.exited;
  await devnet.step(60);

  await using again = startSync(devnet.url, file);
  const { best, finalized } = devnet.truth();
  await again.until("the other branch", () => {
    const stored = storedHeights(file);
    return stored.last >= best && stored.finalized >= finalized;
  });
  again.kill("SIGTERM");
  expect(await again.exited).toBe(0);
  const found = compareWithTruth(file, devnet.truth());
  expect(found).toMatchObject({ wrong: [], unknownAuthors: 0, orphans: 6 });
  expect(checkInvariants(file)).toEqual([]);
}, 60_000);

async function startManual(options: { finalityLag: number }) {
  const devnet = await startDevnet({
    seed: "reorg",
    history: 200,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    validators: 30,
    seats: SLOTS_PER_EPOCH,
    missRate: 0.02,
    forkRate: 0,
    pruning: "archive",
    clock: "manual",
    ...options,
  });
  return { ...devnet, [Symbol.asyncDispose]: async () => await devnet.stop() };
}
