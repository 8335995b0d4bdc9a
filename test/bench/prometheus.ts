// A real Prometheus with the rules of examples/ scrapes a real mvm-sync on a devnet of 1,000 validators: does it warn of
// anything, do alerts fire on planted faults and clear, does the number of series stay, does every query of the dashboard run?
//   bun test/bench/prometheus.ts [MINUTES]
import { cpSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { parseArray, parseObject, parseString } from "../../core/parse.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { startSync, temporaryFolder } from "../helpers/sync-process.ts";

const minutes = Number(process.argv[2] ?? 10);
const EXAMPLES = join(import.meta.dir, "../../examples");
const OURS = [0, 1, 2];
const MINUTE_MS = 60_000;

using folder = temporaryFolder();
const shape = { validators: 1000, history: 3000, slotMs: 1000 } as const;
const devnet = await startDevnet({
  ...shape,
  clock: "wall",
  port: 0,
  metricsPort: 0,
  missRate: 0.01,
});
const entries = await Promise.all(
  OURS.map(async (index) => {
    const keystore = folder.file(`keystore-${index}`);
    await devnet.writeKeystore(keystore, index);
    return `[[validator]]\nkeystore_path = "${keystore}"\nlabel = "v${index}"\n`;
  }),
);
const config = folder.file("mvm.toml");
writeFileSync(config, `[metrics]\nlisten = "127.0.0.1:0"\n${entries.join("")}`);
await using sync = startSync(devnet.url, folder.file("mvm.db"), "--config", config);
await sync.until("serving", () => /metrics at http/.test(sync.log()));
const target = /metrics at http:\/\/([^/]+)/.exec(sync.log())?.[1] ?? "";

cpSync(join(EXAMPLES, "prometheus/mvm.rules.yml"), folder.file("mvm.rules.yml"));
const shipped = await Bun.file(join(EXAMPLES, "prometheus/prometheus.yml")).text();
writeFileSync(
  folder.file("prometheus.yml"),
  `global: { evaluation_interval: 5s }\n${shipped
    .replace("127.0.0.1:9616", target)
    .replace("scrape_interval: 30s", "scrape_interval: 5s\n    scrape_timeout: 4s")}`,
);
const { port, prometheus } = await startPrometheus();
const began = performance.now();
say(`scraping ${target} for ${minutes} minutes`);

/** By a port that was free a moment ago: Prometheus does not say which one it took. */
async function startPrometheus(): Promise<{ port: number; prometheus: Bun.Subprocess }> {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const free = probe.port;
  probe.stop(true);
  const started = Bun.spawn(
    [
      "prometheus",
      `--config.file=${folder.file("prometheus.yml")}`,
      `--storage.tsdb.path=${folder.file("tsdb")}`,
      `--web.listen-address=127.0.0.1:${free}`,
    ],
    { stdio: ["ignore", Bun.file(folder.file("out")), Bun.file(folder.file("log"))] },
  );
  for (let i = 0; i < 200; i++) {
    const ready = await fetch(`http://127.0.0.1:${free}/-/ready`).catch(() => null);
    if (ready?.ok) break;
    await Bun.sleep(100);
  }
  return { port: free, prometheus: started };
}

function say(text: string): void {
  const at = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${String(at).padStart(4)} s  ${text}\n`);
}

async function api(path: string, parameters: Record<string, string>): Promise<unknown> {
  const search = new URLSearchParams(parameters).toString();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${search}`);
  const body = parseObject(await response.json(), path);
  if (body["status"] !== "success") throw new Error(`${path} ${search}: ${String(body["error"])}`);
  return body["data"];
}

async function query(expression: string): Promise<Record<string, unknown>[]> {
  const data = parseObject(await api("query", { query: expression }), "data");
  return parseArray(data["result"], "result").map((each) => parseObject(each, "result"));
}

async function firing(): Promise<string[]> {
  const rows = await query('ALERTS{alertstate="firing",alertname!="ValidatorSlotSoon"}');
  return rows
    .map(({ metric }) => parseObject(metric, "metric"))
    .map(({ alertname, check = "", validator = "" }) =>
      [alertname, check, validator].map((each) => parseString(each, "label")).join(" "),
    )
    .toSorted();
}

async function series(): Promise<string> {
  const [row] = await query('count({job="mvm",__name__=~"mvm_.*|process_.*"})');
  return row === undefined ? "none" : String(parseArray(row["value"], "value")[1]);
}

const PLAN = [
  [0.12, "nobody makes a block", () => devnet.setFaults({ stalled: true })],
  [0.48, "blocks again", () => devnet.setFaults({ stalled: false })],
  [0.6, "mvm-sync stopped", () => sync.kill("SIGSTOP")],
  [0.94, "mvm-sync goes on", () => sync.kill("SIGCONT")],
] as const;

let done = 0;
let told = "";
let counted = -1;
while (performance.now() - began < minutes * MINUTE_MS) {
  const share = (performance.now() - began) / (minutes * MINUTE_MS);
  const step = PLAN[done];
  if (step !== undefined && share >= step[0]) {
    step[2]();
    say(`fault: ${step[1]}`);
    done += 1;
  }
  const now = (await firing()).join(", ") || "nothing";
  if (now !== told) say(`firing: ${now}`);
  told = now;
  const minute = Math.floor((performance.now() - began) / MINUTE_MS);
  if (minute !== counted) say(`series: ${await series()}`);
  counted = minute;
  await Bun.sleep(1000);
}
say(`series: ${await series()}`);

const dashboard = parseObject(await Bun.file(join(EXAMPLES, "grafana/mvm.json")).json(), "file");
for (const panel of parseArray(dashboard["panels"], "panels")) {
  const { title, targets = [] } = parseObject(panel, "panel");
  for (const target of parseArray(targets, "targets")) {
    const expression = parseString(parseObject(target, "target")["expr"], "expr");
    const asked = expression.replaceAll("$instance", ".*").replaceAll("$validator", ".*");
    say(`query of "${parseString(title, "title")}": ${(await query(asked)).length} results`);
  }
}
prometheus.kill("SIGTERM");
await prometheus.exited;
const log = await Bun.file(folder.file("log")).text();
const loud = log.split("\n").filter((line) => /level=(?:warn|error)|WARN|ERROR/i.test(line));
say(`${loud.length} warnings in ${log.split("\n").length} lines of Prometheus' log`);
for (const line of loud.slice(0, 20)) say(line);
sync.kill("SIGTERM");
await sync.exited;
await devnet.stop();
