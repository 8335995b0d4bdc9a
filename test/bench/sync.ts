// How fast, how small, how gentle: an initial sync and following at the tip, measured against the devnet.
//   bun test/bench/sync.ts [--blocks 40000] [--rounds 3] [--tip-blocks 3000]
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";

import { startDevnet } from "../../examples/devnet/devnet.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "40000" },
    rounds: { type: "string", default: "3" },
    "tip-blocks": { type: "string", default: "3000" },
    batch: { type: "string", default: "100" },
    concurrency: { type: "string", default: "4" },
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

/** The devnet in a process of its own, so that each side has a core. */
async function startServer(): Promise<{ url: string; pid: number; stop: () => Promise<unknown> }> {
  const child = Bun.spawn(
    [
      process.execPath,
      "examples/devnet/main.ts",
      ...["--history", String(blocks), "--port", "0", "--metrics-port", "0"],
      ...["--clock", "manual", "--pruning", "archive"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  for await (const chunk of child.stderr) {
    log += new TextDecoder().decode(chunk);
    const url = /ready (ws:\S+)/.exec(log)?.[1];
    if (url !== undefined) {
      const stop = async (): Promise<unknown> => (child.kill(), await child.exited);
      return { url, pid: child.pid, stop };
    }
  }
  throw new Error(`the devnet did not start: ${log}`);
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function initialSync(): Promise<void> {
  const server = await startServer();
  const rates = { sync: [] as number[], ceiling: [] as number[], ratio: [] as number[] };
  let last: Usage | undefined;
  let serverCpu = 0;
  let bytes = 0;
  using folder = temporaryFolder();
  // An empty sync tells what starting costs, so that the rate is that of syncing.
  const flags = ["--batch-size", values.batch, "--concurrency", values.concurrency];
  for (let round = 0; round < Number(values.rounds); round++) {
    const file = folder.file(`${round}.db`);
    const sync = ["commands/sync.ts", "-r", server.url, "-d", file, "--once", ...flags];
    const before = cpuSecondsOf(server.pid);
    last = await measure(sync);
    serverCpu = cpuSecondsOf(server.pid) - before;
    bytes = statSync(file).size;
    const idle = await measure(sync);
    const syncRate = blocks / (last.seconds - idle.seconds);
    const raw = await measure([
      "test/bench/ceiling.ts",
      ...[server.url, String(blocks), values.batch, values.concurrency],
    ]);
    const ceiling = Number(raw.out);
    rates.sync.push(syncRate);
    rates.ceiling.push(ceiling);
    rates.ratio.push(syncRate / ceiling);
  }
  await server.stop();
  if (last === undefined) return;
  print("initial sync, no seals", `${Math.round(median(rates.sync))} blocks/s (median)`);
  print("raw ceiling, replies thrown away", `${Math.round(median(rates.ceiling))} blocks/s (median)`);
  print("share of the ceiling, round by round", rates.ratio.map((r) => `${Math.round(100 * r)} %`).join(", "));
  print("our CPU per block, start-up included", `${((1e6 * last.cpuSeconds) / blocks).toFixed(1)} µs`);
  print("the devnet's CPU per block", `${((1e6 * serverCpu) / blocks).toFixed(1)} µs`);
  print("peak memory", `${last.peakMb.toFixed(1)} MB`);
  print("database", `${(bytes / blocks).toFixed(1)} bytes/block`);
}

function ioOf(pid: number): { wchar: number; disk: number } {
  const text = readFileSync(`/proc/${pid}/io`, "utf8");
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1]);
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
  print("written per block at the tip (to disk)", `${Math.round((end.disk - start.disk) / made)} bytes`);
  await devnet.stop();
}

print("blocks, rounds", `${blocks}, ${values.rounds}`);
await initialSync();
await atTheTip();
process.exit(0);
