// What a kill at any instant, and a polite stop, leave behind.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";

import { openReadable } from "../../../core/storage/open.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { startSync, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";

const KILLS = 20;
const STOPS = 10;
/** Small batches and a far node make an initial sync long enough to be hit in the middle. */
const SLOW = ["--batch-size", "20", "--concurrency", "2"];

let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({
    seed: "crash",
    history: 6000,
    pruning: "archive",
    clock: "manual",
  });
  devnet.setFaults({ latencyMs: 10 });
}, 60_000);

afterAll(async () => {
  await devnet.stop();
});

function rowsOf(file: string): unknown[] {
  using db = openReadable(file);
  return ["blocks", "missed", "tallies", "totals", "committees", "runtimes"].map((table) =>
    db.prepare(`SELECT * FROM ${table}`).values(),
  );
}

test("twenty kills during an initial sync leave no hole, no duplicate and the same rows", async () => {
  using folder = temporaryFolder();
  const file = folder.file("killed.db");
  const killedAt: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await using sync = startSync(devnet.url, file, ...SLOW);
    const before = storedHeights(file).last;
    // Not on a commit's edge but a random moment after some progress.
    await sync.until("progress", () => storedHeights(file).last > before);
    await Bun.sleep(Math.random() * 60);
    sync.kill("SIGKILL");
    await sync.exited;
    expect(checkInvariants(file)).toEqual([]);
    killedAt.push(storedHeights(file).last);
  }
  // Each kill hit a sync under way.
  expect(killedAt.at(-1)).toBeLessThan(6000);
  expect(new Set(killedAt).size).toBe(KILLS);
  await syncOnce(devnet.url, file);
  const undisturbed = folder.file("undisturbed.db");
  await syncOnce(devnet.url, undisturbed);
  expect(rowsOf(file)).toEqual(rowsOf(undisturbed));
  expect(compareWithTruth(file, devnet.truth())).toMatchObject({ wrong: [], unknownAuthors: 0 });
  expect(checkInvariants(file)).toEqual([]);
}, 120_000);

test("SIGTERM during an initial sync exits 0 with the log folded in and the PID file gone", async () => {
  using folder = temporaryFolder();
  for (let stop = 0; stop < STOPS; stop++) {
    const file = folder.file(`stopped-${stop}.db`);
    const pidFile = folder.file("mvm.pid");
    await using sync = startSync(devnet.url, file, "--pid-file", pidFile, ...SLOW);
    await sync.until("progress", () => storedHeights(file).last > 0);
    expect(Number(readFileSync(pidFile, "utf8"))).toBeGreaterThan(1);
    await Bun.sleep(Math.random() * 60);
    sync.kill(stop % 2 === 0 ? "SIGTERM" : "SIGINT");
    expect(await sync.exited).toBe(0);
    expect(existsSync(pidFile)).toBe(false);
    // Folded in: the log is gone or empty.
    expect(existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0).toBe(0);
    expect(storedHeights(file).last).toBeLessThan(6000);
    expect(checkInvariants(file)).toEqual([]);
  }
}, 60_000);

test("a second sync on the same database is refused and the first goes on", async () => {
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using first = startSync(devnet.url, file, ...SLOW);
  await first.until("progress", () => storedHeights(file).last > 0);
  await using second = startSync(devnet.url, file);
  expect(await second.exited).toBe(74);
  expect(second.log()).toContain("another mvm-sync is writing");
  const { last } = storedHeights(file);
  await first.until("more progress", () => storedHeights(file).last > last);
});
