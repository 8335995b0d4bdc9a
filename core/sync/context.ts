// What every stage of one sync session shares.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import type { Log } from "../log.ts";
import type { OurKey } from "../storage/authorities.ts";
import type { KeySet } from "../storage/key-changes.ts";
import type { Writer } from "../storage/write.ts";
import type { ChainConstants, ChainIdentity, JudgedBlock, Position } from "../types.ts";

type VerifySeals = "none" | "tip" | "all";

export interface SyncOptions {
  rpcUrl: string;
  databasePath: string;
  /** Blocks per request and per transaction. */
  batchSize: number;
  /** Requests under way at once. */
  concurrency: number;
  /** First block to store; 0 = go on from the last stored one, or from block 1. */
  startBlock: number;
  finalizedOnly: boolean;
  verifySeals: VerifySeals;
  pollIntervalMs: number;
  timeoutMs: number;
  /** Stop at the tip. */
  once: boolean;
  /** Keep trying when the node cannot be reached at all. */
  daemon: boolean;
  /** Aura keys of our validators. */
  ours: readonly OurKey[];
  /** Keystores whose changes are recorded, by folder. */
  keystores?: ReadonlyMap<string, KeySet>;
}

export interface Progress {
  /** Last block stored. */
  number: number;
  /** Last block wanted. */
  target: number;
  finalized: number | null;
}

export interface SyncHooks {
  log: Log;
  /** After each batch of a catch-up. */
  onProgress: (progress: Progress) => void;
  /** For each block followed live. `reorgedFrom` counts the blocks it replaced. */
  onBlock: (block: JudgedBlock, reorgDepth: number) => void;
  /** The tip is reached; again after each outage. */
  onSynced: (progress: Progress) => void;
}

export interface Session {
  readonly options: SyncOptions;
  readonly hooks: SyncHooks;
  readonly signal: AbortSignal;
  readonly link: Link;
  readonly db: Database;
  readonly writer: Writer;
  readonly chain: ChainConstants;
  readonly identity: ChainIdentity;
  /** Where the stored chain ends. */
  tip: Position;
  finalized: { number: number; hash: string } | null;
}
