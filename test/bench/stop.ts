// How long an initial sync takes to stop when asked to, and to go on when started again.
//   bun test/bench/stop.ts [ROUNDS]
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const rounds = Number(process.argv[2] ?? 10);
const devnet = await startDevnet({ history: 20_000, pruning: "archive" });
devnet.setFaults({ latencyMs: 20 });
using folder = temporaryFolder();
const file = folder.file("stop.db");
const stops: number[] = [];
const starts: number[] = [];
for (let round = 0; round < rounds; round++) {
  const before = storedHeights(file).last;
  const started = performance.now();
  await using sync = startSync(devnet.url, file, "--batch-size", "20", "--concurrency", "2");
  await sync.until("progress", () => storedHeights(file).last > before);
  starts.push(performance.now() - started);
  await Bun.sleep(Math.random() * 200);
  const asked = performance.now();
  sync.kill("SIGTERM");
  const code = await sync.exited;
  stops.push(performance.now() - asked);
  if (code !== 0) throw new Error(`exited ${code}: ${sync.log()}`);
}
const show = (numbers: number[]): string => numbers.map((ms) => `${Math.round(ms)} ms`).join(", ");
process.stdout.write(`asked to stop → exit 0     ${show(stops)}\n`);
process.stdout.write(`started → first new block  ${show(starts)}\n`);
process.stdout.write(`blocks stored by then      ${storedHeights(file).last} of 20000\n`);
await devnet.stop();
process.exit(0);
