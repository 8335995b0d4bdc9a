// How long an answer takes and how fast rows stream out of a large database.
//   bun test/bench/query.ts [--blocks 10000000] [--file FILE] [--rows 2000000]
// Answers are timed in this process, best of three, as a view or a service asks; exports as a process of their own.
import type { Database } from "bun:sqlite";
import { readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

import { readBlock } from "../../core/queries/block.ts";
import { iterateBlocks, iterateOrphans } from "../../core/queries/blocks.ts";
import { readCommittee } from "../../core/queries/committee.ts";
import { readCoverage } from "../../core/queries/coverage.ts";
import { iterateEpochs } from "../../core/queries/epochs.ts";
import { readGaps } from "../../core/queries/gaps.ts";
import { iterateMissed } from "../../core/queries/missed.ts";
import { ALL_SLOTS } from "../../core/queries/place.ts";
import { readSelection, slotsOf } from "../../core/queries/selection.ts";
import { readSummary } from "../../core/queries/summary.ts";
import { readTrends } from "../../core/queries/trends.ts";
import { readValidator } from "../../core/queries/validator.ts";
import { readRanking } from "../../core/queries/validators.ts";
import { findByHash } from "../../core/storage/hash-prefixes.ts";
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
const DAY_MS = 86_400_000;

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(52)} ${value}\n`);
}

function time(name: string, question: (db: Database) => unknown): void {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    // Opened afresh, as a command does: nothing is left in the page cache of a connection.
    const db = openReadable(file);
    const started = performance.now();
    question(db);
    times.push(performance.now() - started);
    db.close();
  }
  print(name, `${Math.min(...times).toFixed(1)} ms (first ${times[0]?.toFixed(1)} ms)`);
}

function answers(): void {
  const page = { offset: 0, limit: 20, ascending: false };
  const lastMs = (db: Database): number => Date.parse(readSummary(db).lastBlockTime ?? "");
  const since = (days: number) => (db: Database) => {
    const selection = readSelection(db, { sinceMs: lastMs(db) - days * DAY_MS });
    return readRanking(db, slotsOf(db, selection));
  };
  const of = (id: number) => (db: Database) => readSelection(db, { validator: keyOf(id) });
  time("stats", readSummary);
  time("coverage", readCoverage);
  time("gaps", readGaps);
  time("validators", (db) => readRanking(db));
  for (const days of [1, 7, 30, 90, 365]) time(`validators --since ${days}d`, since(days));
  time("validator KEY", (db) => readValidator(db, keyOf(7)));
  time("validator KEY, silent for long", (db) => readValidator(db, keyOf(SILENT)));
  time("blocks --limit 20", (db) => [...iterateBlocks(db, readSelection(db, {}), page)]);
  time("blocks --offset half", (db) => [
    ...iterateBlocks(db, readSelection(db, {}), { ...page, offset: count / 2 }),
  ]);
  time("blocks --validator KEY --limit 20", (db) => [...iterateBlocks(db, of(7)(db), page)]);
  time("block N", (db) => readBlock(db, Math.floor(count / 3)));
  time("block HASH (oldest)", (db) => findByHash(db, `0x${hashOf(1).toHex()}`));
  time("missed --limit 20", (db) => [...iterateMissed(db, readSelection(db, {}), page)]);
  time("missed --validator KEY", (db) => [...iterateMissed(db, of(7)(db), page)]);
  time("missed --validator KEY, silent for long", (db) => [
    ...iterateMissed(db, of(SILENT)(db), page),
  ]);
  time("orphans", (db) => [...iterateOrphans(db, readSelection(db, {}), page)]);
  const epochs = (db: Database, authors: readonly number[] | null, limit: number): unknown[] => [
    ...iterateEpochs(db, { slots: ALL_SLOTS, authors }, { ...page, limit }),
  ];
  time("epochs", (db) => epochs(db, null, 10));
  time("epochs --validator KEY", (db) => epochs(db, of(7)(db).authors, 10));
  time("committee", (db) => readCommittee(db, {}));
  time("trends --days 30", (db) => readTrends(db, { authors: null, days: 30 }));
  time("trends --days 365", (db) => readTrends(db, { authors: null, days: 365 }));
  time("trends --validator KEY --days 365", (db) =>
    readTrends(db, { authors: of(7)(db).authors, days: 365 }),
  );
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
answers();
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
