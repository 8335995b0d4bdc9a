// The example file, and files written for the Rust tool of the same name.
import { expect, test } from "bun:test";

import { formatExample } from "../../../core/config/example.ts";
import { loadConfig } from "../../../core/config/load.ts";
import { KEYS, nodesOf } from "../../../core/config/schema.ts";
import { parseFlag } from "../../../core/config/value.ts";
import { nearestWord } from "../../../core/nearest.ts";
import { containing } from "../chain/containing.ts";
import { openPlace } from "./place.ts";

test("examples/mvm.toml is what `bun scripts/example-config.ts` writes", async () => {
  const file = new URL("../../../examples/mvm.toml", import.meta.url).pathname;
  expect(await Bun.file(file).text()).toBe(formatExample());
});

test("the example says every key and its variable", () => {
  const blocks = formatExample().split("\n");
  for (const { name, env } of KEYS) {
    const about = blocks.find((line) => line.includes(`${env})`) && line.startsWith("# ")) ?? "";
    expect(blocks[blocks.indexOf(about) + 1]).toStartWith(`#${name} = `);
  }
});

test("the example changes nothing, and with every key uncommented it still validates", async () => {
  using place = openPlace();
  place.write("project", formatExample());
  const { sources } = await loadConfig(place.options);
  expect(new Set(sources.values())).toEqual(new Set(["default"]));

  const path = place.write("project", formatExample().replaceAll(/^#(?! |$)/gm, ""));
  const loaded = await loadConfig(place.options);
  for (const source of loaded.sources.values()) expect(source).toStartWith(`file ${path}:`);
  const staging = await loadConfig({ ...place.options, environment: "staging" });
  expect(nodesOf(staging.values)).toEqual(["ws://staging:9944"]);
});

test("the lists of the example are valid entries, each key of them", async () => {
  using place = openPlace();
  const lists = formatExample().match(/^# (?:\[\[|\w+ = ).*$/gm) ?? [];
  place.write("project", lists.map((line) => line.slice(2)).join("\n"));
  const { values, sources } = await loadConfig(place.options);
  const { validators, alerts, remotes } = values;
  expect([validators, alerts.channels, remotes].map(({ length }) => length)).toEqual([1, 1, 1]);
  const told = [...sources.keys()].filter((key) => key.includes("[0]"));
  expect(told).toHaveLength(lists.length - 3);
});

test("a file of the Rust tool is read where that tool keeps it", async () => {
  using place = openPlace();
  const path = place.write(
    "opt",
    `# Midnight Validator Monitor
[rpc]
url = "http://localhost:9944"
metrics_url = "http://localhost:9615/metrics"
node_exporter_url = "http://localhost:9100/metrics"
timeout_ms = 30000
max_retries = 3
retry_initial_delay_ms = 1000
retry_max_delay_ms = 30000

[database]
path = "/opt/midnight/mvm/data/mvm.db"
max_connections = 5

[validator]
keystore_path = "/path/to/keystore"
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
expected_ip = "203.0.113"

[daemon]
pid_file = "/var/run/mvm.pid"
log_file = "/var/log/mvm.log"
enable_syslog = true

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
`,
  );
  const { values, sources, notices } = await loadConfig(place.options);
  expect(values.validators).toEqual([
    { keystore_path: "/path/to/keystore", keys_file: null, label: "MyValidator" },
  ]);
  expect(values.alerts.channels.map(({ name, url }) => [name, url])).toEqual([
    ["webhook", "https://example.org/hook"],
  ]);
  expect(notices.join()).toContain("genesis_timestamp_ms");
  expect(values.database.path).toBe("/opt/midnight/mvm/data/mvm.db");
  expect(values.chain.network).toBe("testnet-02");
  expect(sources.get("rpc.retry_max_delay_ms")).toBe(`file ${path}:9`);
  expect([...sources.values()].filter((source) => source !== "default")).toHaveLength(30);
});

test("a flag's text is read by the same table", () => {
  expect(parseFlag("sync.batch_size", "12", "--batch-size")).toBe(12);
  expect(parseFlag("sync.verify_seals", "all", "--verify-seals")).toBe("all");
  expect(parseFlag("sync.finalized_only", "no", "--finalized-only")).toBe(false);
  const wrong: [() => unknown, string][] = [
    [() => parseFlag("sync.batch_size", "0", "--batch-size"), "--batch-size 0: not a whole number"],
    [() => parseFlag("sync.batch_size", "1e3", "-b"), "-b 1e3: not a whole number from 1 to"],
    [() => parseFlag("rpc.url", "ftp://me:pw@a", "-r"), "-r ftp://****@a: not a URL with ws://"],
    [() => parseFlag("alerts.webhook_url", "pw", "--webhook"), "--webhook ****: not a URL"],
  ];
  for (const [parse, message] of wrong) {
    expect(parse).toThrow(expect.objectContaining({ code: "usage", message: containing(message) }));
  }
});

test("a value past the table's range is refused as a flag as well", () => {
  using place = openPlace();
  const loading = loadConfig({ ...place.options, flags: { "sync.batch_size": 0 } });
  expect(loading).rejects.toMatchObject({ code: "usage", message: containing("--batch-size") });
});

test.each([
  ["ulr", "url"],
  ["batchsize", "batch_size"],
  ["batch-size", "batch_size"],
  ["Level", "level"],
  ["x", undefined],
  ["entirely_else", undefined],
])("%s most likely means %s", (word, meant) => {
  expect(nearestWord(word, ["url", "batch_size", "level", "path"])).toBe(meant);
});
