// What every case is made of: a folder as it is before, a program, and what must hold of the folder afterwards.
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";

import { join } from "pathe";

import { MonitorError } from "../../../core/errors.ts";
import { openReadable } from "../../../core/storage/open.ts";
import { defaultLive, defaultOptions } from "../../../core/sync/defaults.ts";
import { openLive } from "../../../core/sync/live.ts";
import { sync } from "../../../core/sync/sync.ts";
import type { Truth } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { openListLog } from "../../helpers/list-log.ts";
import type { Traced } from "./trace.ts";

export interface Checked {
  /** What does not hold, once the work is resumed and done. */
  faults: string[];
  /** The file was there, and did not open. */
  unopened: boolean;
}

/** One instance of a case: its chain runs on while its program is run. */
export interface World extends AsyncDisposable {
  /** Fills the folder, which is empty. */
  prepare?: (folder: string) => void;
  program: (folder: string) => string[];
  /** What happens around the program while it runs. */
  drive?: (traced: Traced) => Promise<void>;
  /** Lets go of what is held open, once the program came to its end undisturbed. */
  settle?: () => void;
  /**
   * Opens what is left, resumes the work and looks at what came of it.
   * @param said what the program had said to be stored, which a kill must not take back; 0 after a power loss
   * @param killed not by a power loss
   */
  check: (folder: string, said: number, killed: boolean) => Promise<Checked>;
}

export interface Case {
  name: string;
  /** Another run needs another world: its chain has moved on. */
  moves?: true;
  open: () => Promise<World>;
}

const WRITER = join(import.meta.dir, "writer.ts");

/** The words that start one of the programs. */
export const writer = (...words: string[]): string[] => [process.execPath, WRITER, ...words];

export const textOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${error.cause === undefined ? "" : textOf(error.cause)}`
    : String(error);

const BLANK = / (is empty|was being made when its writer was ended)$/;

/** Nothing stored yet, and a reader is told so in its own words. */
function isBlank(file: string): boolean {
  if (!existsSync(file)) return true;
  try {
    openReadable(file)[Symbol.dispose]();
    return false;
  } catch (error) {
    if (error instanceof MonitorError && BLANK.test(error.message)) return true;
    throw error;
  }
}

function lastBlock(file: string): number {
  using db = new Database(file, { readonly: true });
  return db.query<{ n: number | null }, []>("SELECT max(number) AS n FROM blocks").get()?.n ?? 0;
}

/** As whoever comes first after the crash sees it: nothing torn, nothing missing between, nothing lost that was said. */
export function checkLeft(file: string, said: number): Checked {
  try {
    if (isBlank(file)) {
      const lost = said > 0 ? [`nothing is left, block ${said} was stored`] : [];
      return { faults: lost, unopened: false };
    }
    const faults = checkInvariants(file);
    const last = lastBlock(file);
    if (last < said) faults.push(`block ${last} is the last one, ${said} was stored`);
    return { faults: faults.map((each) => `as it was left: ${each}`), unopened: false };
  } catch (error) {
    return { faults: [`does not open: ${textOf(error)}`], unopened: true };
  }
}

export async function resume(url: string, file: string): Promise<void> {
  const options = defaultOptions(url, file, {
    live: openLive(defaultLive()),
    retry: { maxRetries: 0, initialDelayMs: 50, maxDelayMs: 200 },
  });
  const nothing = (): void => undefined;
  const hooks = { log: openListLog("error"), onProgress: nothing, onBlock: nothing };
  await sync(options, { ...hooks, onSynced: nothing }, new AbortController().signal);
}

/**
 * Rows that are not the chain's; a branch that lost is known to those who saw it, so none need be there.
 * @param turnsKnown whether each missed slot must have an author: a chain taken over without a node names none
 */
export function compare(file: string, truth: Truth, turnsKnown = true): string[] {
  const found = compareWithTruth(file, truth);
  using db = new Database(file, { readonly: true });
  const lost = new Set(truth.orphans.map(({ hash }) => hash));
  const strangers = db
    .query<{ hash: string }, []>("SELECT '0x' || lower(hex(hash)) AS hash FROM orphans")
    .all()
    .filter(({ hash }) => !lost.has(hash));
  return [
    ...found.wrong,
    ...strangers.map(({ hash }) => `no branch lost ${hash}`),
    ...(found.unknownAuthors > 0 ? [`${found.unknownAuthors} authors unknown`] : []),
    ...(turnsKnown && found.unknownTurns > 0
      ? [`${found.unknownTurns} missed turns of nobody known`]
      : []),
  ];
}

/** A database of ours: as it was left, and after a sync went on with it. */
export async function checkSynced(
  file: string,
  said: number,
  url: string,
  truth: Truth,
  turnsKnown = true,
): Promise<Checked> {
  const left = checkLeft(file, said);
  try {
    await resume(url, file);
    return {
      ...left,
      faults: [...left.faults, ...compare(file, truth, turnsKnown), ...checkInvariants(file)],
    };
  } catch (error) {
    return { ...left, faults: [...left.faults, `does not resume: ${textOf(error)}`] };
  }
}
