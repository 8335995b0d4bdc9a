// How long `mvm-status` takes, from start to exit: with a healthy node, and with one that hangs.
//   bun run build && bun test/bench/status.ts [ROUNDS]
import { join } from "pathe";

import { startDevnet } from "../../examples/devnet/devnet.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const PROGRAM = join(import.meta.dir, "../../dist/mvm-status");
const TIMEOUT_S = 5;
const rounds = Number(process.argv[2] ?? 30);

const chain = { history: 2000, clock: "wall", pruning: "archive", missRate: 0 } as const;
const devnet = await startDevnet({ ...chain, seed: "status", rpcMethods: "unsafe", operator: 0 });
using folder = temporaryFolder();
const [file, keystore] = [folder.file("mvm.db"), folder.file("keystore")];
await devnet.writeKeystore(keystore, 0);
await syncOnce(devnet.url, file, "--keystore", keystore);

interface Run {
  ms: number;
  code: number;
  fine: string;
}

async function run(): Promise<Run> {
  const flags = ["-r", devnet.url, "-M", devnet.metricsUrl, "-d", file, "-K", keystore];
  const started = performance.now();
  const child = Bun.spawn([PROGRAM, ...flags, "--timeout", String(TIMEOUT_S), "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: folder.file("."),
  });
  const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
  const ms = performance.now() - started;
  const count = (verdict: string): number => out.split(`"verdict": "${verdict}"`).length - 1;
  return { ms, code, fine: `${count("ok")} ok, ${count("unknown")} unknown` };
}

async function report(what: string, times: number): Promise<void> {
  const runs: Run[] = [];
  for (let i = 0; i < times; i++) runs.push(await run());
  const sorted = runs.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
  const ends = `${sorted[0]} / ${sorted[sorted.length >> 1]} / ${sorted.at(-1)} ms`;
  const codes = [...new Set(runs.map(({ code }) => code))].join(", ");
  process.stdout.write(`${what.padEnd(34)} ${ends}   exit ${codes}, ${runs.at(-1)?.fine}\n`);
}

process.stdout.write(`                                   min / median / max of ${rounds}\n`);
await report("healthy (limit 250 ms)", rounds);
devnet.setFaults({ silent: true, metricsSilent: true });
await report(`RPC and metrics hang (--timeout ${TIMEOUT_S})`, 3);
devnet.setFaults({ silent: false });
await report("metrics hang", 3);
await devnet.stop();
process.exit(0);
