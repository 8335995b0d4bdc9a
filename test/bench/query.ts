// How long an answer takes and how fast rows stream out of a large database.
//   bun test/bench/query.ts [--blocks 10000000] [--file FILE] [--rows 2000000]
// Answers are timed in this process, best of four; exports as a process of their own.
import { readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

import { main } from "../../commands/_main.ts";
import { queryCommand } from "../../commands/query.ts";
import { openReadable } from "../../core/storage/open.ts";
import { generate, hashOf, keyOf, SILENT } from "./query-database.ts";

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "10000000" },
    rows: { type: "string", default: "2000000" },
    file: { type: "string" },
  },
});
const count = Number(values.blocks);
const file = values.file ?? `/tmp/mvm-bench-${count}.db`;

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(52)} ${value}\n`);
}

const LIMIT_MS = 50;

/** Every sub-command, with what makes it look far: deep pages, sorts, long stretches, one of many validators. */
const QUESTIONS = `stats
coverage
gaps
blocks
blocks --offset HALF
blocks --sort slot
blocks --since 2026-01-01 --until 2026-01-02
blocks --validator KEY
blocks --validator KEY --offset 20000
blocks --ours
block 5000
block OLDEST
missed
missed --offset 100000
missed --validator KEY
missed --validator KEY --offset 900
missed --validator SILENT
orphans
orphans --offset 5000
orphans --validator KEY
epochs
epochs --offset 20000
epochs --sort missed:desc
epochs --sort reliability
epochs --validator KEY
epochs --validator KEY --offset 20000
epochs --validator KEY --sort missed:desc
epochs --validator KEY --sort share
validators
validators --sort missed
validators --since 2025-12-01
validator KEY
validator SILENT
performance
performance --from 100000 --to HALF
performance --since 2026-01-01
committee
committee --sort seats
trends --days 3650
trends --validator KEY --days 3650
keys KEY`.split("\n");

/** In this process, as a service asks: the whole of a command but its program's start. The file is opened afresh. */
async function time(question: string): Promise<void> {
  const words: Record<string, string> = {
    ...{ KEY: keyOf(7), SILENT: keyOf(SILENT), HALF: String(count / 2) },
    OLDEST: `0x${hashOf(1).toHex()}`,
  };
  const argv = question.split(" ").map((word) => words[word] ?? word);
  const times: number[] = [];
  const write = process.stdout.write.bind(process.stdout);
  for (let round = 0; round < 4; round++) {
    process.stdout.write = () => true;
    const started = performance.now();
    const code = await main(queryCommand, [...argv, "-d", file, "--json"]);
    times.push(performance.now() - started);
    process.stdout.write = write;
    if (code !== 0) throw new Error(`${question} exited ${code}`);
  }
  const best = Math.min(...times);
  const sign = best < LIMIT_MS ? "✓" : "✗";
  print(`${sign} ${question}`, `${best.toFixed(1)} ms (first ${times[0]?.toFixed(1)} ms)`);
}

/** By the kernel's account of the process as it runs: what it reports afterwards counts its parent too. */
function peakMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
}

/** Rows read and thrown away: what no export can be faster than on this machine, at this moment. */
function ceiling(): void {
  const db = openReadable(file);
  const started = performance.now();
  let rows = 0;
  for (const row of db
    .prepare("SELECT number, hash, slot, author, flags, extrinsics FROM blocks LIMIT ?")
    .iterate(Number(values.rows))) {
    if (row !== null) rows++;
  }
  const rate = Math.round((1000 * rows) / (performance.now() - started)).toLocaleString("en");
  print("rows read and thrown away", `${rate} rows/s`);
  db.close();
}

async function exportRows(question: string, ...flags: string[]): Promise<void> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, "commands/query.ts", question, "-d", file, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let bytes = 0;
  let lines = 0;
  let peak = 0;
  let chunks = 0;
  for await (const chunk of child.stdout) {
    bytes += chunk.length;
    if (chunks++ % 50 === 0) peak = Math.max(peak, peakMb(child.pid));
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
  await child.exited;
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(lines / seconds).toLocaleString("en");
  const size = Math.round(bytes / 1e6 / seconds);
  print(
    `${question} ${flags.join(" ")}`,
    `${rate} rows/s, ${size} MB/s, peak ${peak.toFixed(0)} MB`,
  );
}

const started = performance.now();
generate(file, count);
print("blocks", `${count.toLocaleString("en")}, ${(Bun.file(file).size / 1e6).toFixed(0)} MB`);
print("generated in", `${((performance.now() - started) / 1000).toFixed(0)} s`);
print(`one page, limit ${LIMIT_MS} ms`, "best of four (first)");
for (const question of QUESTIONS) await time(question);
ceiling();
for (const limit of [String(Math.ceil(Number(values.rows) / 10)), values.rows]) {
  for (const form of ["--csv", "--jsonl", "--json"])
    await exportRows("blocks", form, "--limit", limit);
}
await exportRows("missed", "--csv");
await exportRows("blocks", "--validator", keyOf(7), "--csv");
await exportRows("epochs", "--csv");
if (values.file === undefined)
  for (const part of ["", "-lock", "-wal", "-shm"]) rmSync(`${file}${part}`, { force: true });
