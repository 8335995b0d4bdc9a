// Counts per epoch and author. An epoch is counted once, when it is closed: finality has passed its end.
import type { Database } from "bun:sqlite";

import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainConstants } from "../types.ts";

/** Stands for "unknown author" in the counts. */
const UNKNOWN_AUTHOR = 0;

/** Epochs summed up in one row of `spans`: a day, UTC, where an epoch is half an hour. */
export const SPAN_EPOCHS = 48;

interface Change {
  made?: number;
  missed?: number;
  orphaned?: number;
  /** A block it made. */
  block?: number;
}

export interface Tally {
  /** Closes every epoch before the one of a finalized slot, once there are at least so many; tells if any was. */
  closeBefore: (finalizedSlot: number, atLeast: number) => boolean;
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
  const spanUp = db.prepare(
    `INSERT INTO spans
       SELECT epoch / ${SPAN_EPOCHS}, author, sum(made), sum(missed), sum(orphaned), max(last_block)
       FROM tallies WHERE epoch > (SELECT closed_epoch FROM state) AND epoch <= ? GROUP BY 1, 2
     ON CONFLICT (span, author) ${ADD_UP}`,
  );
  const epochUp = db.prepare(
    `INSERT INTO epoch_sums SELECT epoch, sum(made), sum(missed), sum(orphaned) FROM tallies
     WHERE epoch > (SELECT closed_epoch FROM state) AND epoch <= ? GROUP BY epoch`,
  );
  const close = db.prepare(
    `UPDATE state SET closed_epoch = ?1, closed_block = found.last,
       closed_verified = closed_verified + found.verified,
       closed_mismatched = closed_mismatched + found.mismatched
     FROM (
       SELECT coalesce(max(number), (SELECT closed_block FROM state)) AS last,
         count(*) FILTER (WHERE flags >> 2 = 1) AS verified,
         count(*) FILTER (WHERE flags >> 2 = 2) AS mismatched
       FROM blocks WHERE number > (SELECT closed_block FROM state) AND slot < ?2
     ) AS found`,
  );
  const correctTally = db.prepare(
    `INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (epoch, author) ${ADD_UP}`,
  );
  const correctSpan = db.prepare(
    `INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (span, author) ${ADD_UP}`,
  );
  const correctEpoch = db.prepare(
    `INSERT INTO epoch_sums VALUES (?, ?, ?, ?) ON CONFLICT (epoch) DO UPDATE SET
       made = made + excluded.made, missed = missed + excluded.missed,
       orphaned = orphaned + excluded.orphaned`,
  );
  const correctTotal = db.prepare(
    `INSERT INTO totals VALUES (?, ?, ?, ?, ?) ON CONFLICT (author) ${ADD_UP}`,
  );

  return {
    closeBefore: (finalizedSlot, atLeast) => {
      const epoch = epochOf(finalizedSlot, chain) - 1;
      const closed = readClosed.get()?.epoch ?? -1;
      // Before the first closing there is no telling how many there are.
      if (epoch < closed + (closed === -1 ? 1 : atLeast)) return false;
      tallyUp.run(epoch);
      sumUp.run(epoch);
      spanUp.run(epoch);
      epochUp.run(epoch);
      close.run(epoch, epochFirstSlot(epoch + 1, chain));
      return true;
    },
    correct: (slot, author, { made = 0, missed = 0, orphaned = 0, block = 0 }) => {
      const epoch = epochOf(slot, chain);
      if (epoch > (readClosed.get()?.epoch ?? -1)) return;
      const id = author ?? UNKNOWN_AUTHOR;
      const span = Math.floor(epoch / SPAN_EPOCHS);
      correctTally.run(epoch, id, made, missed, orphaned, block);
      correctSpan.run(span, id, made, missed, orphaned, block);
      correctEpoch.run(epoch, made, missed, orphaned);
      correctTotal.run(id, made, missed, orphaned, block);
    },
  };
}
