// Keystore folders with anything in them but what should be.
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

import { MonitorError } from "../../core/errors.ts";
import { readKeysFile, readKeystore } from "../../core/keystore.ts";
import { seeded } from "../helpers/seeded.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { pick } from "./mutate.ts";
import type { Tally } from "./neighbour-kit.ts";
import { openTally, randomBytes, spoilText, tryCase } from "./neighbour-kit.ts";

/** A phrase as a key's file holds it. */
const PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
const KEY = `61757261${"ab".repeat(32)}`;

/** @param files in one folder */
export async function runKeystores(cases: number, seed: number, files = 100_000): Promise<Tally> {
  const tally = openTally("keystore");
  const random = seeded(seed);
  using folder = temporaryFolder();
  await runFolders(tally, folder.path, files);
  const keysFile = folder.file("keys.json");
  const right = JSON.stringify({
    aura_pub_key: `0x${"ab".repeat(32)}`,
    grandpa_pub_key: `0x${"cd".repeat(32)}`,
    sidechain_pub_key: `0x02${"ef".repeat(32)}`,
  });
  for (let i = 0; i < cases; i++) {
    const secret = pick(random, [
      `"${PHRASE}"`,
      PHRASE,
      `{"aura_pub_key":"${PHRASE}"}`,
      `["${PHRASE}"]`,
    ]);
    const bytes = pick(random, [
      () => spoilText(right, random),
      () => randomBytes(random, 300),
      () => Buffer.from(secret),
    ])();
    writeFileSync(keysFile, bytes);
    await readIt(tally, keysFile, () => readKeysFile(keysFile));
  }
  for (const [name, make] of Object.entries(NO_FILES)) {
    rmSync(keysFile, { recursive: true, force: true });
    make(keysFile);
    await readIt(tally, name, () => readKeysFile(keysFile));
  }
  return tally;
}

/** No error repeats what a key's file may hold. */
async function readIt(tally: Tally, what: string, work: () => unknown): Promise<void> {
  await tryCase(tally, what, () => {
    try {
      work();
    } catch (error) {
      const told =
        error instanceof MonitorError ? `${error.message} ${String(error.cause)}` : String(error);
      if (/bottom|obey|lonely/.test(told)) tally.leaks.push(`${what}: ${told}`);
      throw error;
    }
  });
}

const NO_FILES: Record<string, (path: string) => unknown> = {
  pipe: (path) => Bun.spawnSync(["mkfifo", path]),
  folder: (path) => mkdirSync(path),
  "/dev/zero": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a link to nothing": (path) => symlinkSync("/nonexistent", path),
  "10 MB": (path) => writeFileSync(path, Buffer.alloc(10_000_000, "[")),
  nested: (path) => writeFileSync(path, "[".repeat(60_000)),
};

async function runFolders(tally: Tally, root: string, files: number): Promise<void> {
  const store = `${root}/keystore`;
  const expectKeys = async (what: string, count: number): Promise<void> =>
    await tryCase(tally, what, () => {
      const found = readKeystore(store).aura.length;
      if (found !== count) throw new Error(`${what}: ${found} keys`);
    });
  mkdirSync(store);
  writeFileSync(`${store}/${KEY}`, `"${PHRASE}"`);
  for (const [i, name] of oddNames().entries()) {
    writeFileSync(Buffer.concat([Buffer.from(`${store}/`), name]), `"${PHRASE}"`);
    await expectKeys(`odd name ${i}`, 1);
  }
  const other = (byte: string): string => `${store}/61757261${byte.repeat(32)}`;
  Bun.spawnSync(["mkfifo", other("11")]);
  mkdirSync(other("22"));
  symlinkSync("/dev/zero", other("33"));
  symlinkSync(other("44"), other("44"));
  symlinkSync("/nonexistent", other("55"));
  writeFileSync(other("66"), "");
  chmodSync(other("66"), 0);
  await expectKeys("pipes, folders, loops and devices named like keys", 7);
  symlinkSync(store, `${root}/around`);
  symlinkSync("..", `${store}/up`);
  await tryCase(tally, "a folder in a loop", () => readKeystore(`${root}/around/up/keystore`));
  for (let i = 0; i < files; i++) writeFileSync(`${store}/${i}`, "");
  await expectKeys(`${files} files`, 7);
  await runVanishing(tally, store);
}

/** Looked at while it is taken away and put back. */
async function runVanishing(tally: Tally, store: string): Promise<void> {
  const mover = Bun.spawn([
    "sh",
    "-c",
    `for i in $(seq 200); do mv ${store} ${store}.away; mv ${store}.away ${store}; done`,
  ]);
  await tryCase(tally, "a folder that comes and goes", async () => {
    while (mover.exitCode === null) {
      try {
        readKeystore(store);
      } catch (error) {
        if (!(error instanceof MonitorError)) throw error;
      }
      await Bun.sleep(0);
    }
  });
  renameSync(store, `${store}.gone`);
  await tryCase(tally, "a folder that is gone", () => readKeystore(store));
}

function oddNames(): Buffer[] {
  const texts = [
    `\u001b[2J${KEY}`,
    `${KEY}\n`,
    `\n${KEY}`,
    `${KEY}\u202e`,
    `${KEY} `,
    "-rf",
    "\u009b31m",
    "💥".repeat(50),
    `${KEY}.\u0007`,
    "a".repeat(255),
  ];
  return [
    ...texts.map((text) => Buffer.from(text)),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from([...Buffer.from(KEY), 0xff]),
  ];
}
