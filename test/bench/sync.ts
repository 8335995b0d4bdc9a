// How fast, how small, how gentle: an initial sync and following at the tip, measured against the devnet.
//   bun test/bench/sync.ts [--blocks 40000] [--rounds 3] [--tip-blocks 3000] [--latency 0,5,10]
// Ratios of one run are comparable; absolute figures depend on the machine and its other work.
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";

import { startDevnet } from "../../examples/devnet/devnet.ts";
import type { DevnetProcess } from "../helpers/devnet-process.ts";
import { startDevnetProcess } from "../helpers/devnet-process.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "40000" },
    rounds: { type: "string", default: "3" },
    "tip-blocks": { type: "string", default: "3000" },
    batch: { type: "string", default: "100" },
    concurrency: { type: "string", default: "4" },
    // Milliseconds the node takes to answer: none is this machine, 5 is a node some hops away.
    latency: { type: "string", default: "0,5,10" },
  },
});
const blocks = Number(values.blocks);

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(44)} ${value}\n`);
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

interface Usage {
  seconds: number;
  cpuSeconds: number;
  peakMb: number;
  out: string;
}

/** A child's wall time, CPU time and peak memory, by the operating system's own accounts. */
async function measure(command: string[]): Promise<Usage> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, ...command], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, log, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} exited ${code}: ${log}`);
  const usage = child.resourceUsage();
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: Number(usage?.cpuTime.total ?? 0) / 1e6,
    peakMb: (usage?.maxRSS ?? 0) / 1024 / 1024,
    out,
  };
}

/** In a process of its own, so that each side has a core. */
async function startServer(): Promise<DevnetProcess> {
  return await startDevnetProcess("--history", String(blocks), "--pruning", "archive");
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function initialSync(): Promise<void> {
  const server = await startServer();
  using folder = temporaryFolder();
  for (const latency of values.latency.split(",").map(Number)) {
    await server.command(`faults latencyMs=${latency}`);
    print("", "");
    print(`node answers after ${latency} ms`, `${blocks} blocks, ${values.rounds} rounds`);
    await measureRounds(server, (round) => folder.file(`${latency}-${round}.db`));
  }
  await server.kill("SIGTERM");
}

async function measureRounds(
  server: DevnetProcess,
  fileOf: (round: number) => string,
): Promise<void> {
  const rates = { sync: [] as number[], ceiling: [] as number[], ratio: [] as number[] };
  const peaks: number[] = [];
  const cpu: number[] = [];
  const serverCpu: number[] = [];
  const flags = ["--batch-size", values.batch, "--concurrency", values.concurrency];
  for (let round = 0; round < Number(values.rounds); round++) {
    const sync = ["commands/sync.ts", "-r", server.url, "-d", fileOf(round), "--once", ...flags];
    const before = cpuSecondsOf(server.pid);
    const full = await measure(sync);
    serverCpu.push((1e6 * (cpuSecondsOf(server.pid) - before)) / blocks);
    // With nothing left to sync: what starting and stopping cost.
    const idle = await measure(sync);
    const { url } = server;
    const raw = await measure([
      "test/bench/ceiling.ts",
      url,
      String(blocks),
      ...flags.slice(1, 2),
      values.concurrency,
    ]);
    rates.sync.push(blocks / (full.seconds - idle.seconds));
    rates.ceiling.push(Number(raw.out));
    rates.ratio.push((rates.sync.at(-1) ?? 0) / Number(raw.out));
    peaks.push(full.peakMb);
    cpu.push((1e6 * full.cpuSeconds) / blocks);
  }
  const percent = rates.ratio.map((ratio) => `${Math.round(100 * ratio)} %`).join(", ");
  print("initial sync, no seals", `${Math.round(median(rates.sync))} blocks/s`);
  print("raw ceiling, replies thrown away", `${Math.round(median(rates.ceiling))} blocks/s`);
  print("share of the ceiling, by round", percent);
  print("our CPU per block, start-up included", `${median(cpu).toFixed(1)} µs`);
  print("the devnet's CPU per block", `${median(serverCpu).toFixed(1)} µs`);
  print("peak memory", `${median(peaks).toFixed(1)} MB`);
  print("database", `${(statSync(fileOf(0)).size / blocks).toFixed(1)} bytes/block`);
}

function ioOf(pid: number): { wchar: number; disk: number } {
  const text = readFileSync(`/proc/${pid}/io`, "utf8");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1]);
  return { wchar: field("wchar"), disk: field("write_bytes") };
}

async function atTheTip(): Promise<void> {
  const devnet = await startDevnet({ history: 1000, clock: "manual" });
  using folder = temporaryFolder();
  const file = folder.file("tip.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  const logged = sync.log().length;
  const start = { ...ioOf(sync.pid), block: devnet.truth().best };
  for (let i = 0; i < Number(values["tip-blocks"]); i++) {
    await devnet.step(1);
    const { best } = devnet.truth();
    await sync.until(`block ${best}`, () => storedHeights(file).last >= best);
  }
  const end = ioOf(sync.pid);
  const made = devnet.truth().best - start.block;
  const written = end.wchar - start.wchar - (sync.log().length - logged);
  print("written per block at the tip (write calls)", `${Math.round(written / made)} bytes`);
  print(
    "written per block at the tip (to disk)",
    `${Math.round((end.disk - start.disk) / made)} bytes`,
  );
  await devnet.stop();
}

await initialSync();
await atTheTip();
process.exit(0);
