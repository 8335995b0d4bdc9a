// How the dashboard feels, on chains of three lengths side by side: first frame, key to frame in every view while a
// daemon writes and while the node hangs, memory, idle CPU. Long chains may not cost more than short ones.
//   bun test/bench/view.ts [BLOCKS…]      10000 1000000 10000000 without; an executable with MVM_VIEW=dist/mvm-view
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";
import type { Screen } from "./view-screen.ts";
import { cpuMs, ECHO, memoryMb, openScreen } from "./view-screen.ts";
import { startWriting } from "./view-writer.ts";

const given = process.argv.slice(2).map(Number);
const sizes = given.length === 0 ? [10_000, 1_000_000, 10_000_000] : given;
const STARTS = 9;
const KEYS_EACH = 250;
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
/** The compiler has its work behind it by then. */
const SETTLE_MS = 120_000;
const IDLE_MS = 60_000;

/** What is measured, and the most it may be. */
interface Measure {
  name: string;
  unit: string;
  most: number | null;
}

type Column = Map<string, number>;

const MEASURES: readonly Measure[] = [
  { name: "first frame, median", unit: "ms", most: 250 },
  { name: "stored facts on it, median", unit: "ms", most: null },
  { name: "key, a program that echoes: p99", unit: "ms", most: null },
  ...["node answers", "node hangs"].flatMap((node) => [
    { name: `key, ${node}: median`, unit: "ms", most: null },
    ...VIEWS.map((view) => ({ name: `key, ${node}: ${view}, p99`, unit: "ms", most: 16 })),
    { name: `memory after it, ${node}`, unit: "MB", most: 150 },
  ]),
  { name: "memory at the highest", unit: "MB", most: 150 },
  { name: "idle on the dashboard", unit: "% CPU", most: 1 },
];

function percentile(all: readonly number[], part: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Each key must change the picture: pages where there are many rows, else help and back. */
async function measureView(screen: Screen, view: string): Promise<number[]> {
  await screen.type(String(VIEWS.indexOf(view) + 1));
  await Bun.sleep(300);
  const taken: number[] = [];
  for (let n = 0; n < KEYS_EACH; n++) {
    const pages = PAGED.includes(view) && n % 4 > 1;
    const took = await screen.type(n % 2 === 0 ? (pages ? "J" : "?") : pages ? "K" : "\u007f");
    if (took !== null) taken.push(took);
    await Bun.sleep(15);
  }
  return taken;
}

async function measureStart(flags: readonly string[], column: Column): Promise<void> {
  const [firsts, filled]: [number[], number[]] = [[], []];
  for (let i = 0; i < STARTS; i++) {
    await using screen = openScreen(flags);
    firsts.push(await screen.sawAt("Midnight Validator Monitor"));
    filled.push(await screen.sawAt("MyValidator"));
  }
  column.set("first frame, median", percentile(firsts, 0.5));
  column.set("stored facts on it, median", percentile(filled, 0.5));
}

/** How much of the figures is the machine's own doing. */
async function measureMachine(column: Column): Promise<void> {
  await using screen = openScreen([], ECHO);
  await Bun.sleep(200);
  const taken: number[] = [];
  for (let n = 0; n < KEYS_EACH; n++) {
    taken.push((await screen.type("x")) ?? Number.NaN);
    await Bun.sleep(15);
  }
  column.set("key, a program that echoes: p99", percentile(taken, 0.99));
}

async function measureKeys(
  fixture: ViewFixture,
  flags: readonly string[],
  node: string,
  column: Column,
): Promise<void> {
  const stop = startWriting(fixture);
  await using screen = openScreen(flags);
  await screen.sawAt("MyValidator");
  const all: number[] = [];
  for (const view of VIEWS) {
    const taken = await measureView(screen, view);
    all.push(...taken);
    column.set(`key, ${node}: ${view}, p99`, percentile(taken, 0.99));
  }
  await stop();
  column.set(`key, ${node}: median`, percentile(all, 0.5));
  column.set(`memory after it, ${node}`, memoryMb(screen.pid));
  const highest = "memory at the highest";
  column.set(highest, Math.max(column.get(highest) ?? 0, memoryMb(screen.pid, "VmHWM")));
}

async function measureIdle(flags: readonly string[], column: Column): Promise<void> {
  await using screen = openScreen(flags);
  await screen.sawAt("MyValidator");
  await Bun.sleep(SETTLE_MS);
  const before = cpuMs(screen.pid);
  await Bun.sleep(IDLE_MS);
  column.set("idle on the dashboard", ((cpuMs(screen.pid) - before) / IDLE_MS) * 100);
}

async function measure(blocks: number, node: Devnet): Promise<Column> {
  using folder = temporaryFolder();
  const fixture = writeViewFixture(folder.file("view.db"), { blocks, validators: 185 });
  const flags = ["-r", node.url, "-d", fixture.file];
  const column: Column = new Map();
  await measureStart(flags, column);
  await measureMachine(column);
  await measureKeys(fixture, flags, "node answers", column);
  await measureIdle(flags, column);
  node.setFaults({ silent: true });
  await measureKeys(fixture, flags, "node hangs", column);
  node.setFaults({ silent: false });
  return column;
}

function printTable(columns: readonly Column[]): void {
  const heads = sizes.map((size) => `${size.toLocaleString("en")} blocks`);
  print(
    ["", ...heads, "at most"]
      .map((text, i) => (i === 0 ? text.padEnd(36) : text.padStart(18)))
      .join(""),
  );
  for (const { name, unit, most } of MEASURES) {
    const cells = columns.map((column) => {
      const value = column.get(name) ?? Number.NaN;
      const mark = most === null ? " " : value < most ? "✓" : "✗";
      return `${value.toFixed(unit === "MB" ? 0 : 1)} ${unit} ${mark}`.padStart(18);
    });
    print(
      [name.padEnd(36), ...cells, (most === null ? "" : `${most} ${unit}`).padStart(18)].join(""),
    );
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const node = await startDevnet({ history: 50 });
const columns: Column[] = [];
for (const blocks of sizes) {
  process.stderr.write(`${blocks} blocks …\n`);
  columns.push(await measure(blocks, node));
}
printTable(columns);
await node.stop();
process.exit(0);
