// What we ship for Prometheus and Grafana names only series that are exported, and does what it says.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";

import { join } from "pathe";

import { openSeries } from "../../core/metrics/series.ts";
import { openServer } from "../../core/metrics/server.ts";
import type { Snapshot } from "../../core/metrics/snapshot.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");
const hasPromtool = Bun.which("promtool") !== null;
if (!hasPromtool) process.stderr.write("skipped: promtool is not here\n");

/** Everything known, so that no series is left out. */
const SNAPSHOT: Snapshot = {
  ...{ chain: "c", lastBlock: 1, lastBlockTimeMs: 1, finalizedBlock: 1, nodeBlock: 1 },
  ...{ nodePeers: 1, blocksPerSecond: 1, unattributed: 0, missed: 0, orphaned: 0 },
  ...{ databaseBytes: 1, openAlerts: { critical: 0 } },
  epoch: { number: 1, progress: 0.5 },
  mainchainEpoch: { number: 1, progress: 0.5 },
  checks: [
    {
      ...{ name: "node.syncing", subject: null, verdict: "ok", value: 1, unit: "blocks" },
      ...{ message: "", hint: null },
    },
  ],
  validators: [
    {
      ...{ id: "v", blocks: 1, missed: 1, orphaned: 1, epochBlocks: 1, epochMissed: 1 },
      ...{ epochExpected: 1, seats: 1, nextSeats: 1, registered: true, nextSlotTimeMs: 1 },
      lastBlock: 1,
    },
  ],
};

async function exported(): Promise<Set<string>> {
  const series = openSeries({ version: "1", commit: "c" });
  series.observeRequest("chain_getHeader", 1, "ok");
  const { body } = await series.render(SNAPSHOT);
  return new Set(body.match(/^[a-z_]+/gm));
}

test.each(["prometheus/mvm.rules.yml", "prometheus/mvm.rules.test.yml", "grafana/mvm.json"])(
  "%s names only series that are exported",
  async (file) => {
    const text = await Bun.file(join(EXAMPLES, file)).text();
    const named = new Set(text.match(/\b(?:mvm|process)_[a-z_]+\b/g));
    expect(named.size).toBeGreaterThan(1);
    const known = await exported();
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  },
);

test("every panel of the dashboard has a place of its own and a query", async () => {
  interface Panel {
    id: number;
    type: string;
    targets?: { expr: string }[];
    gridPos: { x: number; y: number; w: number; h: number };
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file
  const { panels } = (await Bun.file(join(EXAMPLES, "grafana/mvm.json")).json()) as {
    panels: Panel[];
  };
  const cells = new Set<string>();
  for (const { id, type, targets, gridPos } of panels) {
    if (type !== "row") expect(targets?.length).toBeGreaterThan(0);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(`${id}: ${cells.has(`${x},${y}`)}`).toBe(`${id}: false`);
        cells.add(`${x},${y}`);
      }
    }
  }
});

test.if(hasPromtool)("the rules are right, fire when they should, and clear", () => {
  for (const words of [
    ["check", "config", "prometheus.yml"],
    ["test", "rules", "mvm.rules.test.yml"],
  ]) {
    const ran = Bun.spawnSync(["promtool", ...words], { cwd: join(EXAMPLES, "prometheus") });
    expect(ran.stderr.toString() + ran.stdout.toString()).not.toContain("FAILED");
    expect(ran.exitCode).toBe(0);
  }
});

test.if(Bun.which("prometheus") !== null)(
  "a real Prometheus takes the page we serve, whole",
  async () => {
    using folder = temporaryFolder();
    const series = openSeries({ version: "1", commit: "c" });
    await using server = openServer({
      ...{ listen: { hostname: "127.0.0.1", port: 0 }, token: "s3cret", notReady: () => null },
      render: async () => await series.render(SNAPSHOT),
    });
    writeFileSync(folder.file("token"), "s3cret");
    writeFileSync(
      folder.file("prometheus.yml"),
      `scrape_configs:
  - job_name: mvm
    scrape_interval: 1s
    authorization: { credentials_file: ${folder.file("token")} }
    static_configs: [{ targets: ["${new URL(server.url).host}"] }]
`,
    );
    const port = freePort();
    await using prometheus = Bun.spawn(
      [
        ...["prometheus", `--config.file=${folder.file("prometheus.yml")}`],
        ...[`--storage.tsdb.path=${folder.file("data")}`, `--web.listen-address=127.0.0.1:${port}`],
      ],
      { stdio: ["ignore", "ignore", "ignore"] },
    );
    const ask = async (query: string): Promise<string[]> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const text = await fetch(url)
        .then(async (reply) => await reply.text())
        .catch(() => "");
      return text.match(/"value":\[[^\]]+\]/g) ?? [];
    };
    const until = async (query: string, wanted: RegExp): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        if ((await ask(query)).some((value) => wanted.test(value))) return;
        await Bun.sleep(100);
      }
      throw new Error(`${query}: ${(await ask(query)).join(" ")}`);
    };
    await until('up{job="mvm"}', /"1"/);
    await until("mvm_sync_last_block", /"1"/);
    await until('count({__name__=~"mvm_.+"})', /"\d\d+"/);
    prometheus.kill();
  },
  30_000,
);

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = server;
  void server.stop(true);
  return Number(port);
}
