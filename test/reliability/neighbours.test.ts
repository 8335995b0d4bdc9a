// Hostile neighbours: the short form of what neighbours.ts does at length.
import { expect, test } from "bun:test";

import { runConfigs } from "./neighbour-config.ts";
import { runOwnDatabases, runRustDatabases } from "./neighbour-databases.ts";
import { runEscapes } from "./neighbour-escapes.ts";
import { runFrames } from "./neighbour-frames.ts";
import { runInstaller } from "./neighbour-installer.ts";
import { runKeystores } from "./neighbour-keystore.ts";
import type { Tally } from "./neighbour-kit.ts";
import { findRaw, hostileWord } from "./neighbour-kit.ts";
import { runMetrics } from "./neighbour-metrics.ts";
import { runPaths } from "./neighbour-paths.ts";
import { runSecrets } from "./neighbour-secrets.ts";
import { runWebhooks } from "./neighbour-webhooks.ts";

const SEED = 5;

/** `refused`: a run of which nothing is refused proves nothing. */
const RUNS: readonly (readonly [what: string, run: () => Promise<Tally>, refused: number])[] = [
  ["configurations", async () => await runConfigs(150, SEED), 50],
  ["keystores", async () => await runKeystores(100, SEED, 2000), 50],
  ["metrics pages", async () => await runMetrics(200, SEED), 5],
  ["our own database", async () => await runOwnDatabases(60, SEED), 15],
  ["an imported database", async () => await runRustDatabases(20, SEED), 2],
  ["texts with terminal escapes", async () => await runEscapes(1, SEED, 0.25), 3],
  ["texts on the dashboard", async () => await runFrames(1, SEED), 0],
  ["paths of PID and log files", async () => await runPaths(), 5],
  ["links where the installer writes", async () => await runInstaller(2), 1],
  ["addresses of receivers", async () => await runWebhooks(2000, SEED), 1000],
  ["places where a secret is configured", async () => await runSecrets(["files"]), 2],
];

test.each(RUNS)(
  "of hostile %s none ends the program, and none comes out raw",
  async (_, run, refused) => {
    const { crashes, leaks, refused: seen } = await run();
    expect(crashes).toEqual([]);
    expect(leaks).toEqual([]);
    expect(seen).toBeGreaterThanOrEqual(refused);
  },
  120_000,
);

test("what is looked for is found: each planted word is raw, colours of our own are not", () => {
  let state = 1;
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < 200; i++) {
    const word = hostileWord(random).replaceAll(/[\n\t]/g, "");
    if (word !== "name") expect(findRaw(word)).not.toBeNull();
  }
  expect(findRaw("\u001b[31mred\u001b[39m\n plain ★ 漢字")).toBeNull();
});
