// Moving in from the Rust tool: what its file holds, what of it is right, and a new file that is.
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";

import { connectFirst } from "../chain/reach.ts";
import { MonitorError } from "../errors.ts";
import type { Log } from "../log.ts";
import { writeNames } from "../storage/authorities.ts";
import { openReadable, openWritable } from "../storage/open.ts";
import { readRange } from "../storage/position.ts";
import type { Progress } from "../sync/context.ts";
import { defaultOptions } from "../sync/defaults.ts";
import { sync } from "../sync/sync.ts";
import type { RowComparison } from "./compare.ts";
import { compareRows } from "./compare.ts";
import type { Place } from "./place.ts";
import { newPlace, temporaryPlace } from "./place.ts";
import type { RustValidator } from "./rows.ts";
import { countDriftedTotals, readRustBlocks, readRustValidators } from "./rows.ts";
import type { RustDatabase } from "./source.ts";
import { explainSource, openRustDatabase } from "./source.ts";
import { writeStretch } from "./stretch.ts";
import type { Survey } from "./survey.ts";
import { surveyRows } from "./survey.ts";

export interface ImportOptions {
  source: string;
  /** Must not exist yet. */
  target: string;
  /** The preferred one first. Null: by the file alone. */
  nodes: readonly string[] | null;
  timeoutMs: number;
  /** Only the report: the new file is made elsewhere and removed. */
  dryRun: boolean;
}

export interface ImportReport {
  source: string;
  survey: Survey;
  validators: number;
  ours: number;
  labels: number;
  /** Validators whose own counter of blocks is not that of their rows; null = there is none. */
  driftedTotals: number | null;
  /** Null without a node: nothing could be compared. */
  comparison: RowComparison | null;
  /** What the new file holds, or would. */
  result: {
    path: string | null;
    first: number | null;
    last: number | null;
    namesKept: number;
    /** Without a node: their rows that are not in it, for they stand before the last break or are no blocks. */
    leftOut: number | null;
  };
}

export interface ImportHooks {
  log: Log;
  onProgress: (progress: Progress) => void;
}

/**
 * With a node the chain is synced afresh into the new file, so that nothing in it rests on the old one; their
 * labels and marks are kept, and their rows compared with what is so. Without a node the unbroken end of
 * their chain is taken over, authors unknown. Throws `usage` when the new file exists.
 */
export async function importFromRust(
  options: ImportOptions,
  hooks: ImportHooks,
  signal: AbortSignal,
): Promise<ImportReport> {
  if (!options.dryRun && existsSync(options.target)) {
    throw new MonitorError("usage", `${options.target} exists already`, {
      hint: "an import makes a new file: name it with --db-path",
    });
  }
  using source = openRustDatabase(options.source);
  using place = options.dryRun ? temporaryPlace() : newPlace(options.target);
  try {
    const report = await importInto(place, source, options, hooks, signal);
    place.keep();
    return report;
  } catch (error) {
    // Theirs is read to the end, and only then found to be damaged.
    throw explainSource(options.source, error);
  }
}

async function importInto(
  place: Place,
  source: RustDatabase,
  options: ImportOptions,
  hooks: ImportHooks,
  signal: AbortSignal,
): Promise<ImportReport> {
  const survey = surveyRows(readRustBlocks(source));
  const validators = readRustValidators(source);
  if (options.nodes !== null) await syncAfresh(options, options.nodes, place.path, hooks, signal);
  const namesKept = fill(place.path, source, survey, validators, options.nodes === null);
  using db = openReadable(place.path);
  return {
    source: options.source,
    survey,
    validators: validators.length,
    ours: validators.filter(({ ours }) => ours).length,
    labels: validators.filter(({ label }) => label !== null).length,
    driftedTotals: countDriftedTotals(source),
    comparison: options.nodes === null ? null : compareRows(db, readRustBlocks(source), validators),
    result: {
      path: options.dryRun ? null : options.target,
      ...readRange(db),
      namesKept,
      leftOut: options.nodes === null ? survey.rows - countBlocks(db) : null,
    },
  };
}

function countBlocks(db: Database): number {
  return db.prepare<{ n: number }, []>("SELECT count(*) AS n FROM blocks").get()?.n ?? 0;
}

function fill(
  path: string,
  source: RustDatabase,
  { stretchFrom }: Survey,
  validators: readonly RustValidator[],
  withBlocks: boolean,
): number {
  using target = openWritable(path);
  if (withBlocks && stretchFrom !== null)
    writeStretch(target.db, readRustBlocks(source), stretchFrom);
  return writeNames(target.db, validators);
}

async function syncAfresh(
  { timeoutMs }: ImportOptions,
  nodes: readonly string[],
  databasePath: string,
  hooks: ImportHooks,
  signal: AbortSignal,
): Promise<void> {
  // A sync is patient with a node that is away; who imports wants to hear of it at once.
  (await connectFirst(nodes, { timeoutMs }, signal)).link.close();
  await sync(
    defaultOptions(nodes, databasePath, { timeoutMs }),
    { ...hooks, onBlock: () => undefined, onSynced: hooks.onProgress },
    signal,
  );
  if (signal.aborted) throw new MonitorError("stopped", "stopped before the import was done");
}
