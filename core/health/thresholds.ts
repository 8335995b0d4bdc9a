// From where on something is wrong: one table, each number with its reason.

/** At or past `warning`, at or past `critical`. Infinity: never. */
interface Limits {
  warning: number;
  critical: number;
}

export const THRESHOLDS = {
  /** A healthy node answers in some milliseconds; past a second it is short of something. */
  latencyMs: { warning: 1000, critical: Infinity },
  /** None is `critical`: no block arrives. How many are few the operator says (`alerts.min_peers`). */
  peers: { critical: 0 },
  /** Clocks are compared in whole slots: from two on they differ by more than one slot, so blocks come late. */
  clockSlots: { warning: 2, critical: 3 },
  /** Three empty slots in a row happen by chance; ten do not. */
  blockAgeSlots: { warning: 4, critical: 11 },
  /** 600 blocks are an hour of six-second slots. What warns the operator says (`alerts.finality_lag_blocks`). */
  finalityLagBlocks: { critical: 601 },
  /** Cardano makes a block every 20 s on average; five minutes without one happen once in some weeks. */
  dbSyncLagSeconds: { warning: 300, critical: 1800 },
  /** The writer follows within a slot; ten minutes of blocks behind it is not following any more. */
  databaseLagBlocks: { warning: 6, critical: 101 },
  /** Of a disk: low is a small part that is also few bytes, for a tenth of a large disk lasts for years. */
  diskFreePercent: { warning: 10, critical: 5 },
  diskFreeBytes: { warning: 20e9, critical: 5e9 },
  /** What the kernel says can be had without swapping. */
  memoryFreePercent: { warning: 10, critical: 5 },
  /** One missed turn is worth a look; three in a row are no accident. */
  missedTurns: { warning: 1, critical: Infinity },
  missedInRow: { warning: Infinity, critical: 3 },
  /** A reorganisation costs somebody a block now and then; it is worth a look, never an emergency. */
  orphaned: { warning: 1, critical: Infinity },
} as const satisfies Record<string, Partial<Limits>>;
