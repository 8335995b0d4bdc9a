// mvm keys: what is shown of our keys, and what is said of their use.
import { expect, test } from "bun:test";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";

import { cryptoWaitReady, encodeAddress } from "@polkadot/util-crypto";

import { keysCommand } from "../../commands/keys.ts";
import { openWorld, runCommand, writeSettings } from "../helpers/health-world.ts";
import type { Ran, World } from "../helpers/health-world.ts";

async function keys(world: World, ...flags: string[]): Promise<Ran> {
  const config = await writeSettings(world);
  const place = ["--config", config, "-r", world.devnet.url, "-d", world.file];
  return await runCommand(keysCommand, [...place, ...flags], world.devnet.timeMs());
}

function parse(out: string): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- JSON.parse is typed any
  const value: unknown = JSON.parse(out);
  return value;
}

test("show gives each key with its scheme and its address, of several keystores", async () => {
  await using world = await openWorld();
  await cryptoWaitReady();
  const { devnet, keystore, index } = world;
  const other = world.path("other");
  await devnet.writeKeystore(other, 3);
  const { code, out } = await keys(world, "show", "--json", "-K", keystore, `--keystore=${other}`);
  expect(code).toBe(0);
  const expected = [index, 3].map((each, i) => {
    const { aura, gran, sidechain } = devnet.validator(each);
    const folder = i === 0 ? keystore : other;
    const list = [
      ["sidechain", "ecdsa", sidechain],
      ["aura", "sr25519", aura],
      ["grandpa", "ed25519", gran],
    ].map(([kind, scheme, key = ""]) => {
      const bytes = Uint8Array.fromHex(key.slice(2));
      const account = bytes.length === 32 ? bytes : Bun.CryptoHasher.hash("blake2b256", bytes);
      return { kind, scheme, key, ss58: encodeAddress(account, 42) };
    });
    return { id: folder, label: null, keystore: folder, keys: list, problem: null };
  });
  expect(parse(out)).toEqual(expected);
});

test("each key and address of show is whole and fits 80 columns", async () => {
  await using world = await openWorld();
  const { out } = await keys(world, "show", "-K", world.keystore);
  const { sidechain } = world.devnet.validator(world.index);
  const lines = out.split("\n");
  expect(lines.find((line) => line.endsWith(sidechain))?.length).toBe(80);
  const told = lines.filter((line) => !line.includes(world.keystore));
  expect(Math.max(...told.map((line) => line.length))).toBe(80);
});

test("file names are all that is read: contents nobody may open do no harm", async () => {
  await using world = await openWorld();
  for (const name of readdirSync(world.keystore)) chmodSync(`${world.keystore}/${name}`, 0o000);
  const { code, out } = await keys(world, "show", "-K", world.keystore);
  expect(code).toBe(0);
  expect(out).toContain(world.devnet.validator(world.index).aura);
  expect(out).not.toContain("//devnet");
});

test("verify of a healthy validator says so in three sections, with 0", async () => {
  await using world = await openWorld();
  const { code, out } = await keys(world, "verify", "-K", world.keystore);
  for (const words of [
    "Key Status",
    "loaded, registered, seated, marked as ours",
    "Registration Status",
    "✓ Registered (valid)",
    "✓ Elected (",
    "Block Production Statistics",
    " made, 0 missed, 0 orphaned since the first stored block",
    "Summary: OK",
  ]) {
    expect(out).toContain(words);
  }
  expect(code).toBe(0);
});

test("an old key left in the keystore is called left over, and is no fault", async () => {
  await using world = await openWorld();
  const { devnet, keystore } = world;
  const stale = `0x${"5a".repeat(32)}`;
  writeFileSync(`${keystore}/61757261${stale.slice(2)}`, '"secret"');
  const { code, out } = await keys(world, "verify", "-K", keystore);
  expect(code).toBe(0);
  const line = out.split("\n").find((each) => each.includes(stale));
  expect(line).toContain("left over: neither registered nor seated, and harmless");
  // It is the sync that marks keys: the one it was not told of is named as such.
  expect(out).toContain("the database does not mark one key as ours");
  expect(out).toContain("restart it");
  expect(devnet.rpcCount()["author_insertKey"]).toBeUndefined();
});

test("a rotated registration is critical, and names the key that is registered instead", async () => {
  await using world = await openWorld();
  const { devnet, index, keystore } = world;
  const fresh = devnet.validator(devnet.rotateKeys(index));
  const { code, out } = await keys(world, "verify", "-K", keystore);
  expect(code).toBe(2);
  expect(out.split("\n").find((line) => line.includes(fresh.aura))).toContain(
    "registered, but not among our keys",
  );
  expect(out).toContain("Summary: CRITICAL");
});

test("both forms of a keys file are as good as a keystore; anything else is a warning with the reason", async () => {
  await using world = await openWorld();
  const { aura, gran, sidechain } = world.devnet.validator(world.index);
  const path = world.path("keys.json");
  const old = { sidechain_pub_key: sidechain, aura_pub_key: aura, grandpa_pub_key: gran };
  const current = { partner_chains_key: sidechain, keys: { aura, gran } };
  const bare = { ...old, aura_pub_key: aura.slice(2) };
  for (const form of [old, current, bare]) {
    await Bun.write(path, JSON.stringify(form));
    const { code, out } = await keys(world, "verify", "--keys-file", path);
    expect([code, out.includes("Summary: OK")]).toEqual([0, true]);
  }
  for (const wrong of ["{}", "[]", "no json", JSON.stringify({ ...old, aura_pub_key: "0x12" })]) {
    await Bun.write(path, wrong);
    const { code, out } = await keys(world, "verify", "-k", path);
    expect(code).toBe(1);
    expect(out).toContain(path);
  }
});

test("without a keystore the keys that the database marks are verified", async () => {
  await using world = await openWorld();
  const { code, out } = await keys(world, "verify");
  expect(code).toBe(0);
  expect(out).toContain(world.devnet.validator(world.index).aura);
});

test("with nothing to verify nothing is said to be good: 3", async () => {
  await using world = await openWorld();
  const { code, out } = await keys(world, "verify", "-d", world.path("none.db"));
  expect(code).toBe(3);
  expect(out).toContain("no keys of ours");
});
