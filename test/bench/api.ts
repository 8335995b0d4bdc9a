// The API under load: how many requests a second one core answers, and whether a block is stored any later meanwhile.
//   bun test/bench/api.ts [SECONDS] [SLOT_MS]
// The mvm-sync measured has the first core, all else the second, wrk behind what measures. It asks for the last blocks and
// the status. On a busy machine, as root: nice -n -10 bun test/bench/api.ts
import { writeFileSync } from "node:fs";

import { $ } from "bun";

import { openReadable } from "../../core/storage/open.ts";
import { readRange } from "../../core/storage/position.ts";
import { startDevnetProcess } from "../helpers/devnet-process.ts";
import { startSync, temporaryFolder } from "../helpers/sync-process.ts";

const seconds = Number(process.argv[2] ?? 30);
const slotMs = Number(process.argv[3] ?? 250);
const WANTED_PER_SECOND = 2000;
const CONNECTIONS = 20;

if (Bun.which("wrk") === null || Bun.which("taskset") === null) {
  process.stderr.write("skipped: wrk or taskset is not here\n");
  process.exit(0);
}

using folder = temporaryFolder();
const flags = [
  "--clock",
  "wall",
  "--slot-ms",
  String(slotMs),
  "--miss-rate",
  "0",
  "--fork-rate",
  "0",
];
await using devnet = await startDevnetProcess(...flags, "--history", "3000", "--validators", "100");
const config = folder.file("mvm.toml");
const file = folder.file("mvm.db");
writeFileSync(config, '[metrics]\nlisten = "127.0.0.1:0"\napi_rate = 100000\n');
await using sync = startSync(devnet.url, file, "--config", config);
await sync.until("following", () => /synced at/.test(sync.log()));
await sync.until("serving", () => /metrics at http/.test(sync.log()));
const url = /metrics at (http\S+\/)metrics/.exec(sync.log())?.[1] ?? "";
await $`taskset -acp 0 ${sync.pid}`.quiet();
for (const pid of [devnet.pid, process.pid]) await $`taskset -acp 1 ${pid}`.quiet();
// The first look and its status.
await Bun.sleep(7000);

const paths = ["api/v1/blocks?limit=20", "api/v1/status"].map((path) => `"/${path}"`).join(", ");
const script = folder.file("load.lua");
/** Each connection waits so long between two of its requests; 0 = as fast as it goes. */
function writeScript(delayMs: number): void {
  const delay = delayMs === 0 ? "" : `function delay() return ${delayMs} end\n`;
  const ask = `function request() n = (n % #paths) + 1; return wrk.format("GET", paths[n]) end\n`;
  writeFileSync(script, `paths = { ${paths} }\nn = 0\n${delay}${ask}`);
}

/** From the node's word of a block to its row in the file, in ms. */
async function measure(forMs: number): Promise<number[]> {
  const told = new Map<number, number>();
  const lags: number[] = [];
  const socket = new WebSocket(devnet.url);
  socket.onopen = () =>
    socket.send('{"jsonrpc":"2.0","id":1,"method":"chain_subscribeNewHeads","params":[]}');
  socket.onmessage = ({ data }) => {
    const number = /"number":"(0x[0-9a-f]+)"/.exec(String(data))?.[1];
    if (number !== undefined && !told.has(Number(number)))
      told.set(Number(number), performance.now());
  };
  using db = openReadable(file);
  let last = readRange(db).last ?? 0;
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const now = readRange(db).last ?? 0;
    for (; last < now;) {
      last += 1;
      const at = told.get(last);
      if (at !== undefined) lags.push(performance.now() - at);
    }
    await Bun.sleep(1);
  }
  socket.close();
  return lags.toSorted((a, b) => a - b);
}

function say(what: string, lags: readonly number[], load: string): void {
  const at = (share: number): string =>
    (lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? Number.NaN).toFixed(1);
  process.stdout.write(
    `${what.padEnd(24)} ${lags.length} blocks, to the file in p50 ${at(0.5)} p90 ${at(0.9)} p99 ${at(0.99)} ms  ${load}\n`,
  );
}

async function underLoad(delayMs: number): Promise<{ lags: number[]; load: string }> {
  writeScript(delayMs);
  const words = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", "-s", script, url];
  const wrk = Bun.spawn(["nice", "-n", "10", "taskset", "-c", "1", "wrk", ...words], {
    stdout: "pipe",
  });
  const lags = await measure(seconds * 1000);
  const text = await new Response(wrk.stdout).text();
  const rate = /Requests\/sec:\s+(\S+)/.exec(text)?.[1] ?? "?";
  const late = /99%\s+(\S+)/.exec(text)?.[1] ?? "?";
  const failed = /(?:Non-2xx|Socket errors).*/.exec(text)?.[0] ?? "no failures";
  return { lags, load: `${rate} requests/s, p99 ${late}, ${failed}` };
}

const pause = (1000 * CONNECTIONS) / WANTED_PER_SECOND - 1;
for (let round = 0; round < 2; round++) {
  say("nobody asks", await measure(seconds * 1000), "");
  const steady = await underLoad(pause);
  say(`about ${WANTED_PER_SECOND} a second`, steady.lags, steady.load);
}
const most = await underLoad(0);
say("as many as it answers", most.lags, most.load);
