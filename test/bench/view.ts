// How the dashboard feels: first frame, key to frame in every view while a daemon writes, memory, idle CPU.
//   bun test/bench/view.ts [BLOCKS…]      for example 10000 1000000; a compiled one with MVM_VIEW=dist/mvm-view
import { readFileSync } from "node:fs";

import { join } from "pathe";

import { openWritable } from "../../core/storage/open.ts";
import { openWriter } from "../../core/storage/write.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { addBlock, CHAIN, writeViewFixture } from "../helpers/view-fixture.ts";

const sizes = process.argv.slice(2).map(Number);
const KEYS_EACH = 100;
const VIEWS = [
  "dashboard",
  "blocks",
  "validators",
  "performance",
  "logs",
  "keys",
  "peers",
  "schedule",
];
const PAGED = ["blocks", "validators", "performance", "logs"];
const IDLE_MS = 15_000;
const script = join(import.meta.dir, "../../commands/view.ts");
const command =
  process.env["MVM_VIEW"] === undefined ? [process.execPath, script] : [process.env["MVM_VIEW"]];

interface Screen extends AsyncDisposable {
  pid: number;
  /** Milliseconds from the start until the screen held this. */
  sawAt: (text: string) => Promise<number>;
  /** Milliseconds until anything was drawn after this was typed; null = nothing was. */
  type: (keys: string) => Promise<number | null>;
}

function openScreen(flags: readonly string[]): Screen {
  const started = performance.now();
  const decoder = new TextDecoder();
  let text = "";
  let wake = (): void => undefined;
  const child = Bun.spawn([...command, ...flags], {
    env: { ...process.env, TERM: "xterm-256color", COLORTERM: "truecolor" },
    terminal: {
      ...{ cols: 120, rows: 40 },
      data: (_, bytes) => {
        text += Bun.stripANSI(decoder.decode(bytes, { stream: true }));
        wake();
      },
    },
  });
  return {
    pid: child.pid,
    sawAt: async (wanted) => {
      while (!text.includes(wanted)) await new Promise<void>((resolve) => (wake = resolve));
      return performance.now() - started;
    },
    type: async (keys) => {
      const at = performance.now();
      const { promise, resolve } = Promise.withResolvers<number | null>();
      wake = () => resolve(performance.now() - at);
      child.terminal?.write(keys);
      const nothing = setTimeout(() => resolve(null), 1000);
      const took = await promise;
      clearTimeout(nothing);
      wake = () => undefined;
      return took;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

function percentile(all: readonly number[], part: number): string {
  const sorted = all.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
}

/** A daemon's commits on the tip, until told to stop. */
function startWriting(fixture: ViewFixture): () => void {
  const writable = openWritable(fixture.file);
  const writer = openWriter(writable.db, CHAIN);
  const timer = setInterval(() => (fixture.tip = addBlock(writer, fixture.tip)), 200);
  return () => {
    clearInterval(timer);
    writable[Symbol.dispose]();
  };
}

/** Both of its threads included, in milliseconds. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function memoryMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
}

async function measureKeys(screen: Screen): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (const [i, view] of VIEWS.entries()) {
    await screen.type(String(i + 1));
    await Bun.sleep(300);
    const taken: number[] = [];
    for (let n = 0; n < KEYS_EACH; n++) {
      // Each key must change the picture: pages where there are many rows, else help and back.
      const pages = PAGED.includes(view) && n % 4 > 1;
      const keys = n % 2 === 0 ? (pages ? "J" : "?") : pages ? "K" : "\u007f";
      const took = await screen.type(keys);
      if (took !== null) taken.push(took);
      await Bun.sleep(15);
    }
    times.set(view, taken);
  }
  return times;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const node = await startDevnet({ history: 50 });
for (const blocks of sizes.length === 0 ? [10_000] : sizes) {
  using folder = temporaryFolder();
  const made = performance.now();
  const fixture = writeViewFixture(folder.file("view.db"), { blocks, validators: 185 });
  print(`\n${blocks} blocks (made in ${((performance.now() - made) / 1000).toFixed(0)} s)`);
  const flags = ["-r", node.url, "-d", fixture.file];
  const firsts: number[] = [];
  const filled: number[] = [];
  for (let i = 0; i < 5; i++) {
    await using screen = openScreen(flags);
    firsts.push(await screen.sawAt("Midnight Validator Monitor"));
    filled.push(await screen.sawAt("MyValidator"));
  }
  print(
    `first frame            p50 ${percentile(firsts, 0.5)} ms, worst ${percentile(firsts, 1)} ms`,
  );
  print(
    `with stored facts      p50 ${percentile(filled, 0.5)} ms, worst ${percentile(filled, 1)} ms`,
  );
  for (const [name, silent] of [
    ["node answers", false],
    ["node hangs", true],
  ] as const) {
    node.setFaults({ silent });
    const stop = startWriting(fixture);
    await using screen = openScreen(flags);
    await screen.sawAt("MyValidator");
    const times = await measureKeys(screen);
    stop();
    const all = [...times.values()].flat();
    print(
      `key to frame, ${name.padEnd(12)} p50 ${percentile(all, 0.5)}  p99 ${percentile(all, 0.99)}  worst ${percentile(all, 1)} ms (${all.length} keys)`,
    );
    for (const [view, taken] of times) {
      print(
        `    ${view.padEnd(12)} p50 ${percentile(taken, 0.5)}  p99 ${percentile(taken, 0.99)} ms`,
      );
    }
    await screen.type("1");
    print(`memory                 ${memoryMb(screen.pid)} MB`);
  }
  node.setFaults({ silent: false });
  await using quiet = openScreen(flags);
  await quiet.sawAt("MyValidator");
  // The compiler has its work behind it.
  await Bun.sleep(20_000);
  const before = cpuMs(quiet.pid);
  await Bun.sleep(IDLE_MS);
  print(
    `idle on the dashboard  ${(((cpuMs(quiet.pid) - before) / IDLE_MS) * 100).toFixed(2)} % of a core, ${memoryMb(quiet.pid)} MB`,
  );
}
await node.stop();
process.exit(0);
