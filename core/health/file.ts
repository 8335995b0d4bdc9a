// What our database says: read in one go, so that no block comes in between two numbers.
import type { Database } from "bun:sqlite";
import { statfsSync } from "node:fs";

import { dirname } from "pathe";

import { isCode } from "../errors.ts";
import type { OurValidator } from "../ours.ts";
import { readGaps } from "../queries/gaps.ts";
import type { MarkedKey, OurProduction } from "../queries/ours.ts";
import { readMarkedKeys, readOurProduction } from "../queries/ours.ts";
import { readProduction } from "../queries/production.ts";
import type { End } from "../queries/summary.ts";
import { readEnds, readRuntimes, readSize } from "../queries/summary.ts";
import { readConstants, readIdentity, readMainchain } from "../storage/meta.ts";
import { describe, openReadable } from "../storage/open.ts";
import { readFinalized } from "../storage/position.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainConstants, ChainIdentity, MainchainParams } from "../types.ts";

export interface FileFacts {
  path: string;
  identity: ChainIdentity | null;
  constants: ChainConstants | null;
  mainchain: MainchainParams | null;
  first: End | null;
  last: End | null;
  finalized: number | null;
  /** Missing blocks between the first and the last one. */
  missing: number;
  unattributed: number;
  bytes: number;
  /** Of the disk it lies on; null where that cannot be told. */
  disk: { freeBytes: number; totalBytes: number } | null;
  /** The newest runtime and the first block it built; null while no block is stored. */
  runtime: { specVersion: number; fromBlock: number } | null;
  marked: MarkedKey[];
  /** By `OurValidator.id`; absent while no block is stored. */
  production: ReadonlyMap<string, OurProduction>;
}

/** No file, or one that cannot be used and why. */
export type FileState =
  | { kind: "read"; facts: FileFacts }
  | { kind: "absent"; path: string }
  | { kind: "unusable"; path: string; message: string; hint: string | null };

export function readFileState(path: string, ours: readonly OurValidator[]): FileState {
  let db: Database;
  try {
    db = openReadable(path);
  } catch (error) {
    return explain(path, error);
  }
  try {
    return { kind: "read", facts: db.transaction(() => readFileFacts(db, path, ours))() };
  } catch (error) {
    return explain(path, describe(path, error));
  } finally {
    db.close();
  }
}

/** Of the chain the file is bound to; null where it is bound to none, or cannot be read. */
export function readGenesis(path: string): string | null {
  try {
    using db = openReadable(path);
    return readIdentity(db)?.genesisHash ?? null;
  } catch (error) {
    // What is wrong with the file is said by the check of the file.
    if (isCode(error, "database", "disk-full", "busy", "locked")) return null;
    throw error;
  }
}

function explain(path: string, error: unknown): FileState {
  if (!isCode(error, "database", "disk-full", "busy", "locked")) throw error;
  if (error.message.startsWith("no database at")) return { kind: "absent", path };
  return { kind: "unusable", path, message: error.message, hint: error.hint ?? null };
}

export function readFileFacts(
  db: Database,
  path: string,
  ours: readonly OurValidator[],
): FileFacts {
  const constants = readConstants(db);
  const { first, last } = readEnds(db);
  return {
    path,
    identity: readIdentity(db),
    constants,
    mainchain: readMainchain(db),
    first,
    last,
    finalized: readFinalized(db)?.number ?? null,
    missing: readGaps(db).reduce((sum, gap) => sum + gap.missing, 0),
    unattributed: readProduction(db).unattributed,
    bytes: readSize(db),
    disk: readDisk(path),
    runtime: readRuntimes(db).at(-1) ?? null,
    marked: readMarkedKeys(db),
    production: readOurs(db, ours, constants, last),
  };
}

function readOurs(
  db: Database,
  ours: readonly OurValidator[],
  constants: ChainConstants | null,
  last: End | null,
): ReadonlyMap<string, OurProduction> {
  if (constants === null || last === null) return new Map();
  const epoch = epochOf(last.slot, constants);
  const span = { epoch, firstSlot: epochFirstSlot(epoch, constants) };
  return new Map(ours.map(({ id, aura }) => [id, readOurProduction(db, aura, span)]));
}

function readDisk(path: string): FileFacts["disk"] {
  try {
    // What we may use, not what is kept for root.
    const { bavail, blocks, bsize } = statfsSync(dirname(path));
    return blocks === 0 ? null : { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // Some file systems tell nothing of themselves: then it is not known.
    return null;
  }
}
