// What one look cannot tell and two can; and what is said beside a verdict.
import { expect, setSystemTime, test } from "bun:test";

import { checkHealth } from "../../../core/health/health.ts";
import type { Look } from "../../../core/health/health.ts";
import type { Check } from "../../../core/health/report.ts";
import { readOurs } from "../../../core/ours.ts";
import { openWorld } from "../../helpers/health-world.ts";
import type { World } from "../../helpers/health-world.ts";

async function look(world: World, previous: Look | null = null, seconds = 0): Promise<Look> {
  const { devnet, file, keystore } = world;
  const now = devnet.timeMs() + seconds * 1000;
  setSystemTime(new Date(now));
  try {
    return await checkHealth({
      nodes: [devnet.url],
      metricsUrl: devnet.metricsUrl,
      nodeExporterUrl: null,
      databasePath: file,
      expectedAddress: null,
      network: null,
      thresholdPercent: 80,
      minExpectedBlocks: 5,
      minPeers: 3,
      finalityLagBlocks: 100,
      ours: readOurs([{ keystore_path: keystore, keys_file: null, label: "Watched" }]),
      timeoutMs: 3000,
      previous: previous?.observation ?? null,
    });
  } finally {
    setSystemTime();
  }
}

function find({ report }: Look, name: Check["name"]): Check {
  const found = report.checks.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

test("what is not configured is not judged, rather than unknown", async () => {
  await using world = await openWorld();
  const names = (await look(world)).report.checks.map(({ name }) => name);
  for (const name of ["host.disk", "host.memory", "node.address", "chain.network"] as const) {
    expect(names).not.toContain(name);
  }
});

test("a growing finality lag is said to grow, and by how much", async () => {
  await using world = await openWorld();
  const before = await look(world);
  expect(find(before, "chain.finality").message).not.toContain("growing");
  world.devnet.setFaults({ finalityStalled: true });
  await world.devnet.step(30);
  expect(find(await look(world, before), "chain.finality").message).toContain("growing (+30)");
});

test("a syncing node is told with its rate and the time left, or with no progress", async () => {
  await using world = await openWorld();
  world.devnet.setFaults({ syncingBehind: 100 });
  const before = await look(world);
  expect(find(before, "node.syncing").message).toBe("the node is syncing, 100 blocks behind");
  const stuck = await look(world, before, 10);
  expect(find(stuck, "node.syncing").message).toContain("without progress");
  await world.devnet.step(60);
  // Sixty blocks in sixty slots of six seconds; a hundred are left.
  expect(find(await look(world, before), "node.syncing").message).toBe(
    "the node is syncing, 100 blocks behind, 0.2 blocks/s, 10 min left",
  );
});

test("a runtime that changed between two looks is told once, though the database knows it", async () => {
  await using world = await openWorld();
  const before = await look(world);
  world.devnet.upgrade(1_002_000);
  await world.devnet.step(2);
  await world.sync();
  const after = await look(world, before);
  expect(find(after, "node.upgrade")).toMatchObject({
    verdict: "warning",
    message: "the runtime changed from 1000000 to 1002000",
  });
  expect(find(await look(world, after), "node.upgrade").verdict).toBe("ok");
});

test("the next turn is the one that comes, also past the end of the epoch and at its first slot", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  const told: { at: number; slot: number | null }[] = [];
  for (let i = 0; i < 90; i++) {
    const facts = (await look(world)).report.facts.validators[0];
    told.push({ at: devnet.timeMs() / 6000, slot: facts?.nextSlot ?? null });
    await devnet.step(1);
  }
  const own = devnet
    .truth()
    .blocks.filter(({ author }) => author === devnet.validator(index).aura)
    .map(({ slot }) => slot);
  const checked = told.filter(({ at }) => at < (own.at(-1) ?? 0));
  expect(checked.length).toBeGreaterThan(50);
  for (const { at, slot } of checked)
    expect([at, slot]).toEqual([at, own.find((each) => each > at) ?? null]);
});

test("production, seats and turns of the report are those of the devnet", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  const { report } = await look(world);
  const { aura } = devnet.validator(index);
  const { blocks } = devnet.truth();
  const own = blocks.filter(({ author }) => author === aura);
  const epoch = Math.floor((blocks.at(-1)?.slot ?? 0) / 40);
  const made = own.filter(({ slot }) => Math.floor(slot / 40) === epoch).length;
  expect(report.facts.validators[0]).toMatchObject({
    id: "Watched",
    registration: "registered",
    made,
    missed: 0,
    orphaned: 0,
    total: { made: own.length, missed: 0, orphaned: 0 },
    lastBlock: own.at(-1)?.number ?? 0,
    voting: true,
  });
  const seats = report.facts.validators[0]?.seats ?? 0;
  expect(seats).toBeGreaterThan(0);
  // As many seats as slots: each seat has one turn.
  expect(report.facts.validators[0]?.turns).toBe(seats);
});

test("a registration to come names the Cardano epoch it counts from, and when that is", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  const epoch = (await look(world)).report.facts.mainchain.epoch ?? 0;
  devnet.setRegistration(index, "later");
  const after = await look(world);
  expect(find(after, "validator.registration").message).toMatch(
    new RegExp(`^registered, eligible from Cardano epoch ${epoch + 2} \\(in 1 d`),
  );
  expect(after.report.facts.validators[0]).toMatchObject({
    registration: "pending",
    eligibleFrom: epoch + 2,
  });
});

test("an invalid registration is told with the chain's own reason", async () => {
  await using world = await openWorld();
  world.devnet.setRegistration(world.index, "invalid");
  const { message } = find(await look(world), "validator.registration");
  expect(message).toBe("registered but INVALID: StakeError: InvalidStake");
});
