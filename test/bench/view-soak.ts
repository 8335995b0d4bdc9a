// The dashboard left open on a fast chain whose node goes away again and again: no error, and memory that stays.
//   bun test/bench/view-soak.ts [MINUTES]      60 without a number; a compiled one with MVM_VIEW=dist/mvm-view
import { join } from "pathe";

import { startDevnetProcess } from "../helpers/devnet-process.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";
import type { Trend } from "../reliability/flat.ts";
import { formatTrend, isFlat, trendOf } from "../reliability/flat.ts";
import { memoryMb } from "./view-screen.ts";

const minutes = Number(process.argv[2] ?? 60);
const SLOT_MS = 200;
const RESTART_EVERY_S = 90;
const DOWN_MS = 8000;
const KEY_EVERY_MS = 3000;
/** At first keys come fast, as many as in the hour after it: what the compiler makes of them is no leak, and comes early so. */
const FAST_KEY_EVERY_MS = 150;
const FAST_MS = 180_000;
const SAMPLE_MS = 15_000;
/** What the start takes is not a leak. */
const WARM_UP = 1 / 3;
/** Every view in turn, with paging, details, searches and themes. */
const KEYS = [
  ...["1", "j", "\r", "\u007f", "2", "J", "J", "\r", "\u007f", "G", "g", "f", "f", "/100\r", "3"],
  ...[
    "s",
    "S",
    "\r",
    "\u007f",
    "4",
    "c",
    "J",
    "5",
    "p",
    "p",
    "l",
    "6",
    "7",
    "8",
    "t",
    "?",
    "\u007f",
  ],
];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

using folder = temporaryFolder();
await using devnet = await startDevnetProcess(
  ...["--clock", "wall", "--slot-ms", String(SLOT_MS), "--history", "500"],
  ...["--miss-rate", "0.04", "--fork-rate", "0.03", "--keystore", folder.file("keystore")],
  ...["--restart-every", String(RESTART_EVERY_S), "--restart-down-ms", String(DOWN_MS)],
);
const file = folder.file("mvm.db");
const keystore = ["--keystore", folder.file("keystore")];
await using sync = startSync(devnet.url, file, ...keystore, "--label", "MyValidator");
await sync.until("500 blocks", () => storedHeights(file).last >= 500);

const script = join(import.meta.dir, "../../commands/view.ts");
const program = process.env["MVM_VIEW"];
const command = program === undefined ? [process.execPath, script] : [program];
let told = "";
let away = 0;
const child = Bun.spawn([...command, "-r", devnet.url, "-d", file, ...keystore], {
  env: { ...process.env, TERM: "xterm-256color", COLORTERM: "truecolor" },
  terminal: {
    ...{ cols: 120, rows: 40 },
    data: (_, bytes) => {
      const text = new TextDecoder().decode(bytes);
      if (text.includes("Node away")) away++;
      told = (told + text).slice(-20_000);
    },
  },
});
const startedAt = performance.now();
const elapsed = (): number => performance.now() - startedAt;
const samples: { at: number; resident: number; own: number }[] = [];
let pressed = 0;
for (let sampledAt = -SAMPLE_MS; elapsed() < minutes * 60_000 && child.exitCode === null;) {
  child.terminal?.write(KEYS[pressed++ % KEYS.length] ?? "");
  if (elapsed() - sampledAt >= SAMPLE_MS) {
    sampledAt = elapsed();
    // The rest of what is resident are pages of the executable's file.
    const [resident, own] = [memoryMb(child.pid), memoryMb(child.pid, "RssAnon")];
    samples.push({ at: sampledAt / 3_600_000, resident, own });
    if (samples.length % 8 === 1) {
      const minute = (sampledAt / 60_000).toFixed(1).padStart(5);
      print(`${minute} min  ${resident.toFixed(0)} MB, ${own.toFixed(0)} its own  ${pressed} keys`);
    }
  }
  await Bun.sleep(elapsed() < FAST_MS ? FAST_KEY_EVERY_MS : KEY_EVERY_MS);
}
const most = child.exitCode === null ? memoryMb(child.pid, "VmHWM") : Number.NaN;
// Whatever is open, this leaves.
child.terminal?.write("\u0003");
const code = await Promise.race([child.exited, Bun.sleep(5000).then(() => null)]);
child.kill("SIGKILL");
const text = Bun.stripANSI(told);
const failed = code !== 0 || text.includes("this is a bug");
const late = samples.slice(Math.floor(samples.length * WARM_UP));
const trendIn = (part: "resident" | "own"): Trend | null =>
  trendOf(late.map((sample) => ({ at: sample.at, value: sample[part] })));
const trend = trendIn("resident");
const mark = (good: boolean): string => (good ? "✓" : "✗");
print(`${mark(!failed)} no error, left with ${code} after ${(elapsed() / 60_000).toFixed(1)} min`);
print(
  `${mark(away > 0)} the node away was drawn ${away} times, ${storedHeights(file).last} blocks`,
);
print(`${mark(isFlat(trend))} memory ${formatTrend(trend)} MB an hour`);
print(`  its own, without the pages of its file: ${formatTrend(trendIn("own"))} MB an hour`);
print(
  `  ${samples.at(-1)?.resident.toFixed(0)} MB at the end, ${most.toFixed(0)} MB at the highest`,
);
if (failed) print(text.slice(-3000));
process.exitCode = failed ? 1 : 0;
