// Configurations nobody should have written, and things that are no files where one is looked for.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

import { formatExample } from "../../core/config/example.ts";
import { readLabels } from "../../core/config/labels.ts";
import { inspectConfig } from "../../core/config/load.ts";
import { describeSettings } from "../../core/config/rows.ts";
import { KEYS } from "../../core/config/schema.ts";
import type { Place } from "../core/config/place.ts";
import { openPlace } from "../core/config/place.ts";
import { seeded } from "../helpers/seeded.ts";
import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";
import type { Tally } from "./neighbour-kit.ts";
import { hostileWord, openTally, randomBytes, spoilText, tryCase } from "./neighbour-kit.ts";

/** No configuration takes longer to read, or to refuse. */
const MOST_MS = 5000;

/** The example with every setting in force, tables for each list, and environments. */
function makeText(): string {
  const settings = formatExample().replaceAll(/^# ?(?=[\w[\]".]+ *=|\[)/gm, "");
  return `${settings}\n[[validators]]\nsidechain_key = "0x02${"ab".repeat(32)}"\nlabel = "x"\n[env.a.rpc]\nurl = "ws://a"\n`;
}

export async function runConfigs(cases: number, seed: number): Promise<Tally> {
  const tally = openTally("configuration");
  const random = seeded(seed);
  const text = makeText();
  using place = openPlace();
  for (let i = 0; i < cases; i++) {
    const bytes =
      random() < 0.1 ? randomBytes(random, 3000) : spoilText(partOf(text, random), random);
    place.write("project", bytes);
    await readIt(
      tally,
      place,
      `bytes ${JSON.stringify(bytes.toString("latin1").slice(0, 200))}`,
      random,
    );
  }
  for (const [name, make] of Object.entries(ODD)) {
    rmSync(place.paths.project, { force: true, recursive: true });
    await make(place.paths.project);
    await readIt(tally, place, name, random);
    rmSync(place.paths.project, { force: true, recursive: true });
  }
  return tally;
}

/** A whole file costs a hundred times a few lines, and each of its lines is as good a place. */
function partOf(text: string, random: Random): string {
  if (random() < 0.02) return text;
  const lines = text.split("\n");
  const from = Math.floor(random() * lines.length);
  return `${pick(random, ["", "[rpc]", "[alerts]", "[[remote]]"])}\n${lines.slice(from, from + 15).join("\n")}`;
}

async function readIt(tally: Tally, place: Place, what: string, random: Random): Promise<void> {
  const env = random() < 0.3 ? hostileEnvironment(random) : {};
  const startedAt = performance.now();
  await tryCase(tally, what, async () => {
    const options = { ...place.options, env };
    const { files, loaded } = await inspectConfig(options);
    if (loaded !== null) describeSettings(loaded);
    else tally.refused += 1;
    if (files.length === 0) throw new Error("no file was looked at");
    readLabels(options);
  });
  if (performance.now() - startedAt > MOST_MS) tally.crashes.push(`${what}: takes too long`);
}

function hostileEnvironment(random: Random): Record<string, string> {
  const names = [
    ...KEYS.map(({ env }) => env),
    "MVM_ENV",
    "MVM_",
    "MVM___proto__",
    "CREDENTIALS_DIRECTORY",
    "XDG_CONFIG_HOME",
  ];
  const values = [
    hostileWord(random),
    "",
    "9".repeat(400),
    "-1",
    "true",
    "\u0000",
    "x".repeat(100_000),
    "/dev/zero",
    "/",
  ];
  return Object.fromEntries(
    Array.from({ length: 3 }, () => [pick(random, names), pick(random, values)]),
  );
}

const nest = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);

const ODD: Record<string, (path: string) => unknown> = {
  "10 MB": (path) => writeFileSync(path, "a = 1\n".repeat(1_700_000)),
  "lists in lists": (path) => writeFileSync(path, `a = ${nest("[", "]", 100_000)}`),
  "lists never closed": (path) => writeFileSync(path, `a = ${"[".repeat(200_000)}`),
  "tables in tables": (path) => writeFileSync(path, `a = ${nest("{a=", "}", 2900)}`),
  "a name of a hundred thousand parts": (path) =>
    writeFileSync(path, `[${"a.".repeat(100_000)}a]\n`),
  "a value of a hundred thousand parts": (path) =>
    writeFileSync(path, `${"a.".repeat(100_000)}a = 1\n`),
  "five thousand tables": (path) => writeFileSync(path, "[[a]]\n".repeat(5000)),
  "a long text": (path) => writeFileSync(path, `[rpc]\nurl = "ws://${"a".repeat(200_000)}"\n`),
  "a hundred thousand lines": (path) => writeFileSync(path, "\n".repeat(200_000)),
  __proto__: (path) =>
    writeFileSync(path, '[__proto__]\na = 1\n["__proto__".rpc]\n["constructor"]\nprototype = 1\n'),
  "NUL alone": (path) => writeFileSync(path, Buffer.alloc(1000)),
  folder: (path) => mkdirSync(path),
  pipe: (path) => Bun.spawnSync(["mkfifo", path]),
  "/dev/zero": (path) => symlinkSync("/dev/zero", path),
  "/dev/full": (path) => symlinkSync("/dev/full", path),
  "/dev/tty": (path) => symlinkSync("/dev/tty", path),
  "/proc/self/mem": (path) => symlinkSync("/proc/self/mem", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a link to nothing": (path) => symlinkSync("/nonexistent", path),
};
