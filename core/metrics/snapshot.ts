// What is exported, as plain numbers: one moment of one mvm-sync.
import type { Check } from "../health/report.ts";

/** Null or absent = not known; such a series is left out, never 0. */
export interface ValidatorFigures {
  /** Label, else keystore, else key: `OurValidator.id`. */
  id: string;
  /** Since the first stored block. */
  blocks: number | null;
  missed: number | null;
  orphaned: number | null;
  epochBlocks: number | null;
  epochMissed: number | null;
  /** Turns so far. */
  epochExpected: number | null;
  seats: number | null;
  nextSeats: number | null;
  registered: boolean | null;
  nextSlotTimeMs: number | null;
  lastBlock: number | null;
}

/** Where an epoch stands. */
export interface EpochFigures {
  number: number;
  /** 0 to 1. */
  progress: number;
}

export interface Snapshot {
  chain: string;
  lastBlock: number | null;
  lastBlockTimeMs: number | null;
  finalizedBlock: number | null;
  /** Best block of the node, as last seen. */
  nodeBlock: number | null;
  nodePeers: number | null;
  /** Blocks stored a second, over the last minute. */
  blocksPerSecond: number | null;
  epoch: EpochFigures | null;
  mainchainEpoch: EpochFigures | null;
  unattributed: number;
  missed: number;
  orphaned: number;
  databaseBytes: number;
  /** Of the last look, at most a minute old; so are the validators. */
  checks: readonly Check[];
  /** Alerts not ended, by severity. */
  openAlerts: Readonly<Record<string, number>>;
  validators: readonly ValidatorFigures[];
}
