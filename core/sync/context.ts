// What every stage of one sync session shares.
import type { Database } from "bun:sqlite";

import type { Exchange, Link } from "../chain/link.ts";
import type { Log } from "../log.ts";
import type { Writer } from "../storage/write.ts";
import type { ChainConstants, ChainIdentity, Header, JudgedBlock, Position } from "../types.ts";
import type { Live } from "./live.ts";
import type { News } from "./news.ts";
import type { Meter } from "./performance.ts";

type VerifySeals = "none" | "tip" | "all";

/** How failures are met: see patience.ts. */
export interface Retry {
  /** Failures in a row that a one-shot sync tries again after. */
  maxRetries: number;
  /** Before the first new attempt; doubled for each one after. */
  initialDelayMs: number;
  maxDelayMs: number;
}

/** How several nodes are watched: see lookout.ts. */
export interface FailoverPace {
  /** Between two looks at each node. */
  lookMs: number;
  /** A node in use that leaves a question open for so long, and says nothing else, is left. */
  silentMs: number;
  /** A preferred node must be well for so long before it is returned to. */
  returnAfterMs: number;
}

export interface SyncOptions {
  /** Nodes of one chain, the preferred one first. */
  nodes: readonly string[];
  failover: FailoverPace;
  databasePath: string;
  /** What may change meanwhile. */
  live: Live;
  /** Requests under way at once. */
  concurrency: number;
  /** First block to store; 0 = go on from the last stored one, or from block 1. */
  startBlock: number;
  finalizedOnly: boolean;
  verifySeals: VerifySeals;
  timeoutMs: number;
  retry: Retry;
  /** Network the node must belong to; null = any. */
  network: string | null;
  /** Stop at the tip. */
  once: boolean;
  /** Keep trying when the node cannot be reached at all. */
  daemon: boolean;
  /** How often a performance record is made; null = never. */
  performanceEveryMs: number | null;
}

export interface Progress {
  /** Last block stored. */
  number: number;
  /** Last block wanted. */
  target: number;
  finalized: number | null;
}

export interface Opened {
  /** The writer's own handle. */
  db: Database;
  /** Warnings and errors said to this log are kept in the file too. */
  log: Log;
}

export interface SyncHooks {
  log: Log;
  /** After each batch of a catch-up. */
  onProgress: (progress: Progress) => void;
  /** For each block followed live. `reorgedFrom` counts the blocks it replaced. */
  onBlock: (block: JudgedBlock, reorgDepth: number) => void;
  /** The tip is reached; again after each outage. */
  onSynced: (progress: Progress) => void;
  /** The file is open. What is returned is closed before the file is. */
  onOpened?: (opened: Opened) => AsyncDisposable | undefined;
  /** After each request to the node. */
  onExchange?: (exchange: Exchange) => void;
  /** What the node said was refused, or it said nothing: the session ended of it, or a chore was left for later. */
  onRefused?: (error: unknown) => void;
}

export interface Session {
  readonly options: SyncOptions;
  readonly hooks: SyncHooks;
  readonly signal: AbortSignal;
  readonly meter: Meter;
  /** Blocks per request and transaction, as wanted and as the node can. */
  readonly batchSize: () => number;
  readonly link: Link;
  readonly db: Database;
  readonly writer: Writer;
  readonly chain: ChainConstants;
  readonly identity: ChainIdentity;
  /** Headers seen off the canonical chain and not stored as orphans yet, by hash; they outlive a session. */
  readonly side: Map<string, Header>;
  /** What is not worth another line in the log yet; outlives a session. */
  readonly news: News;
  /** Where the stored chain ends. */
  tip: Position;
  finalized: { number: number; hash: string } | null;
}
