// No key of a look at the node without effect: each one, changed in a file, changes what mvm-status reports.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { statusCommand } from "../../../commands/status.ts";
import type { DottedKey } from "../../../core/config/schema.ts";
import type { Value } from "../../../core/config/spec.ts";
import type { HealthReport } from "../../../core/health/health.ts";
import type { Check, CheckName } from "../../../core/health/report.ts";
import type { World } from "../../helpers/health-world.ts";
import { MACHINE, openWorld, runCommand } from "../../helpers/health-world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => await world[Symbol.asyncDispose]());

/** What mvm-status says with this key set to that, its flags left alone. */
async function look(dotted: DottedKey, value: Value): Promise<HealthReport> {
  const sections: Record<string, Record<string, Value>> = {
    rpc: { url: world.devnet.url },
    database: { path: world.file },
    validator: { keystore_path: world.keystore },
    status: { timeout_secs: 20 },
  };
  const [section = "", key = ""] = dotted.split(".");
  // Ours are told by one of both.
  if (dotted === "validator.keys_file") sections["validator"] = {};
  sections[section] = { ...sections[section], [key]: value };
  const text = Object.entries(sections).map(([name, keys]) => {
    const lines = Object.entries(keys).map(([each, to]) => `${each} = ${JSON.stringify(to)}\n`);
    return `[${name}]\n${lines.join("")}`;
  });
  return await lookWith(text.join(""));
}

async function lookWith(text: string): Promise<HealthReport> {
  const path = world.path("look.toml");
  await Bun.write(path, text);
  const now = world.devnet.timeMs();
  const { out } = await runCommand(statusCommand, ["--json", "--config", path], now);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the test then looks at
  return JSON.parse(out) as HealthReport;
}

/** One check with either value. */
async function both(name: CheckName, dotted: DottedKey, ...values: [Value, Value]) {
  const found: (Check["verdict"] | "absent")[] = [];
  for (const value of values) {
    const { checks } = await look(dotted, value);
    found.push(checks.find((each) => each.name === name)?.verdict ?? "absent");
  }
  return found;
}

const PROOFS: { [K in DottedKey]?: () => Promise<void> } = {
  "rpc.metrics_url": async () => {
    const proposed = async (url: string): Promise<number | null> =>
      (await look("rpc.metrics_url", url)).facts.node.proposed;
    expect(await proposed("http://127.0.0.1:1/metrics")).toBeNull();
    expect(await proposed(world.devnet.metricsUrl)).toBeNumber();
  },
  "validator.keys_file": async () => {
    const { aura, gran, sidechain } = world.devnet.validator(world.index);
    const [own, others] = [world.path("own.json"), world.path("others.json")];
    const keys = { sidechain_pub_key: sidechain, aura_pub_key: aura, grandpa_pub_key: gran };
    await Bun.write(own, JSON.stringify(keys));
    const other = world.devnet.validator(3).aura;
    await Bun.write(others, JSON.stringify({ ...keys, aura_pub_key: other }));
    const found = await both("validator.loaded", "validator.keys_file", own, others);
    expect(found).toEqual(["ok", "critical"]);
  },
  "rpc.node_exporter_url": async () => {
    using exporter = Bun.serve({ port: 0, fetch: () => new Response(MACHINE) });
    const urls = ["http://127.0.0.1:1/metrics", exporter.url.href] as const;
    expect(await both("host.disk", "rpc.node_exporter_url", ...urls)).toEqual(["unknown", "ok"]);
  },
  "status.timeout_secs": async () => {
    world.devnet.setFaults({ latencyMs: 1200 });
    const found = await both("node.reachable", "status.timeout_secs", 1, 60);
    world.devnet.setFaults({ latencyMs: 0 });
    expect(found).toEqual(["critical", "ok"]);
  },
  "view.expected_ip": async () => {
    const found = await both("node.address", "view.expected_ip", "127.0.0.1", "198.51.100.7");
    expect(found[0]).toBe("ok");
    expect(found[1]).not.toBe("ok");
  },
  "alerts.min_peers": async () => {
    expect(await both("node.peers", "alerts.min_peers", 12, 13)).toEqual(["ok", "warning"]);
  },
  "alerts.finality_lag_blocks": async () => {
    const { best, finalized } = world.devnet.truth();
    const lag = best - finalized;
    expect(lag).toBeGreaterThan(1);
    const found = await both("chain.finality", "alerts.finality_lag_blocks", lag, lag - 1);
    expect(found).toEqual(["ok", "warning"]);
  },
};

test.each(Object.entries(PROOFS))("%s", async (_, proof) => {
  await proof();
});

test("[[validator]] keystore_path, keys_file and label", async () => {
  const { aura, gran, sidechain } = world.devnet.validator(3);
  const file = world.path("listed.json");
  const keys = { sidechain_pub_key: sidechain, aura_pub_key: aura, grandpa_pub_key: gran };
  await Bun.write(file, JSON.stringify(keys));
  const place = `[rpc]\nurl = "${world.devnet.url}"\n[database]\npath = "${world.file}"\n`;
  const first = `[[validator]]\nkeystore_path = "${world.keystore}"\nlabel = "one"\n`;
  const second = `[[validator]]\nkeys_file = "${file}"\nlabel = "two"\n`;
  const loaded = async (list: string): Promise<unknown[]> =>
    (await lookWith(place + list)).checks
      .filter(({ name }) => name === "validator.loaded")
      .map(({ subject, verdict }) => [subject, verdict]);
  // The node has the keys of one of them alone.
  expect(await loaded(first + second)).toEqual([
    ["one", "ok"],
    ["two", "critical"],
  ]);
  expect(await loaded(second.replace("two", "three"))).toEqual([["three", "critical"]]);
});
