// No key of the log, the daemon and its metrics without effect: each one, changed in a file, changes what a real
// mvm-sync writes and serves.
import { afterAll, beforeAll, expect, setSystemTime, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { logOptions } from "../../../commands/_log-flags.ts";
import { openLog } from "../../../commands/_log.ts";
import { loadConfig } from "../../../core/config/load.ts";
import type { DottedKey } from "../../../core/config/schema.ts";
import type { Value } from "../../../core/config/spec.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { parseLines } from "../../helpers/log-options.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startWith, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";
import { openPlace } from "./place.ts";

const LONG_MS = 60_000;
const HOUR_MS = 3_600_000;
let devnet: Devnet & AsyncDisposable;
const folder = temporaryFolder();
beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 60 });
});
afterAll(async () => {
  await devnet[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

type Keys = { [K in DottedKey]?: Value };
let runs = 0;

function start(keys: Keys, ...flags: string[]): SyncProcess {
  const name = `${runs++}`;
  // Dotted keys are TOML too.
  const all = { "rpc.url": devnet.url, "database.path": folder.file(`${name}.db`), ...keys };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  const config = folder.file(`${name}.toml`);
  writeFileSync(config, lines.join(""));
  return startWith("--config", config, ...flags);
}

/** What a sync to the tip writes to stderr. */
async function logOf(keys: Keys): Promise<string> {
  await using sync = start(keys, "--once");
  expect(await sync.exited).toBe(0);
  return sync.log();
}

/** Old log files beside the one that is written. */
async function rotated(keys: Keys): Promise<number> {
  const place = folder.file(`log-${runs}`);
  mkdirSync(place);
  await logOf({ "daemon.log_file": join(place, "sync.log"), ...keys });
  return readdirSync(place).length - 1;
}

/** Answers of the metrics server with each of these headers. */
async function scrape(keys: Keys, ...headers: Record<string, string>[]): Promise<number[]> {
  await using sync = start(keys);
  await sync.until("metrics", () => sync.log().includes("metrics at "));
  const url = /metrics at (\S+)/.exec(sync.log())?.[1] ?? "";
  const answers = await Promise.all(
    headers.map(async (each) => await fetch(url, { headers: each })),
  );
  return answers.map(({ status }) => status);
}

const PROOFS: { [K in DottedKey]?: () => Promise<void> } = {
  "log.level": async () => {
    expect(await logOf({ "log.level": "error" })).toBe("");
    expect(await logOf({ "log.level": "info" })).toMatch(/info +synced at/);
    expect(await logOf({ "log.level": "debug" })).toContain(" debug ");
  },
  "log.format": async () => {
    expect(await logOf({ "log.format": "text" })).not.toContain("{");
    const lines = parseLines(await logOf({ "log.format": "json" }));
    expect(lines.some(({ message }) => message.startsWith("synced at"))).toBe(true);
  },
  "log.max_size": async () => {
    expect(await rotated({ "log.level": "debug", "log.max_size": 0 })).toBe(0);
    expect(await rotated({ "log.level": "debug", "log.max_size": 500 })).toBeGreaterThan(0);
  },
  "log.max_files": async () => {
    for (const count of [1, 3]) {
      const keys = { "log.level": "debug", "log.max_size": 200, "log.max_files": count };
      expect(await rotated(keys)).toBe(count);
    }
  },
  "log.max_age_hours": async () => {
    // No process waits an hour for this: the same options, the clock put forward.
    for (const [hours, old] of [
      [0, 0],
      [1, 1],
      [3, 0],
    ] as const) {
      using place = openPlace();
      const file = folder.file(`aged-${hours}`);
      place.write("project", `log.max_age_hours = ${hours}\ndaemon.log_file = "${file}"\n`);
      const { values } = await loadConfig(place.options);
      {
        using log = openLog(logOptions(values, "test"));
        log.info("before");
      }
      setSystemTime(new Date(Date.now() + 2 * HOUR_MS));
      try {
        using log = openLog(logOptions(values, "test"));
        log.info("after");
      } finally {
        setSystemTime();
      }
      expect(existsSync(`${file}.1`)).toBe(old === 1);
    }
  },
  "daemon.log_file": async () => {
    const file = folder.file("elsewhere.log");
    expect(await logOf({ "daemon.log_file": file })).toBe("");
    expect(readFileSync(file, "utf8")).toContain("synced at");
  },
  "daemon.enable_syslog": async () => {
    expect(await logOf({ "daemon.enable_syslog": false })).not.toContain("<6>");
    expect(await logOf({ "daemon.enable_syslog": true })).toMatch(/^<6>info +synced at/m);
  },
  "metrics.listen": async () => {
    await using none = start({});
    await none.until("following", () => none.log().includes("synced at"));
    expect(none.log()).not.toContain("metrics at");
    expect(await scrape({ "metrics.listen": "127.0.0.1:0" }, {})).toEqual([200]);
  },
  "metrics.token": async () => {
    const keys = { "metrics.listen": "127.0.0.1:0", "metrics.token": "one" };
    const shown = ["one", "other"].map((token) => ({ authorization: `Bearer ${token}` }));
    expect(await scrape(keys, {}, ...shown)).toEqual([401, 200, 401]);
  },
};

test.each(Object.entries(PROOFS))(
  "%s",
  async (_, proof) => {
    await proof();
  },
  LONG_MS,
);
