// No key without effect: each one, changed in a file, changes what a real mvm-sync does.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import type { DottedKey } from "../../../core/config/schema.ts";
import { KEYS } from "../../../core/config/schema.ts";
import type { Value } from "../../../core/config/spec.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { startWith, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";
import type { Relay } from "./relay.ts";
import { openRelay } from "./relay.ts";

const ROOT = join(import.meta.dir, "../../..");
const LONG_MS = 60_000;
const HISTORY = 60;
const DAY_MS = 86_400_000;

const keysOf = (section: string, ...names: string[]): string[] =>
  names.map((name) => `${section}.${name}`);

/** Test files that show the effect of keys, each named there in full. */
const SHOWN_IN: Record<string, readonly string[]> = {
  "test/core/config/alert-effects.test.ts": [
    ...keysOf("alerts", "enabled", "webhook_url", "webhook_secret", "deadman_url", "quiet_hours"),
    ...keysOf("alerts", "threshold_percent", "min_expected_blocks", "missed_in_row"),
    ...keysOf("alerts", "alert_on_down", "node_down_secs", "cooldown_secs"),
  ],
  "test/core/config/log-effects.test.ts": [
    ...keysOf("log", "level", "format", "max_size", "max_files", "max_age_hours"),
    ...keysOf("daemon", "log_file", "enable_syslog"),
    ...keysOf("metrics", "listen", "token"),
  ],
  "test/core/api/serve.test.ts": ["metrics.api_rate"],
  "test/core/config/status-effects.test.ts": [
    ...keysOf("rpc", "metrics_url", "node_exporter_url"),
    ...keysOf("alerts", "min_peers", "finality_lag_blocks"),
    ...["validator.keys_file", "status.timeout_secs", "view.expected_ip"],
  ],
  "test/commands/view-settings.test.ts": [
    ...keysOf("view", "refresh_interval_ms", "theme", "ascii"),
    ...["validator.name", "database.max_connections"],
  ],
};

let devnet: Devnet & AsyncDisposable;
const folder = temporaryFolder();
beforeAll(async () => {
  devnet = await startSmallDevnet({ history: HISTORY, finalityLag: 5 });
});
afterAll(async () => {
  await devnet[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

interface Ran {
  code: number;
  file: string;
  log: string;
}

let runs = 0;

type Sections = Record<string, Record<string, Value>>;

/** A file with these settings over those every run needs. */
function write(sections: Sections): { words: string[]; file: string } {
  const name = `${runs++}`;
  const file = folder.file(`${name}.db`);
  const all = {
    ...sections,
    rpc: { url: devnet.url, retry_initial_delay_ms: 10, max_retries: 0, ...sections["rpc"] },
    database: { path: file, ...sections["database"] },
  };
  const text = Object.entries<Sections[string]>(all).map(([section, keys]) => {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
    return `[${section}]\n${lines.join("")}`;
  });
  const config = folder.file(`${name}.toml`);
  writeFileSync(config, text.join(""));
  return { words: ["--config", config], file };
}

async function run(sections: Sections): Promise<Ran> {
  const { words, file } = write(sections);
  await using sync = startWith(...words, "--once");
  return { code: await sync.exited, file, log: sync.log() };
}

/** One number or text from the database a run left. */
function ask(file: string, sql: string): unknown {
  using db = new Database(file, { readonly: true });
  return db.prepare(sql).values()[0]?.[0];
}

async function relayed(sections: Sections): Promise<Relay["seen"]> {
  using relay = openRelay(devnet.httpUrl);
  const { code } = await run({ ...sections, rpc: { ...sections["rpc"], url: relay.url } });
  expect(code).toBe(0);
  return relay.seen;
}

/** Whether a sync of a node that is away waits for its next attempt, rather than being done with it. */
async function waits(rpc: Sections[string]): Promise<boolean> {
  const { words } = write({ rpc: { url: "ws://127.0.0.1:1", ...rpc } });
  await using sync: SyncProcess = startWith(...words, "--once");
  await sync.until("the first attempt", () => sync.log().includes("trying again"));
  sync.kill("SIGTERM");
  // Stopped while it waits it ends with 0; with no attempt left it ended with 69 by itself.
  return (await sync.exited) === 0;
}

const PROOFS: { [K in DottedKey]?: () => Promise<void> } = {
  "rpc.url": async () => {
    expect((await run({})).code).toBe(0);
    expect((await run({ rpc: { url: "ws://127.0.0.1:1" } })).code).toBe(69);
  },
  "rpc.urls": async () => {
    const url = "ws://127.0.0.1:1";
    expect((await run({ rpc: { url, urls: [url, devnet.url] } })).code).toBe(0);
    expect((await run({ rpc: { url, urls: [url, "ws://127.0.0.1:2"] } })).code).toBe(69);
  },
  "rpc.timeout_ms": async () => {
    using relay = openRelay(devnet.httpUrl, 150);
    expect((await run({ rpc: { url: relay.url, timeout_ms: 100 } })).code).toBe(69);
    expect((await run({ rpc: { url: relay.url, timeout_ms: 30_000 } })).code).toBe(0);
  },
  "rpc.max_retries": async () => {
    for (const retries of [0, 2]) {
      using relay = openRelay("http://127.0.0.1:1");
      const { code } = await run({ rpc: { url: relay.url, max_retries: retries } });
      expect([code, relay.seen.posts]).toEqual([69, retries + 1]);
    }
  },
  "rpc.retry_initial_delay_ms": async () => {
    const { code } = await run({ rpc: { url: "ws://127.0.0.1:1", max_retries: 1 } });
    expect(code).toBe(69);
    const long = { retry_initial_delay_ms: DAY_MS, retry_max_delay_ms: DAY_MS, max_retries: 1 };
    expect(await waits(long)).toBe(true);
  },
  "rpc.retry_max_delay_ms": async () => {
    const rpc = { url: "ws://127.0.0.1:1", max_retries: 1, retry_initial_delay_ms: DAY_MS };
    const { code, log } = await run({ rpc: { ...rpc, retry_max_delay_ms: 20 } });
    expect([code, log.includes("waiting up to 0.02 s")]).toEqual([69, true]);
    expect(await waits({ ...rpc, retry_max_delay_ms: DAY_MS })).toBe(true);
  },
  "database.path": async () => {
    const path = folder.file("elsewhere.db");
    const { file } = await run({ database: { path } });
    expect([existsSync(path), existsSync(file)]).toEqual([true, false]);
  },
  "validator.keystore_path": async () => {
    expect(await oursOf({})).toBe(0);
    expect(await oursOf({ keystore_path: await keystore() })).toBe(1);
  },
  "validator.label": async () => {
    const { file } = await run({ validator: { keystore_path: await keystore(), label: "L" } });
    expect(ask(file, "SELECT label FROM authorities WHERE ours = 1")).toBe("L");
  },
  "sync.batch_size": async () => {
    expect((await relayed({ sync: { batch_size: 7 } })).largestBatch).toBe(7);
    expect((await relayed({ sync: { batch_size: 13 } })).largestBatch).toBe(13);
  },
  "sync.concurrency": async () => {
    const sync = { batch_size: 2 };
    const one = await relayed({ sync: { ...sync, concurrency: 1 } });
    const many = await relayed({ sync: { ...sync, concurrency: 8 } });
    expect(many.mostAtOnce).toBeGreaterThan(one.mostAtOnce);
  },
  "sync.poll_interval_secs": async () => {
    using relay = openRelay(devnet.httpUrl);
    const rpc = { url: relay.url };
    const quick = write({ rpc, sync: { poll_interval_secs: 1 } });
    const slow = write({ rpc, sync: { poll_interval_secs: 86_400 } });
    await using first = startWith(...slow.words);
    await using second = startWith(...quick.words);
    for (const each of [first, second]) {
      await each.until("following", () => each.log().includes("synced at"));
    }
    // The first asking may come at once; the second is a day away.
    for (let round = 0; round < 2; round++) {
      await devnet.step(10);
      const { best } = devnet.truth();
      await second.until("the new blocks", () => storedHeights(quick.file).last === best);
    }
    expect(storedHeights(slow.file).last).toBeLessThan(devnet.truth().best);
  },
  "sync.finalized_only": async () => {
    const { best, finalized } = devnet.truth();
    expect(finalized).toBeLessThan(best);
    for (const [only, last] of [
      [true, finalized],
      [false, best],
    ] as const) {
      const { file } = await run({ sync: { finalized_only: only } });
      expect(storedHeights(file).last).toBe(last);
    }
  },
  "sync.start_block": async () => {
    for (const [start, first] of [
      [0, 1],
      [30, 30],
    ] as const) {
      const { file } = await run({ sync: { start_block: start } });
      expect(ask(file, "SELECT min(number) FROM blocks")).toBe(first);
    }
  },
  "sync.verify_seals": async () => {
    for (const [choice, verified] of [
      ["none", false],
      ["all", true],
    ] as const) {
      const { file } = await run({ sync: { verify_seals: choice } });
      // The seal's state is above the two bits of the attribution.
      expect(ask(file, "SELECT min(flags >> 2) FROM blocks")).toBe(verified ? 1 : 0);
    }
  },
  "daemon.pid_file": async () => {
    const path = folder.file("pid");
    const { words } = write({ daemon: { pid_file: path } });
    await using sync = startWith(...words);
    await sync.until("following", () => sync.log().includes("synced at"));
    expect(await Bun.file(path).text()).toBe(`${sync.pid}\n`);
  },
  "chain.network": async () => {
    expect((await run({ chain: { network: "midnight devnet" } })).code).toBe(0);
    expect((await run({ chain: { network: "preview" } })).code).toBe(78);
  },
};

async function keystore(): Promise<string> {
  const path = folder.file("keystore");
  mkdirSync(path, { recursive: true });
  await devnet.writeKeystore(path, 0);
  return path;
}

async function oursOf(validator: Sections[string]): Promise<unknown> {
  const { file } = await run({ validator });
  return ask(file, "SELECT count(*) FROM authorities WHERE ours = 1");
}

test("every key has a proof, but for those the file itself says have no effect", () => {
  const needed = KEYS.filter(({ spec }) => spec.status !== "compat").map(({ dotted }) => dotted);
  const proven = [...Object.keys(PROOFS), ...Object.values(SHOWN_IN).flat()];
  expect(proven.toSorted()).toEqual(needed.toSorted());
});

test("what another test is said to show, it names", async () => {
  for (const [path, keys] of Object.entries(SHOWN_IN)) {
    const file = Bun.file(join(ROOT, path));
    const text = await file.text();
    expect(keys.filter((dotted) => !new RegExp(`\\b${dotted}\\b`).test(text))).toEqual([]);
  }
});

test("a key without effect has no reader", async () => {
  const names = KEYS.filter(({ spec }) => spec.status === "compat").map(({ name }) => name);
  expect(names).not.toEqual([]);
  for (const path of new Bun.Glob("{core,commands,ui}/**/*.ts").scanSync(ROOT)) {
    if (path.startsWith("core/config/")) continue;
    const text = await Bun.file(join(ROOT, path)).text();
    expect(names.filter((name) => text.includes(name))).toEqual([]);
  }
});

describe("changing it changes what happens:", () => {
  test.each(Object.entries(PROOFS))(
    "%s",
    async (_, proof) => {
      await proof();
    },
    LONG_MS,
  );
});
