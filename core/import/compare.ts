// The Rust tool's rows against the same blocks of the chain, synced afresh.
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";
import { readConstants, readMainchain } from "../storage/meta.ts";
import { epochOf, mainchainEpochAt, slotTimeMs } from "../time.ts";
import type { ChainConstants, MainchainParams } from "../types.ts";
import type { Rejected, RustBlock, RustValidator } from "./rows.ts";
import { isRejected } from "./rows.ts";

/** One epoch of the chain in which rows were wrong. */
interface EpochFaults {
  epoch: number;
  rows: number;
  wrongAuthors: number;
  unknownAuthors: number;
  wrongEpochs: number;
}

export interface RowComparison {
  compared: number;
  /** Rows above the node's last block. */
  beyond: number;
  /** Rows that hold another block than the chain has at that height. */
  otherBlocks: number[];
  otherBlocksTotal: number;
  wrongSlots: number;
  wrongEpochs: number;
  /** Of Cardano; null where its calendar is not known. */
  wrongMainchainEpochs: number | null;
  /** More than a slot away from when the block was made. */
  wrongTimes: number;
  rightAuthors: number;
  wrongAuthors: number;
  /** They did not know. */
  unknownAuthors: number;
  /** They named one and the chain's side is not known: no verdict. */
  unjudgedAuthors: number;
  /** The epochs with anything wrong, the worst first. */
  byEpoch: EpochFaults[];
}

const NAMED = 20;

interface Stored {
  hash: Uint8Array;
  slot: number;
  aura: Uint8Array | null;
  sidechain: Uint8Array | null;
}

export function compareRows(
  db: Database,
  rows: Iterable<RustBlock | Rejected>,
  validators: readonly RustValidator[],
): RowComparison {
  const chain = readConstants(db);
  const mainchain = readMainchain(db);
  const auraOf = new Map(validators.map(({ sidechain, aura }) => [sidechain, aura]));
  const select = db.prepare<Stored, [number]>(
    `SELECT b.hash, b.slot, a.aura, a.sidechain FROM blocks b
     LEFT JOIN authorities a ON a.id = b.author WHERE b.number = ?`,
  );
  const found: RowComparison = {
    ...{ compared: 0, beyond: 0, otherBlocks: [], otherBlocksTotal: 0, wrongSlots: 0 },
    ...{
      wrongEpochs: 0,
      wrongMainchainEpochs: mainchain === null ? null : 0,
      wrongTimes: 0,
      rightAuthors: 0,
      wrongAuthors: 0,
      unknownAuthors: 0,
    },
    ...{ unjudgedAuthors: 0, byEpoch: [] },
  };
  const epochs = new Map<number, EpochFaults>();
  for (const row of rows) {
    if (isRejected(row)) continue;
    const stored = select.get(row.number);
    if (stored === null || chain === null) {
      found.beyond += 1;
      continue;
    }
    found.compared += 1;
    if (toHex(stored.hash) !== row.hash) {
      found.otherBlocksTotal += 1;
      if (found.otherBlocks.length < NAMED) found.otherBlocks.push(row.number);
      continue;
    }
    const epoch = epochOf(stored.slot, chain);
    const counts = epochs.get(epoch) ?? emptyEpoch(epoch);
    epochs.set(epoch, counts);
    counts.rows += 1;
    const timeMs = slotTimeMs(stored.slot, chain);
    compareTimes(found, counts, row, timeMs, chain);
    compareMainchain(found, row, timeMs, mainchain);
    found.wrongSlots += row.slot === stored.slot ? 0 : 1;
    judgeAuthor(found, counts, row.author, stored, auraOf);
  }
  return { ...found, ...sumUp(epochs) };
}

function emptyEpoch(epoch: number): EpochFaults {
  return { epoch, rows: 0, wrongAuthors: 0, unknownAuthors: 0, wrongEpochs: 0 };
}

function compareTimes(
  found: RowComparison,
  counts: EpochFaults,
  { timestampMs, epoch }: RustBlock,
  timeMs: number,
  { slotDurationMs }: ChainConstants,
): void {
  if (timestampMs !== null && Math.abs(timestampMs - timeMs) > slotDurationMs)
    found.wrongTimes += 1;
  if (epoch !== null && epoch !== counts.epoch) counts.wrongEpochs += 1;
}

function compareMainchain(
  found: RowComparison,
  { mainchainEpoch }: RustBlock,
  timeMs: number,
  mainchain: MainchainParams | null,
): void {
  if (mainchain === null || mainchainEpoch === null || found.wrongMainchainEpochs === null) return;
  if (mainchainEpoch !== mainchainEpochAt(timeMs, mainchain)) found.wrongMainchainEpochs += 1;
}

function judgeAuthor(
  found: RowComparison,
  counts: EpochFaults,
  author: string | null,
  { aura, sidechain }: Stored,
  auraOf: ReadonlyMap<string, string | null>,
): void {
  if (author === null) {
    counts.unknownAuthors += 1;
    return;
  }
  // They name the sidechain key; where the chain no longer says whose that is, their own table may.
  const verdicts = [
    sidechain === null ? null : toHex(sidechain) === author,
    aura === null || auraOf.get(author) == null ? null : auraOf.get(author) === toHex(aura),
  ].filter((verdict) => verdict !== null);
  if (verdicts.includes(true)) found.rightAuthors += 1;
  else if (verdicts.length > 0) counts.wrongAuthors += 1;
  else found.unjudgedAuthors += 1;
}

function sumUp(
  epochs: ReadonlyMap<number, EpochFaults>,
): Pick<RowComparison, "wrongEpochs" | "wrongAuthors" | "unknownAuthors" | "byEpoch"> {
  const all = [...epochs.values()];
  const sum = (key: Exclude<keyof EpochFaults, "epoch">): number =>
    all.reduce((total, each) => total + each[key], 0);
  return {
    wrongEpochs: sum("wrongEpochs"),
    wrongAuthors: sum("wrongAuthors"),
    unknownAuthors: sum("unknownAuthors"),
    byEpoch: all
      .filter(({ wrongAuthors, unknownAuthors, wrongEpochs }) =>
        [wrongAuthors, unknownAuthors, wrongEpochs].some((count) => count > 0),
      )
      .sort((a, b) => b.wrongAuthors - a.wrongAuthors || a.epoch - b.epoch),
  };
}
