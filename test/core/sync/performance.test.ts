// The performance record, and what else is kept in the file, of a sync in this process.
import { expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import { readRecords } from "../../../core/storage/records.ts";
import type { SyncHooks, SyncOptions } from "../../../core/sync/context.ts";
import { defaultLive, defaultOptions } from "../../../core/sync/defaults.ts";
import { openLive } from "../../../core/sync/live.ts";
import { sync } from "../../../core/sync/sync.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { openListLog } from "../../helpers/list-log.ts";
import { storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

function optionsFor(devnet: Devnet, file: string, more: Partial<SyncOptions> = {}): SyncOptions {
  return defaultOptions(devnet.url, file, {
    ...{ concurrency: 2, verifySeals: "none", timeoutMs: 1000, once: false, daemon: true },
    live: openLive(defaultLive({ batchSize: 20, pollIntervalMs: 1000 })),
    performanceEveryMs: 50,
    ...more,
  });
}

function hooksWith(log: ReturnType<typeof openListLog>): SyncHooks & { synced: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    ...{ log, synced: promise, onSynced: () => resolve() },
    ...{ onProgress: () => undefined, onBlock: () => undefined },
  };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await Bun.sleep(5);
  }
}

test("each record says what was done, and stands in the log and in the file alike", async () => {
  await using devnet = await startSmallDevnet({ history: 400 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const log = openListLog();
  const aborter = new AbortController();
  const hooks = hooksWith(log);
  const running = sync(optionsFor(devnet, file), hooks, aborter.signal);
  await hooks.synced;
  const performed = () => log.lines.filter(({ message }) => message.startsWith("performance: "));
  const before = performed().length;
  await until("a record at the tip", () => performed().length > before + 1);
  aborter.abort();
  await running;

  const lines = performed();
  const sum = (key: string): number =>
    lines.reduce((all, { fields }) => all + Number(fields[key]), 0);
  // Everything before the first record and after the last one is in none.
  expect(sum("commits")).toBeGreaterThan(0);
  expect(sum("blocksPerSecond")).toBeGreaterThan(0);
  const fields = lines.at(-1)?.fields ?? {};
  expect(Object.keys(fields)).toEqual([
    ...["blocksPerSecond", "requests", "rpcP50Ms", "rpcP99Ms", "commits", "commitMs"],
    ...["lagBlocks", "rssMiB"],
  ]);
  const served = Object.values(devnet.rpcCount()).reduce((all, each) => all + each, 0);
  // A batch is one request to the percentiles, and many to the node.
  expect(fields["requests"]).toBeGreaterThan(10);
  expect(fields["requests"]).toBeLessThanOrEqual(served);
  expect(fields["lagBlocks"]).toBe(0);
  expect(Number(fields["rpcP99Ms"])).toBeGreaterThanOrEqual(Number(fields["rpcP50Ms"]));
  expect(fields["rssMiB"]).toBeGreaterThan(10);

  using db = openReadable(file);
  const kept = readRecords(db, { limit: 1000 });
  expect(kept.map(({ message }) => message)).toEqual(lines.map(({ message }) => message));
  expect(kept.at(-1)).toMatchObject({ level: "info", fields });
});

test("while the node is away the lag is not known, and the complaint is kept", async () => {
  await using devnet = await startSmallDevnet({ history: 100 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const log = openListLog("warn");
  const aborter = new AbortController();
  const hooks = hooksWith(log);
  const options = optionsFor(devnet, file);
  const running = sync(options, hooks, aborter.signal);
  await hooks.synced;
  await devnet.stop();
  const kept = () => {
    using db = openReadable(file);
    return readRecords(db, { limit: 1000 });
  };
  await until("an unknown lag", () => kept().at(-1)?.fields["lagBlocks"] === null);
  aborter.abort();
  await running;
  const [complaint] = kept().filter(({ level }) => level === "warn");
  expect(complaint?.message).toContain("trying again");
  expect(complaint?.message).toBe(log.lines[0]?.message);
});

test("with no interval there are no records, and a sync that gives up keeps why", async () => {
  await using devnet = await startSmallDevnet({ history: 100 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const log = openListLog();
  const aborter = new AbortController();
  const hooks = hooksWith(log);
  // Not our failure but the caller's: what a hook throws is not worth trying again.
  hooks.onSynced = () => {
    throw new Error("enough of this");
  };
  const options = optionsFor(devnet, file, { performanceEveryMs: null });
  const error = await sync(options, hooks, aborter.signal).catch(String);
  expect(error).toContain("enough of this");
  using db = openReadable(file);
  expect(readRecords(db).map(({ level, message }) => [level, message])).toEqual([
    ["error", "enough of this"],
  ]);
});

test("records that cannot be written stop nothing", async () => {
  await using devnet = await startSmallDevnet({ history: 100 });
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const log = openListLog();
  const aborter = new AbortController();
  const hooks = hooksWith(log);
  const refuse = "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.records";
  const onOpened: SyncHooks["onOpened"] = ({ db }) => {
    db.run(`${refuse} BEGIN SELECT RAISE(ABORT, 'no records today'); END`);
    return undefined;
  };
  const running = sync(optionsFor(devnet, file), { ...hooks, onOpened }, aborter.signal);
  await hooks.synced;
  await until("a refusal", () =>
    log.lines.some(
      ({ level, message }) => level === "debug" && message.includes("records not kept"),
    ),
  );
  await devnet.step(5);
  await until("the next blocks", () => storedHeights(file).last === devnet.truth().best);
  aborter.abort();
  await running;
  expect(log.lines.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
});
