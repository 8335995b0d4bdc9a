// Who comes from the Rust tool of the same name keeps its files and its command lines: they run here, against a node.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { startDevnet } from "../../examples/devnet/devnet.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { writeRustDatabase } from "../core/import/rust-database.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/mvm.ts");
const LONG_MS = 60_000;

const folder = temporaryFolder();
const keystore = folder.file("keystore");
const database = folder.file("mvm.db");
const [pidFile, logFile] = [folder.file("mvm.pid"), folder.file("mvm.log")];
const env = { HOME: folder.path, PATH: process.env["PATH"] ?? "" };
let devnet: Devnet;
let daemon: ReturnType<typeof start>;
let imported: Awaited<ReturnType<typeof run>>;
let before: string;

/** Every key that tool reads, and those of its plan. */
const settings = (): string => `[rpc]
url = "${devnet.httpUrl}"
metrics_url = "${devnet.metricsUrl}"
node_exporter_url = "http://127.0.0.1:1/metrics"
timeout_ms = 30000
max_retries = 3
retry_initial_delay_ms = 1000
retry_max_delay_ms = 30000

[database]
path = "${database}"
max_connections = 5

[validator]
keystore_path = "${keystore}"
label = "MyValidator"
name = "validator-01"

[sync]
batch_size = 100
poll_interval_secs = 6
finalized_only = false
start_block = 0

[view]
refresh_interval_ms = 6000
theme = "midnight"
expected_ip = "127.0.0"

[daemon]
pid_file = "${folder.file("unused.pid")}"
log_file = "${logFile}"
enable_syslog = false

[chain]
network = "testnet-02"
genesis_timestamp_ms = 1700000000000

[alerts]
enabled = false
threshold_percent = 80
min_expected_blocks = 5
webhook_url = "https://example.org/hook"
alert_on_down = true
cooldown_secs = 300
`;

function start(...words: string[]) {
  return Bun.spawn([process.execPath, SCRIPT, ...words], {
    ...{ cwd: folder.path, env, timeout: 50_000 },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = start(...words);
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline || daemon.exitCode !== null) {
      throw new Error(await daemon.stderr.text());
    }
    await Bun.sleep(10);
  }
}

/** Returns once it has caught up. */
async function startDaemon(): Promise<void> {
  rmSync(logFile, { force: true });
  daemon = start("sync", "--daemon", "--pid-file", pidFile);
  await until(() => logged().includes("synced at"));
}

const logged = (): string => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");

beforeAll(async () => {
  devnet = await startDevnet({
    ...{ seed: "rust", history: 60, clock: "wall", chainName: "Midnight Preview" },
    ...{ slotsPerEpoch: 40, seats: 40, validators: 6, permissioned: 3, missRate: 0, forkRate: 0 },
    ...{ rpcMethods: "unsafe", pruning: "archive" },
  });
  mkdirSync(folder.file(".config/mvm"), { recursive: true });
  mkdirSync(keystore);
  await devnet.writeKeystore(keystore, 0);
  writeFileSync(folder.file(".config/mvm/config.toml"), settings());
  const { sidechain } = devnet.validator(1);
  writeFileSync(
    folder.file(".config/mvm/known_validators.toml"),
    `[[validators]]\nsidechain_key = "${sidechain}"\nlabel = "OTHER"\n`,
  );
  writeRustDatabase(devnet, { file: database, slotsPerEpoch: 40 });
  before = fingerprint(database);
  imported = await run("import", "--from-mvm", database);
  await startDaemon();
}, LONG_MS);

afterAll(async () => {
  daemon.kill("SIGKILL");
  await devnet.stop();
  folder[Symbol.dispose]();
});

test("sync --daemon --pid-file: the flag wins over the file, and the log is where the file says", async () => {
  expect(readFileSync(pidFile, "utf8").trim()).toBe(String(daemon.pid));
  expect(existsSync(folder.file("unused.pid"))).toBe(false);
  expect(logged()).toContain("connected to Midnight Preview");
});

/** What lies there, to the byte, and that nothing lies beside it that was not there. */
function fingerprint(path: string): string {
  return `${Bun.hash(readFileSync(path))} ${existsSync(`${path}-wal`)} ${existsSync(`${path}-lock`)}`;
}

test("its database stays as it is: ours goes beside it, filled by an import with the same configuration", () => {
  expect({ code: imported.code, err: imported.err }).toEqual({ code: 0, err: "" });
  expect(imported.out).toContain(folder.file("mvm.v3.db"));
  expect(logged()).toContain(`${database}: is the Rust tool's database and stays as it is`);
  expect(existsSync(folder.file("mvm.v3.db"))).toBe(true);
  expect(fingerprint(database)).toBe(before);
});

test("what is set in vain is warned of once, not again on SIGHUP", async () => {
  daemon.kill("SIGHUP");
  await until(() => logged().includes("no setting changed"));
  const warned = /warn +\S+config\.toml:\d+: \[chain\] genesis_timestamp_ms: /g;
  expect(logged().match(warned)).toHaveLength(1);
});

const key = (): string => devnet.validator(0).sidechain;
const LINES: readonly (readonly [line: string, says: RegExp | (() => string)])[] = [
  ["", /^OK - /],
  ["-v", /^OK - /],
  ["status --once", /^OK - /],
  ["status --once -r RPC -M METRICS -K KEYSTORE -E", /Normal:/],
  ["status --once -r RPC -k KEYS", /Key/],
  ["query stats", /[Bb]locks? .*6\d/],
  ["query gaps", /gap/i],
  ["query -d DB blocks -f 1 -t 9 -l 5", /^ *9 /m],
  ["query validators --ours -l 3", /MyValidator/],
  ["query validators", /OTHER/],
  ["query validator KEY", key],
  ["query performance --ours -l 3", /MyValidator/],
  ["-v query performance", /OTHER/],
  ["keys show", key],
  ["keys verify", /MyValidator/],
  ["keys -K KEYSTORE -r RPC -d DB verify", /aura/i],
  ["config validate", /^valid: .*config\.toml$/m],
  ["config validate", /^notice: .*mvm\.db: is the Rust tool's database/m],
  ["config show", /^alerts\.threshold_percent +80 +file /m],
  ["config paths", /config\.toml +loaded$/m],
  ["config example", /^\[rpc\]$/m],
  ["guide", /not-producing/],
  ["guide keys", /keystore/],
  ["completions bash", /complete /],
];

test.each(LINES)(
  "mvm %s",
  async (line, says) => {
    const { aura, gran, sidechain } = devnet.validator(0);
    const keys = { sidechain_pub_key: sidechain, aura_pub_key: aura, grandpa_pub_key: gran };
    writeFileSync(folder.file("keys.json"), JSON.stringify(keys));
    const words: Record<string, string> = {
      ...{ RPC: devnet.httpUrl, METRICS: devnet.metricsUrl, KEYSTORE: keystore, DB: database },
      // Without 0x and in capitals, as that tool takes it.
      ...{ KEYS: folder.file("keys.json"), KEY: sidechain.slice(2).toUpperCase() },
    };
    const given = line.split(" ").filter(Boolean);
    const { code, out, err } = await run(...given.map((word) => words[word] ?? word));
    // -v tells on stderr what is asked, as it did there.
    const told = err.split("\n").filter((each) => each !== "" && !/ debug +rpc /.test(each));
    expect({ code, told }).toEqual({ code: 0, told: [] });
    if (typeof says === "function") expect(out).toContain(says());
    else expect(out).toMatch(says);
  },
  LONG_MS,
);

test("the daemon ends by its pid file's number, and takes the file with it", async () => {
  process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
  expect(await daemon.exited).toBe(0);
  expect(existsSync(pidFile)).toBe(false);
  // The others, in whatever order they come, want it running.
  await startDaemon();
});
