// The real logrotate with examples/logrotate/mvm, on a mvm-sync that logs every request.
import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";

import { join } from "pathe";

import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { linesIn } from "../helpers/log-options.ts";
import {
  countRequests,
  logrotate,
  makeLogFolder,
  openRotator,
  readRotatedLines,
} from "../helpers/logrotate.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const LONG_MS = 60_000;

if (logrotate === null) process.stderr.write("no logrotate here: its test is skipped\n");

test.skipIf(logrotate === null)(
  "under load, logrotate again and again loses no line: every request the node saw is in the files, once",
  async () => {
    await using devnet = await startSmallDevnet({ history: 1500 });
    using folder = temporaryFolder();
    const logs = makeLogFolder(folder.file("log"));
    const log = join(logs, "sync.log");
    const flags = ["-v", "--log-format", "json", "--log-file", log];
    const slow = ["--batch-size", "2", "--concurrency", "2"];
    await using sync = startSync(devnet.url, folder.file("mvm.db"), "--once", ...flags, ...slow);
    await sync.until("the first lines", () => linesIn(log).length > 5);

    const { rotate } = openRotator(logs, sync.pid, folder.path);
    let rotations = 0;
    let running = true;
    void sync.exited.then(() => (running = false));
    // Fourteen old files are kept.
    while (running && rotations < 14) {
      await rotate();
      rotations += 1;
      // A signal still on its way would have the file made just when logrotate makes it, and logrotate complain.
      while (running && statSync(log).size === 0) await Bun.sleep(5);
    }
    expect(await sync.exited).toBe(0);
    expect(sync.log()).toBe("");
    expect(storedHeights(folder.file("mvm.db")).last).toBe(devnet.truth().best);
    const names = readdirSync(logs);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(statSync(join(logs, name)).mode & 0o777).toBe(0o640);
    expect(countRequests(readRotatedLines(logs))).toEqual(devnet.rpcCount());
  },
  LONG_MS,
);
