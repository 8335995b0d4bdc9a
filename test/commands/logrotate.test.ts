// The real logrotate with examples/logrotate/mvm, on a mvm-sync that logs every request.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { join } from "pathe";

import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { linesIn, parseLines } from "../helpers/log-options.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const EXAMPLE = join(import.meta.dir, "../../examples/logrotate/mvm");
const LONG_MS = 60_000;

const logrotate = Bun.which("logrotate", { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` });
if (logrotate === null) process.stderr.write("no logrotate here: its test is skipped\n");

function ask(...command: string[]): string {
  return Bun.spawnSync(command).stdout.toString().trim();
}

/** The example with this test's folder, user and process in the places of the real ones. */
function configFor(folder: string, pid: number): string {
  const replaced = [
    ["/var/log/mvm/*.log", `${folder}/*.log`],
    ["create 0640 mvm mvm", `create 0640 ${ask("id", "-un")} ${ask("id", "-gn")}`],
    ["systemctl kill -s HUP mvm-sync.service", `kill -HUP ${pid}`],
  ] as const;
  return replaced.reduce(
    (text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    },
    readFileSync(EXAMPLE, "utf8"),
  );
}

function readLog(folder: string, name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

test.skipIf(logrotate === null)(
  "under load, logrotate again and again loses no line: every request the node saw is in the files, once",
  async () => {
    await using devnet = await startSmallDevnet({ history: 1500 });
    using folder = temporaryFolder();
    const logs = folder.file("log");
    mkdirSync(logs);
    chmodSync(logs, 0o750);
    const log = join(logs, "sync.log");
    const flags = ["-v", "--log-format", "json", "--log-file", log];
    const slow = ["--batch-size", "2", "--concurrency", "2"];
    await using sync = startSync(devnet.url, folder.file("mvm.db"), "--once", ...flags, ...slow);
    await sync.until("the first lines", () => linesIn(log).length > 5);

    const config = folder.file("logrotate.conf");
    writeFileSync(config, configFor(logs, sync.pid), { mode: 0o644 });
    let rotations = 0;
    let running = true;
    void sync.exited.then(() => (running = false));
    // Fourteen old files are kept.
    while (running && rotations < 14) {
      const state = folder.file("state");
      const turn = Bun.spawn([logrotate ?? "", "-s", state, "-f", config], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      expect(await new Response(turn.stderr).text()).toBe("");
      expect(await turn.exited).toBe(0);
      rotations += 1;
      await Bun.sleep(30);
    }
    expect(await sync.exited).toBe(0);
    expect(sync.log()).toBe("");
    expect(storedHeights(folder.file("mvm.db")).last).toBe(devnet.truth().best);
    const names = readdirSync(logs);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(statSync(join(logs, name)).mode & 0o777).toBe(0o640);
    const seen: Record<string, number> = {};
    for (const line of names.flatMap((name) => parseLines(readLog(logs, name)))) {
      const { method, calls } = line;
      if (typeof method === "string") seen[method] = (seen[method] ?? 0) + Number(calls);
    }
    expect(seen).toEqual(devnet.rpcCount());
  },
  LONG_MS,
);
