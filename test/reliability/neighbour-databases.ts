// Our own file and the Rust tool's, spoilt byte by byte and by SQL, and then asked.
import type { Database } from "bun:sqlite";
import { readFileSync, rmSync } from "node:fs";

import { MonitorError } from "../../core/errors.ts";
import { readFileState } from "../../core/health/file.ts";
import { importFromRust } from "../../core/import/import.ts";
import { readCoverage } from "../../core/queries/coverage.ts";
import { readSummary } from "../../core/queries/summary.ts";
import { describe, openReadable } from "../../core/storage/open.ts";
import { verifyDatabase } from "../../core/verify/verify.ts";
import { answer } from "../../core/view/answer.ts";
import type { Question } from "../../core/view/messages.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { writeRustDatabase } from "../core/import/rust-database.ts";
import { openKeptLog } from "../helpers/alert-lab.ts";
import { seeded } from "../helpers/seeded.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";
import type { Tally } from "./neighbour-kit.ts";
import { describeCrash, openTally } from "./neighbour-kit.ts";
import { OURS, spoilFile, THEIRS } from "./spoilt-database.ts";

/** What became of the cases of our own file. */
export interface OwnTally extends Tally {
  /** All answers as before. */
  same: number;
  /** An answer of another kind, and `mvm verify` says that the file is wrong. */
  found: number;
  /** The same, and nothing says so: by what was changed. */
  unseen: Map<string, number>;
}

const DEADLINE_MS = 20_000;

export async function runOwnDatabases(cases: number, seed: number): Promise<OwnTally> {
  using folder = temporaryFolder();
  const base = folder.file("base.db");
  const { keys, tip } = writeViewFixture(base, { blocks: 300, validators: 12 });
  const questions = questionsOf(keys[0] ?? "", tip.number);
  const truth = ask(base, questions);
  if (!Array.isArray(truth)) throw new Error("the file is refused as it is");
  const bytes = readFileSync(base);
  const tally: OwnTally = { ...openTally("own database"), same: 0, found: 0, unseen: new Map() };
  const random = seeded(seed);
  for (let i = 0; i < cases; i++) {
    const path = folder.file("spoilt.db");
    const what = spoilFile(path, bytes, OURS, random);
    tally.cases += 1;
    const startedAt = performance.now();
    const got = ask(path, questions);
    if (performance.now() - startedAt > DEADLINE_MS) tally.crashes.push(`${what}: hangs`);
    if (got instanceof MonitorError) tally.refused += 1;
    else if (got instanceof Error) tally.crashes.push(`${what}: ${describeCrash(got)}`);
    else if (Bun.deepEquals(got, truth)) tally.same += 1;
    else await judgeOther(tally, path, what);
    remove(path);
  }
  return tally;
}

/** Something is told that was not so: does the check of the whole file see it? */
async function judgeOther(tally: OwnTally, path: string, what: string): Promise<void> {
  try {
    using db = openReadable(path);
    const options = { from: null, to: null, sample: null, seed: 1, named: 1 };
    const silent = { onWalk: () => undefined, onNode: () => undefined };
    const { wrong } = await verifyDatabase(db, null, options, silent);
    if (wrong > 0) tally.found += 1;
    else tally.unseen.set(what, (tally.unseen.get(what) ?? 0) + 1);
  } catch (error) {
    const known = describe(path, error);
    if (known instanceof MonitorError) tally.found += 1;
    else tally.crashes.push(`verify after ${what}: ${describeCrash(error)}`);
  }
}

function questionsOf(aura: string, number: number): Question[] {
  return [
    ...([{ about: "dashboard" }, { about: "validators" }, { about: "performance" }] as const),
    ...([{ about: "keys" }, { about: "schedule" }, { about: "logs" }] as const),
    { about: "validator", aura },
    { about: "block", number, hash: null },
    { about: "timeline", around: null, ours: false },
    { about: "find", text: "#7", from: null, up: true },
  ];
}

/** All that is asked of a file, as JSON; or why it is refused; or what nobody expected. */
function ask(path: string, questions: readonly Question[]): string[] | Error {
  let db: Database | null = null;
  try {
    db = openReadable(path, 200);
    const open = db;
    const answers = questions.map((each) => JSON.stringify(answer(open, each)));
    const state = readFileState(path, []);
    if (state.kind !== "read") return new MonitorError("database", "refused");
    const { disk: _, ...facts } = state.facts;
    const more = [readSummary(open), readCoverage(open), { ...facts, path: "", bytes: 0 }];
    return [
      ...answers,
      ...more.map((each) => JSON.stringify(each).replaceAll(/"databaseBytes":\d+/g, "")),
    ];
  } catch (error) {
    const known = describe(path, error);
    return known instanceof Error ? known : new Error(String(known));
  } finally {
    db?.close();
  }
}

export async function runRustDatabases(cases: number, seed: number): Promise<Tally> {
  using folder = temporaryFolder();
  await using devnet = await startSmallDevnet();
  const base = folder.file("base.db");
  writeRustDatabase(devnet, { file: base, slotsPerEpoch: devnet.options.slotsPerEpoch });
  const bytes = readFileSync(base);
  const tally = openTally("imported database");
  const random = seeded(seed);
  const hooks = { log: openKeptLog(), onProgress: () => undefined };
  const signal = new AbortController().signal;
  for (let i = 0; i < cases; i++) {
    const source = folder.file("spoilt.db");
    const what = spoilFile(source, bytes, THEIRS, random);
    const before = Bun.hash(readFileSync(source));
    tally.cases += 1;
    const startedAt = performance.now();
    try {
      await importFromRust(
        { source, target: folder.file("new.db"), nodes: null, timeoutMs: 1000, dryRun: true },
        hooks,
        signal,
      );
    } catch (error) {
      if (error instanceof MonitorError) tally.refused += 1;
      else tally.crashes.push(`${what}: ${describeCrash(error)}`);
    }
    if (performance.now() - startedAt > DEADLINE_MS) tally.crashes.push(`${what}: hangs`);
    if (Bun.hash(readFileSync(source)) !== before) tally.crashes.push(`${what}: was changed`);
    remove(source);
  }
  return tally;
}

function remove(path: string): void {
  for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(`${path}${end}`, { force: true });
}
