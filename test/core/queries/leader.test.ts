// The words of an epoch, against the generator's records, with misses and forks.
import { expect, test } from "bun:test";

import { readEpochWords } from "../../../core/queries/leader.ts";
import { readOutlook } from "../../../core/queries/rota.ts";
import { buildRotas } from "../../../core/schedule.ts";
import { openReadable } from "../../../core/storage/open.ts";
import { startSync, temporaryFolder } from "../../helpers/sync-process.ts";
import { grow, SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";

const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: SLOTS_PER_EPOCH };

test("leader, adopted, confirmed, missed and ghosted equal the truth for every validator and epoch", async () => {
  await using devnet = await startSmallDevnet({ history: 60, missRate: 0.1, validators: 12 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  // A branch that lost before the follower listened is nobody's ghost, nor is one not decided at the end.
  await grow(devnet, sync, file, 10);
  for (let i = 0; i < 5; i++) {
    devnet.fork(2);
    await grow(devnet, sync, file, 20);
  }
  await grow(devnet, sync, file, 10);
  using db = openReadable(file);
  const { blocks, missed, orphans, finalized } = devnet.truth();
  const outlook = readOutlook(db);
  if (outlook === null) throw new Error("no outlook");
  const rotas = buildRotas(outlook, 0, CHAIN);
  const epochOf = (slot: number): number => Math.floor(slot / SLOTS_PER_EPOCH);
  const last = epochOf(blocks.at(-1)?.slot ?? 0);
  let ghosts = 0;
  for (let index = 0; index < 12; index++) {
    const { aura } = devnet.validator(index);
    const mine = ({ slot, author }: { slot: number; author: string }, epoch: number): boolean =>
      author === aura && epochOf(slot) === epoch;
    for (let epoch = last - 2; epoch <= last; epoch++) {
      const words = readEpochWords({ db, chain: CHAIN, keys: new Set([aura]), rotas }, epoch);
      const made = blocks.filter((block) => mine(block, epoch));
      const lost = orphans.filter((block) => mine(block, epoch));
      ghosts += lost.length;
      const gone = missed.filter((slot) => mine(slot, epoch)).length;
      expect(words).toMatchObject({
        whole: true,
        adopted: made.length,
        confirmed: made.filter(({ number }) => number <= finalized).length,
        missed: gone,
        ghosted: lost.length,
        stolen: 0,
      });
      if (epoch < last) expect(words.leader).toBe(made.length + gone);
      else expect(words.leader).toBeGreaterThanOrEqual(made.length + gone);
      if (words.ideal !== null && words.ideal > 0)
        expect(words.luck).toBeCloseTo(words.leader / words.ideal);
    }
    const [ahead] = [readEpochWords({ db, chain: CHAIN, keys: new Set([aura]), rotas }, last + 1)];
    expect(ahead).toMatchObject({ adopted: 0, missed: 0, ghosted: 0 });
  }
  expect(ghosts).toBeGreaterThan(4);
}, 60_000);

test("an epoch the file holds a part of has no luck", async () => {
  await using devnet = await startSmallDevnet({ history: 60 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file, "--start-block", "30", "--once");
  expect(await sync.exited).toBe(0);
  using db = openReadable(file);
  const first = devnet.truth().blocks[29]?.slot ?? 0;
  const keys = new Set([devnet.validator(0).aura]);
  const epoch = Math.floor(first / SLOTS_PER_EPOCH);
  const words = readEpochWords({ db, chain: CHAIN, keys, rotas: [] }, epoch);
  expect(words).toMatchObject({ whole: false, luck: null });
});
