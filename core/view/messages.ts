// What the dashboard asks and what it is told: plain data, for it crosses a thread.
import type { InspectedBlock } from "../chain/inspect.ts";
import type { Remote, RemoteLook } from "../fleet/remote.ts";
import type { HealthFacts } from "../health/facts.ts";
import type { HealthInput } from "../health/health.ts";
import type { Check } from "../health/report.ts";
import type { Level } from "../log.ts";
import type { OurEntry } from "../ours.ts";
import type { AlertRecord } from "../queries/alerts.ts";
import type { BlockRecord } from "../queries/blocks.ts";
import type { KeyChange } from "../queries/key-changes.ts";
import type { EpochProduction, MissedTurn } from "../queries/validator.ts";
import type { Validator } from "../queries/validators.ts";
import type { Outlook, QuietWindow } from "../schedule.ts";
import type { ChainConstants, MainchainParams } from "../types.ts";

export interface Failure {
  code: string;
  message: string;
  hint: string | null;
}

export interface StoredEnd {
  number: number;
  slot: number;
}

export interface ChainFacts {
  name: string | null;
  constants: ChainConstants | null;
  mainchain: MainchainParams | null;
  first: StoredEnd | null;
  last: StoredEnd | null;
  finalized: number | null;
}

/** One line of the time line: a block, a slot nobody filled, or a block that lost. */
export interface TimelineRow {
  /** Stays the same while rows move. */
  key: string;
  /** `skipped`: more slots in a row without a block than are listed one by one. */
  kind: "block" | "missed" | "orphan" | "skipped";
  /** Null for a missed slot. */
  number: number | null;
  hash: string | null;
  slot: number;
  /** Aura key; null = not known. */
  author: string | null;
  label: string | null;
  ours: boolean;
  finalized: boolean;
  /** Null = not checked. */
  seal: boolean | null;
  /** Null = body not seen. */
  extrinsics: number | null;
  /** Slots this line stands for. */
  slots: number;
}

/** A validator with what the epoch at the tip adds. Null = not known. */
export interface ValidatorRow extends Validator {
  seatsNow: number | null;
  seatsNext: number | null;
  epochMade: number;
  epochMissed: number;
  epochOrphaned: number;
}

export interface Committees {
  /** Epoch of the last stored block. */
  epoch: number | null;
  /** Seats in all; null = not known. */
  now: number | null;
  next: number | null;
}

/** A slot whose turn is ours. */
export interface Turn {
  slot: number;
  author: string;
  label: string | null;
  state: "ahead" | "made" | "missed" | "orphaned";
  /** The block made. */
  number: number | null;
}

/** What turns are told from, at whatever moment. */
export interface StoredTurns {
  /** First slot of the last block's epoch. */
  from: number;
  /** Keys that are not ours are empty. */
  outlook: Outlook;
  /** Our keys. */
  labels: Record<string, string | null>;
  past: Turn[];
}

export interface Turns {
  /** First slot of the last stored block's epoch. */
  from: number;
  /** Slots gone by since that block: what came of turns in them is not stored yet. */
  unseen: number;
  /** The first one past the last whose holder is known; null = none ahead is. */
  to: number | null;
  /** Whether the next epoch's committee is on chain already. */
  nextKnown: boolean;
  /** In order of slots. */
  list: Turn[];
  quiet: QuietWindow[];
}

export interface EpochRow {
  epoch: number;
  made: number;
  missed: number;
  orphaned: number;
  oursMade: number;
  oursMissed: number;
}

export interface LuckyEpoch extends EpochRow {
  /** Of all of ours together, see core/queries/luck.ts; null = not known. */
  oursLuck: number | null;
}

export interface DashboardFacts {
  chain: ChainFacts;
  blocks: number;
  unattributed: number;
  missed: number;
  /** Validators that ever had a turn. */
  ranked: number;
  ours: ValidatorRow[];
  committees: Committees;
  /** Newest first. */
  recent: TimelineRow[];
  /** Oldest first. */
  epochs: EpochRow[];
  /** Null = no block yet. */
  turns: StoredTurns | null;
  /** Open ones first, then the newest. */
  alerts: AlertRecord[];
}

export interface TimelineFacts {
  chain: ChainFacts;
  /** Newest first; without a hole between the blocks, where not only ours were asked for. */
  rows: TimelineRow[];
  /** Whether there is nothing before the last row. */
  toStart: boolean;
}

export interface BlockFacts {
  block: BlockRecord | null;
}

interface ValidatorsFacts {
  chain: ChainFacts;
  committees: Committees;
  validators: ValidatorRow[];
}

export interface ValidatorEpoch extends EpochProduction {
  /** Turns of everybody in that epoch. */
  turns: number;
  /** See core/queries/luck.ts; null = not known. */
  luck: number | null;
}

export interface ValidatorFacts {
  validator: ValidatorRow;
  recentBlocks: BlockRecord[];
  missedSlots: MissedTurn[];
  /** Newest first. */
  epochs: ValidatorEpoch[];
  stake: number | null;
  /** Its place and part among the stakes that are known; null where its own is not. */
  stakeRank: number | null;
  stakeShare: number | null;
  invalidReason: string | null;
}

export interface PerformanceFacts extends ValidatorsFacts {
  /** Oldest first. */
  epochs: LuckyEpoch[];
}

interface KeysFacts {
  chain: ChainFacts;
  committees: Committees;
  ours: ValidatorRow[];
  changes: KeyChange[];
}

interface ScheduleFacts {
  chain: ChainFacts;
  turns: StoredTurns | null;
}

export interface LogRecord {
  id: number;
  atMs: number;
  level: string;
  message: string;
  /** JSON object, as it is stored. */
  fields: string;
}

interface LogsFacts {
  /** Newest first. */
  records: LogRecord[];
  /** The log file or the journal they are from; null = the database. */
  file: string | null;
  /** Why the log file could not be read, where it could not. */
  problem: string | null;
}

export interface FindFacts {
  /** Height of the block found; null = there is none that way. */
  number: number | null;
  /** Its hash where it is off the canonical chain. */
  orphan: string | null;
}

export interface Answers {
  dashboard: DashboardFacts;
  timeline: TimelineFacts;
  block: BlockFacts;
  validators: ValidatorsFacts;
  validator: ValidatorFacts;
  performance: PerformanceFacts;
  keys: KeysFacts;
  schedule: ScheduleFacts;
  logs: LogsFacts;
  find: FindFacts;
}

export type About = keyof Answers;

/** A place on the time line. */
export type Around = { number: number } | { slot: number };

export type Question =
  | { about: "dashboard" | "validators" | "performance" | "keys" | "schedule" | "logs" }
  /** Lines on both sides of one; null = the newest. */
  | { about: "timeline"; around: Around | null; ours: boolean }
  /** Canonical by number; with a hash, the block off the canonical chain. */
  | { about: "block"; number: number; hash: string | null }
  | { about: "validator"; aura: string }
  /** The nearest block before (or after) one whose author or hash begins so, or whose author's label holds it. */
  | { about: "find"; text: string; from: number | null; up: boolean };

export type Answer = { [A in About]: { about: A; facts: Answers[A] } }[About];

/** A peer as the node tells it. */
export interface Peer {
  id: string;
  roles: string;
  best: number | null;
  /** Who opened the connection. */
  direction: "in" | "out" | null;
  address: string | null;
}

export interface NodeFacts {
  /** Of the node that answers; until one does, of the preferred one. */
  url: string;
  state: "connecting" | "up" | "down";
  failure: Failure | null;
  /** When the node last answered anything. */
  heardAtMs: number | null;
  chain: string | null;
  version: string | null;
  transport: "websocket" | "http" | null;
  constants: ChainConstants | null;
  best: StoredEnd | null;
  finalized: number | null;
  /** Cardano epoch its db-sync stands in; null = not told. */
  mainchain: { epoch: number; slot: number } | null;
  peers: number | null;
  syncing: boolean | null;
  /** Highest block its peers have. */
  highest: number | null;
  /** `hidden`: the node's RPC is the safe one. Null = not asked yet. */
  peerList: Peer[] | "hidden" | null;
  /** The node's best block when it told the list: what its peers have is compared with that. */
  peersBest: number | null;
  /** Judged by the node's own state, newest first; for when there is no database. */
  recent: TimelineRow[];
}

/** What the checks found, and the numbers beside them. */
export interface HealthTold {
  atMs: number;
  checks: Check[];
  facts: HealthFacts;
}

/** What other machines said last. */
export interface FleetTold {
  /** When the last of them answered, or did not. */
  atMs: number;
  /** In the order they were named. */
  machines: RemoteLook[];
}

/** What the node says of a block. */
export interface InspectFacts {
  hash: string;
  found: InspectedBlock | null;
  /** Why there is nothing. */
  missing: string | null;
}

/** What is to be looked at. */
export interface HealthWishes {
  input: Omit<HealthInput, "ours" | "node" | "previous" | "now">;
  /** Ours; none: those the database marks. */
  validators: OurEntry[];
}

/** To the thread that reads. */
export type Request =
  /** Before anything else, where a log is wanted. */
  | {
      kind: "log";
      options: { command: string; level: Level; format: "text" | "json"; file: string | null };
    }
  | { kind: "open-database"; path: string; logFile: string | null; refreshMs: number }
  | {
      kind: "open-node";
      urls: readonly string[];
      timeoutMs: number;
      refreshMs: number;
      ours: string[];
    }
  | { kind: "open-inspect"; urls: readonly string[] }
  | { kind: "open-health"; wishes: HealthWishes }
  | { kind: "open-fleet"; remotes: readonly Remote[]; timeoutMs: number; everyMs: number }
  /** Answered now and after each change, until the next `watch`; null = nothing any more. */
  | { kind: "watch"; question: Question | null }
  | { kind: "ask"; id: number; question: Question }
  /** Of the node. */
  | { kind: "inspect"; hash: string; author: string | null }
  | { kind: "refresh" };

/** The file's thread says something at least so often, so that silence means a file that hangs. */
export const BEAT_MS = 2000;

/** From it. */
export type Report =
  | { kind: "watched"; question: Question; answer: Answer | null; failure: Failure | null }
  /** Nothing new, but alive and read just now. */
  | { kind: "same" }
  | { kind: "answered"; id: number; answer: Answer | null; failure: Failure | null }
  | { kind: "node"; facts: NodeFacts }
  /** The node answered again, and nothing it told is new. */
  | { kind: "heard"; atMs: number }
  | { kind: "health"; health: HealthTold }
  | { kind: "fleet"; fleet: FleetTold }
  | { kind: "inspected"; facts: InspectFacts };
