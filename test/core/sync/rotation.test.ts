// A validator's keys change on the chain or in a keystore: the change is recorded, and its production stays its own.
import { expect, test } from "bun:test";

import type { KeyChange } from "../../../core/queries/key-changes.ts";
import { readKeyChanges } from "../../../core/queries/key-changes.ts";
import { readMarkedKeys } from "../../../core/queries/ours.ts";
import { writeKeystoreChanges } from "../../../core/storage/key-changes.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import { openWorld } from "../../helpers/health-world.ts";
import type { World } from "../../helpers/health-world.ts";
import { syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";

function changesIn(file: string, key?: string): KeyChange[] {
  using db = openReadable(file);
  return readKeyChanges(db, key);
}

async function nextEpoch(world: World): Promise<void> {
  await world.devnet.step(world.devnet.options.slotsPerEpoch);
  await world.sync();
}

test("nothing changed is nothing recorded, from the first list on", async () => {
  await using world = await openWorld();
  await nextEpoch(world);
  await nextEpoch(world);
  expect(changesIn(world.file)).toEqual([]);
});

test("new session keys under the same sidechain key are one change each, with block and time", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  const old = devnet.validator(index);
  const fresh = devnet.validator(devnet.rotateKeys(index));
  const before = Date.now();
  await nextEpoch(world);
  const changes = changesIn(world.file);
  const common = {
    source: "chain",
    validator: old.sidechain,
    atBlock: devnet.truth().best,
  } as const;
  expect(changes.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
    { ...common, kind: "aura", before: old.aura, after: fresh.aura },
    { ...common, kind: "grandpa", before: old.gran, after: fresh.gran },
  ]);
  for (const { time } of changes) expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  // The old key may stay seated for an epoch: that is not another change.
  await nextEpoch(world);
  await nextEpoch(world);
  expect(changesIn(world.file)).toHaveLength(2);
  // Whichever key is asked for, in whatever writing, it is the same validator.
  for (const key of [
    old.sidechain,
    old.aura,
    fresh.aura,
    fresh.gran,
    old.aura.slice(2).toUpperCase(),
  ]) {
    expect(changesIn(world.file, key)).toEqual(changes);
  }
  expect(changesIn(world.file, devnet.validator(1).aura)).toEqual([]);
});

test("a registration that turns invalid, goes and comes back is recorded in the chain's words", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  for (const standing of ["invalid", "missing", "valid"] as const) {
    devnet.setRegistration(index, standing);
    await nextEpoch(world);
  }
  const { sidechain } = devnet.validator(index);
  const told = changesIn(world.file, sidechain).map(({ kind, before, after }) => [
    kind,
    before,
    after,
  ]);
  expect(told.reverse()).toEqual([
    ["registration", "registered", "invalid: StakeError: InvalidStake"],
    ["registration", "invalid: StakeError: InvalidStake", "none"],
    ["registration", null, "registered"],
  ]);
});

test("while db-sync is down nothing is known, so nothing is said to have changed", async () => {
  await using world = await openWorld();
  const { devnet, index } = world;
  devnet.setDbSync(false);
  devnet.rotateKeys(index);
  await nextEpoch(world);
  expect(changesIn(world.file)).toEqual([]);
  devnet.setDbSync(true);
  await nextEpoch(world);
  expect(
    changesIn(world.file)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(["aura", "grandpa"]);
});

test("stake and the reason of an invalid registration are kept with the key", async () => {
  await using world = await openWorld();
  const { devnet, index, file } = world;
  const marked = () => {
    using db = openReadable(file);
    return readMarkedKeys(db)[0];
  };
  expect(marked()?.stake).toBeGreaterThan(1_000_000_000);
  expect(marked()?.invalidReason).toBeNull();
  devnet.setRegistration(index, "invalid");
  await nextEpoch(world);
  expect(marked()).toMatchObject({
    registration: "invalid",
    invalidReason: "StakeError: InvalidStake",
  });
  devnet.setRegistration(index, "missing");
  await nextEpoch(world);
  expect(marked()).toMatchObject({ registration: "none", stake: null, invalidReason: null });
});

test("a key that came to the keystore, and one that went, is seen at the next start of the sync", async () => {
  await using world = await openWorld();
  const { devnet, index, keystore } = world;
  const file = world.path("own.db");
  await syncOnce(devnet.url, file, "--keystore", keystore);
  await syncOnce(devnet.url, file, "--keystore", keystore);
  expect(changesIn(file)).toEqual([]);
  await devnet.writeKeystore(keystore, 3);
  await syncOnce(devnet.url, file, "--keystore", keystore);
  const added = changesIn(file, keystore);
  expect(added.map(({ kind, before, after }) => [kind, before, after])).toContainEqual([
    "aura",
    null,
    devnet.validator(3).aura,
  ]);
  expect(added).toHaveLength(3);
  expect(
    added.every(({ source, validator }) => source === "keystore" && validator === keystore),
  ).toBe(true);
  expect(changesIn(file, devnet.validator(index).aura)).toEqual([]);
});

test("a key that takes another's place is one change, not two", () => {
  using folder = temporaryFolder();
  using writable = openWritable(folder.file("mvm.db"));
  const seen = { atMs: 1000, block: 7 };
  const keys = (aura: string) => ({ aura: [aura], grandpa: [], sidechain: [] });
  expect(writeKeystoreChanges(writable.db, "/k", keys("0xaa"), seen)).toBe(0);
  expect(writeKeystoreChanges(writable.db, "/k", keys("0xbb"), seen)).toBe(1);
  expect(readKeyChanges(writable.db)).toEqual([
    {
      time: "1970-01-01T00:00:01.000Z",
      atBlock: 7,
      source: "keystore",
      validator: "/k",
      kind: "aura",
      before: "0xaa",
      after: "0xbb",
    },
  ]);
});
