// Counts per epoch and author, kept in the transaction that writes the rows they count.
import type { Database } from "bun:sqlite";

import { openInserter } from "./insert.ts";

/** Stands for "unknown author" in the tallies. */
const UNKNOWN_AUTHOR = 0;

/** Room for ids in a key of epoch and id: far more than there will ever be candidates. */
const MAX_AUTHORS = 1_000_000;

interface Delta {
  epoch: number;
  author: number;
  made: number;
  missed: number;
  orphaned: number;
  lastBlock: number;
}

type Counter = "made" | "missed" | "orphaned";

export interface Tally {
  add: (
    epoch: number,
    author: number | null,
    counter: Counter,
    amount: number,
    block?: number,
  ) => void;
  /** Writes what was added since the last flush. */
  flush: () => void;
  /** After blocks above an ancestor were taken back: the last one standing, for those who lost some. */
  repairLastBlocks: (ancestor: number, slotsPerEpoch: number) => void;
  /** Adds the epochs up to `epoch`, which nothing will change any more, to the totals. */
  rollUp: (epoch: number) => void;
  discard: () => void;
}

export function openTally(db: Database): Tally {
  const rows = openInserter(
    db,
    "INSERT INTO tallies (epoch, author, made, missed, orphaned, last_block)",
    6,
    `ON CONFLICT (epoch, author) DO UPDATE SET made = made + excluded.made,
      missed = missed + excluded.missed, orphaned = orphaned + excluded.orphaned,
      last_block = max(last_block, excluded.last_block)`,
  );
  // A block settled long after its epoch was rolled up counts in both places.
  const upsertTotal = db.prepare(`
    INSERT INTO totals (author, made, missed, orphaned, last_block)
      SELECT $author, $made, $missed, $orphaned, $last
      FROM state WHERE rolled_epoch >= $epoch
    ON CONFLICT (author) DO UPDATE SET made = made + excluded.made,
      missed = missed + excluded.missed, orphaned = orphaned + excluded.orphaned,
      last_block = max(last_block, excluded.last_block)`);
  const sumUp = db.prepare(`
    INSERT INTO totals (author, made, missed, orphaned, last_block)
      SELECT author, sum(made), sum(missed), sum(orphaned), max(last_block) FROM tallies
      WHERE epoch > (SELECT rolled_epoch FROM state) AND epoch <= ? GROUP BY author
    ON CONFLICT (author) DO UPDATE SET made = made + excluded.made,
      missed = missed + excluded.missed, orphaned = orphaned + excluded.orphaned,
      last_block = max(last_block, excluded.last_block)`);
  const setRolled = db.prepare("UPDATE state SET rolled_epoch = ? WHERE rolled_epoch < ?");
  const lastBlock = db.prepare<{ last: number | null }, [number, number, number, number]>(
    `SELECT max(number) AS last FROM blocks
     WHERE author IS nullif(?, 0) AND slot >= ? AND slot < ? AND number > ?`,
  );
  const setLast = db.prepare(
    "UPDATE tallies SET last_block = ? WHERE epoch = ? AND author = ? AND last_block <> ?",
  );

  const deltas = new Map<number, Delta>();
  const readRolled = db.prepare<{ rolled_epoch: number }, []>("SELECT rolled_epoch FROM state");
  let rolled = readRolled.get()?.rolled_epoch ?? -1;

  function add(
    epoch: number,
    author: number | null,
    counter: Counter,
    amount: number,
    block = 0,
  ): void {
    const id = author ?? UNKNOWN_AUTHOR;
    const key = epoch * MAX_AUTHORS + id;
    let delta = deltas.get(key);
    if (delta === undefined) {
      delta = { epoch, author: id, made: 0, missed: 0, orphaned: 0, lastBlock: 0 };
      deltas.set(key, delta);
    }
    delta[counter] += amount;
    if (block > delta.lastBlock) delta.lastBlock = block;
  }

  function flush(): void {
    for (const { epoch, author, made, missed, orphaned, lastBlock: last } of deltas.values()) {
      rows.add(epoch, author, made, missed, orphaned, last);
      if (epoch <= rolled) upsertTotal.run({ author, made, missed, orphaned, last, epoch });
    }
    rows.flush();
    deltas.clear();
  }

  return {
    add,
    flush,
    repairLastBlocks: (ancestor, slotsPerEpoch) => {
      for (const { epoch, author } of deltas.values()) {
        // An epoch has at most as many blocks as slots, so nothing older shares one with what was lost.
        const from = ancestor - slotsPerEpoch;
        const slot = epoch * slotsPerEpoch;
        const last = lastBlock.get(author, slot, slot + slotsPerEpoch, from)?.last ?? 0;
        setLast.run(last, epoch, author, last);
      }
    },
    rollUp: (epoch) => {
      if (epoch <= rolled) return;
      sumUp.run(epoch);
      setRolled.run(epoch, epoch);
      rolled = epoch;
    },
    discard: () => {
      deltas.clear();
      rows.discard();
      rolled = readRolled.get()?.rolled_epoch ?? -1;
    },
  };
}
