// Proof that the database is right: by itself, and against the node where one can be asked.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import { fetchHash } from "../chain/rpc.ts";
import { MonitorError } from "../errors.ts";
import { readIdentity } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { checkFile } from "./file.ts";
import type { Findings } from "./findings.ts";
import { openFindings } from "./findings.ts";
import { checkNodeState } from "./node-state.ts";
import type { NodeResult } from "./node.ts";
import { checkAgainstNode } from "./node.ts";
import { pickNumbers } from "./sample.ts";
import { openSealPool } from "./seal-pool.ts";
import type { Range } from "./walk.ts";
import { walkBlocks } from "./walk.ts";

export interface VerifyOptions {
  /** Null: from the first block stored. */
  from: number | null;
  /** Null: to the finalized one. */
  to: number | null;
  /** Blocks compared with the node; null = all of the range. */
  sample: number | null;
  seed: number;
  /** Findings told by name; the rest is counted. */
  named: number;
}

export interface Certificate {
  chain: string | null;
  genesisHash: string | null;
  range: Range;
  /** Null: the file knows of none. */
  finalized: number | null;
  blocks: number;
  missedSlots: number;
  /** Null where a part of the blocks was asked for: these belong to the whole file. */
  committees: number | null;
  orphans: number | null;
  wrong: number;
  /** Blocks whose author, and missed slots whose turn, is not known. */
  unknown: number;
  byFault: Findings["byFault"];
  /** The first ones, and the first of every kind. */
  findings: Findings["first"];
  /** Null: no node was asked. */
  node: (NodeResult & { url: string; sample: number | null; seed: number; workers: number }) | null;
}

export interface VerifyHooks {
  onWalk: (number: number, to: number) => void;
  onNode: (done: number, of: number) => void;
}

/**
 * Checks a range of the database. A sync may go on writing: what is read at once is read in one transaction,
 * and blocks are checked up to the finalized one, below which nothing changes any more.
 */
export async function verifyDatabase(
  db: Database,
  link: Link | null,
  options: VerifyOptions,
  hooks: VerifyHooks,
): Promise<Certificate> {
  if (link !== null) await checkChain(db, link);
  const findings = openFindings(options.named);
  const offline = db.transaction(() => checkOffline(db, options, findings, hooks))();
  const { range } = offline;
  const identity = readIdentity(db);
  return {
    chain: identity?.name ?? null,
    genesisHash: identity?.genesisHash ?? null,
    ...offline,
    node: link === null ? null : await checkOnline({ db, link, findings }, range, options, hooks),
    wrong: findings.count,
    byFault: findings.byFault,
    findings: findings.first,
  };
}

type Offline = Pick<
  Certificate,
  "range" | "finalized" | "blocks" | "missedSlots" | "committees" | "orphans" | "unknown"
>;

function checkOffline(
  db: Database,
  options: VerifyOptions,
  findings: Findings,
  hooks: VerifyHooks,
): Offline {
  const stored = readRange(db);
  if (stored.first === null || stored.last === null) {
    throw new MonitorError("database", "the database holds no blocks yet", {
      hint: "run `mvm sync` first",
    });
  }
  const finalized = readFinalized(db)?.number ?? null;
  const whole = { from: stored.first, to: Math.min(finalized ?? stored.last, stored.last) };
  const range = { from: options.from ?? whole.from, to: options.to ?? whole.to };
  if (range.from < whole.from || range.to > stored.last || range.from > range.to) {
    throw new MonitorError(
      "usage",
      `blocks ${range.from} to ${range.to}: stored are ${whole.from} to ${stored.last}`,
      { hint: "leave out --from and --to to check everything that is final" },
    );
  }
  const isWhole = Bun.deepEquals(range, whole);
  const file = isWhole ? checkFile(db, findings) : { committees: null, orphans: null };
  const walked = walkBlocks(db, range, findings, (number) => hooks.onWalk(number, range.to));
  const { blocks, missed, unknown } = walked;
  return { range, finalized, blocks, missedSlots: missed, unknown, ...file };
}

async function checkOnline(
  { db, link, findings }: { db: Database; link: Link; findings: Findings },
  range: Range,
  { sample, seed }: VerifyOptions,
  hooks: VerifyHooks,
): Promise<NonNullable<Certificate["node"]>> {
  await checkNodeState({ db, link, findings });
  using pool = openSealPool();
  const count = range.to - range.from + 1;
  const taken = sample === null || sample >= count ? null : sample;
  const onProgress = (done: number): void => hooks.onNode(done, taken ?? count);
  const numbers = pickNumbers(range, taken, seed);
  const result = await checkAgainstNode({ db, link, pool, findings, onProgress }, numbers);
  return { ...result, url: link.url, sample: taken, seed, workers: pool.workers };
}

/** Another chain would contradict every block. Throws `wrong-chain`. */
async function checkChain(db: Database, link: Link): Promise<void> {
  const bound = readIdentity(db);
  if (bound === null) return;
  const node = { genesis: await fetchHash(link, 0), block1: await fetchHash(link, 1) };
  const isSame =
    node.genesis === bound.genesisHash &&
    (bound.block1Hash === null || node.block1 === null || node.block1 === bound.block1Hash);
  if (isSame) return;
  throw new MonitorError(
    "wrong-chain",
    `the database holds ${bound.name}, the node another chain`,
    {
      hint: "check --rpc-url and --db-path, or leave the node out with --offline",
    },
  );
}
