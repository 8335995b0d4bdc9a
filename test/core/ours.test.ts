// Which keys are ours, by entry: what is read, what each is called, and what cannot be read.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";

import { readOurs } from "../../core/ours.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const AURA = "aa".repeat(32);
const OTHER = "bb".repeat(32);
const GRANDPA = "cc".repeat(32);
const SIDECHAIN = `02${"dd".repeat(32)}`;

function writeKeys(folder: string, ...names: string[]): void {
  mkdirSync(folder);
  for (const name of names) writeFileSync(`${folder}/${name}`, '"//secret"');
}

test("an entry is called by its label, else by its keystore, and no two are called alike", () => {
  using folder = temporaryFolder();
  const [one, two] = [folder.file("one"), folder.file("two")];
  writeKeys(one, `61757261${AURA}`);
  writeKeys(two, `61757261${OTHER}`);
  const entry = (keystore_path: string, label: string | null) => ({
    keystore_path,
    keys_file: null,
    label,
  });
  const ids = (...entries: ReturnType<typeof entry>[]) => readOurs(entries).map(({ id }) => id);
  expect(ids(entry(one, "Alice"), entry(two, null))).toEqual(["Alice", two]);
  expect(ids(entry(one, "Alice"), entry(two, "Alice"))).toEqual(["Alice", "Alice #2"]);
});

test("a keystore and a keys file of one entry are one validator, each key once", async () => {
  using folder = temporaryFolder();
  const keystore = folder.file("keystore");
  writeKeys(keystore, `61757261${AURA}`, `61757261${OTHER}`, `6772616e${GRANDPA}`);
  const keys = {
    partner_chains_key: `0x${SIDECHAIN}`,
    keys: { aura: `0x${AURA}`, gran: `0x${GRANDPA}` },
  };
  await Bun.write(folder.file("keys.json"), JSON.stringify(keys));
  const [our, ...others] = readOurs([
    { keystore_path: keystore, keys_file: folder.file("keys.json"), label: null },
  ]);
  expect(others).toEqual([]);
  expect(our).toEqual({
    id: keystore,
    label: null,
    keystore,
    aura: [`0x${AURA}`, `0x${OTHER}`],
    grandpa: [`0x${GRANDPA}`],
    sidechain: [`0x${SIDECHAIN}`],
  });
});

test("an entry that cannot be read says why and costs the others nothing; one that names nothing is none", () => {
  using folder = temporaryFolder();
  const good = folder.file("good");
  writeKeys(good, `61757261${AURA}`);
  const ours = readOurs([
    { keystore_path: folder.file("absent"), keys_file: null, label: "Bob" },
    { keystore_path: null, keys_file: null, label: "nobody" },
    { keystore_path: good, keys_file: null, label: "Alice" },
  ]);
  expect(ours.map(({ id, aura }) => [id, aura.length])).toEqual([
    ["Bob", 0],
    ["Alice", 1],
  ]);
  expect(ours[0]?.problem).toContain(folder.file("absent"));
  expect(ours[1]?.problem).toBeUndefined();
});
