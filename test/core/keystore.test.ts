import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";

import { readKeystore } from "../../core/keystore.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { containing } from "./chain/containing.ts";

const AURA = "61757261";
const GRAN = "6772616e";
const CROSS = "63726368";
const KEY_32 = "ab".repeat(32);
const KEY_33 = `02${KEY_32}`;

function keystoreOf(folder: { file: (name: string) => string }, names: readonly string[]): void {
  for (const name of names) writeFileSync(folder.file(name), '"//Secret"');
}

test("keys are told from file names, several of a kind included", () => {
  using folder = temporaryFolder();
  const older = "cd".repeat(32);
  const names = [`${AURA}${KEY_32}`, `${AURA}${older}`, `${GRAN}${KEY_32}`, `${CROSS}${KEY_33}`];
  keystoreOf(folder, names);
  const keys = readKeystore(folder.path);
  expect(keys.aura.toSorted()).toEqual([`0x${KEY_32}`, `0x${older}`]);
  expect(keys.grandpa).toEqual([`0x${KEY_32}`]);
  expect(keys.sidechain).toEqual([`0x${KEY_33}`]);
});

test("a name with an 0x inside or in capitals is the same key", () => {
  using folder = temporaryFolder();
  keystoreOf(folder, [`${CROSS}0x${KEY_33}`, `${AURA}${KEY_32.toUpperCase()}`]);
  expect(readKeystore(folder.path)).toMatchObject({
    sidechain: [`0x${KEY_33}`],
    aura: [`0x${KEY_32}`],
  });
});

test("what is no key of these kinds, or of the wrong length, is passed over", () => {
  using folder = temporaryFolder();
  const beefy = "62656566";
  const babe = "62616265";
  keystoreOf(folder, [
    "README",
    `${beefy}${KEY_33}`,
    `${babe}${KEY_32}`,
    `${AURA}${KEY_33}`,
    `${CROSS}${KEY_32}`,
    `${AURA}${KEY_32.slice(2)}`,
    `${AURA}${KEY_32}.bak`,
    `.${AURA}${KEY_32}`,
  ]);
  expect(readKeystore(folder.path)).toEqual({ aura: [], grandpa: [], sidechain: [] });
});

test("the contents are never opened: a folder of unreadable, hanging or missing files is no trouble", () => {
  using folder = temporaryFolder();
  const names = ["11", "22", "33", "44"].map((byte) => `${AURA}${byte.repeat(32)}`);
  writeFileSync(folder.file(names[0] ?? ""), "secret");
  chmodSync(folder.file(names[0] ?? ""), 0);
  mkdirSync(folder.file(names[1] ?? ""));
  symlinkSync("/nowhere", folder.file(names[2] ?? ""));
  // Opening a pipe without a writer would wait for ever.
  Bun.spawnSync(["mkfifo", folder.file(names[3] ?? "")]);
  expect(readKeystore(folder.path).aura).toHaveLength(4);
});

test("a folder that cannot be listed is a configuration error with a hint", () => {
  using folder = temporaryFolder();
  expect(() => readKeystore(folder.file("missing"))).toThrow(
    expect.objectContaining({ code: "config", hint: containing("keystore") }),
  );
});

test("the keystore the devnet writes names its validator's keys", async () => {
  await using stack = new AsyncDisposableStack();
  const devnet = await startDevnet({ history: 1, validators: 3, permissioned: 2, seats: 3 });
  stack.defer(async () => await devnet.stop());
  using folder = temporaryFolder();
  await devnet.writeKeystore(folder.path, 1);
  const { aura, gran, sidechain } = devnet.validator(1);
  const keys = readKeystore(folder.path);
  expect(keys).toEqual({ aura: [aura], grandpa: [gran], sidechain: [sidechain] });
});
