// What was produced: the words every screen uses, and the one SQL that counts them.
import type { Database } from "bun:sqlite";

/**
 * The words, for one validator and for all of them:
 * - validator: whoever holds one sidechain key. Aura keys that share one, before and after a rotation, are one
 *   validator and their counts are summed; an Aura key whose sidechain key is not known stands for itself
 * - made: canonical blocks
 * - missed: slots whose turn it was that hold no canonical block, those with an orphaned block included
 * - expected: made + missed
 * - orphaned: its blocks seen off the canonical chain
 * - share: made / all stored canonical blocks, whoever made them, known or not
 * - reliability: made / expected
 * - rank: by made, over all validators; equal counts share a rank (1, 2, 2, 4); none without a turn
 * - seats: places in the committee; slot s belongs to seat s modulo the committee's size
 * - luck, in an epoch: turns it was assigned / those to be expected at its usual share of seats, see luck.ts
 *
 * All of them count from the first stored block on, not from the beginning of the chain; with bounds, share
 * and rank are those within the bounds.
 */
export interface Production {
  made: number;
  missed: number;
  orphaned: number;
}

/** Counts of one author. */
export interface Counts extends Production {
  /** 0 = none. */
  lastBlock: number;
}

export const NO_COUNTS: Counts = { made: 0, missed: 0, orphaned: 0, lastBlock: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    made: a.made + b.made,
    missed: a.missed + b.missed,
    orphaned: a.orphaned + b.orphaned,
    lastBlock: Math.max(a.lastBlock, b.lastBlock),
  };
}

/**
 * Counts per author, 0 = unknown: the totals of closed epochs plus the rows of the one or two still open, so
 * it costs the same at ten million blocks.
 */
export const COUNTS = `
  SELECT author, sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
    max(last_block) AS last_block
  FROM (
    SELECT author, made, missed, orphaned, last_block FROM totals
    UNION ALL
    SELECT author, made, missed, orphaned, last_block FROM open_counts
  ) GROUP BY author`;

export interface ProductionSums extends Production {
  /** Of `made`: blocks whose author is not known. */
  unattributed: number;
}

export function readProduction(db: Database): ProductionSums {
  const row = db
    .query<ProductionSums, []>(
      `SELECT coalesce(sum(made), 0) AS made, coalesce(sum(missed), 0) AS missed,
         coalesce(sum(orphaned), 0) AS orphaned,
         coalesce(sum(made) FILTER (WHERE author = 0), 0) AS unattributed
       FROM (${COUNTS})`,
    )
    .get();
  return row ?? { made: 0, missed: 0, orphaned: 0, unattributed: 0 };
}

/** A part of a whole; null of nothing. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
