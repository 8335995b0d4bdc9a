// Counts per epoch and author. An epoch is counted once, when it is closed: finality has passed its end.
import type { Database } from "bun:sqlite";

import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainConstants } from "../types.ts";

/** Stands for "unknown author" in the counts. */
const UNKNOWN_AUTHOR = 0;

interface Change {
  made?: number;
  missed?: number;
  orphaned?: number;
  /** A block it made. */
  block?: number;
}

export interface Tally {
  /** Closes every epoch before the one of a finalized slot, once there are at least so many. */
  closeBefore: (finalizedSlot: number, atLeast: number) => void;
  /** A fact about a slot changed. Where its epoch is closed, the counts taken then follow. */
  correct: (slot: number, author: number | null, change: Change) => void;
}

const ADD_UP = `DO UPDATE SET made = made + excluded.made, missed = missed + excluded.missed,
  orphaned = orphaned + excluded.orphaned, last_block = max(last_block, excluded.last_block)`;

export function openTally(db: Database, chain: ChainConstants): Tally {
  const readClosed = db.prepare<{ epoch: number }, []>("SELECT closed_epoch AS epoch FROM state");
  const tallyUp = db.prepare(
    `INSERT INTO tallies SELECT epoch, author, made, missed, orphaned, last_block
     FROM open_counts WHERE epoch <= ?`,
  );
  const sumUp = db.prepare(
    `INSERT INTO totals
       SELECT author, sum(made), sum(missed), sum(orphaned), max(last_block) FROM tallies
       WHERE epoch > (SELECT closed_epoch FROM state) AND epoch <= ? GROUP BY author
     ON CONFLICT (author) ${ADD_UP}`,
  );
  const close = db.prepare(
    `UPDATE state SET closed_epoch = ?, closed_block = coalesce(
       (SELECT max(number) FROM blocks WHERE number > closed_block AND slot < ?), closed_block)`,
  );
  const correctTally = db.prepare(
    `INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (epoch, author) ${ADD_UP}`,
  );
  const correctTotal = db.prepare(
    `INSERT INTO totals VALUES (?, ?, ?, ?, ?) ON CONFLICT (author) ${ADD_UP}`,
  );

  return {
    closeBefore: (finalizedSlot, atLeast) => {
      const epoch = epochOf(finalizedSlot, chain) - 1;
      const closed = readClosed.get()?.epoch ?? -1;
      // Before the first closing there is no telling how many there are.
      if (epoch < closed + (closed === -1 ? 1 : atLeast)) return;
      tallyUp.run(epoch);
      sumUp.run(epoch);
      close.run(epoch, epochFirstSlot(epoch + 1, chain));
    },
    correct: (slot, author, { made = 0, missed = 0, orphaned = 0, block = 0 }) => {
      const epoch = epochOf(slot, chain);
      if (epoch > (readClosed.get()?.epoch ?? -1)) return;
      const id = author ?? UNKNOWN_AUTHOR;
      correctTally.run(epoch, id, made, missed, orphaned, block);
      correctTotal.run(id, made, missed, orphaned, block);
    },
  };
}
