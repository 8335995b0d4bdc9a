// What each epoch held: of everybody from the sums kept of closed epochs, of some authors from their tallies.
import type { Database } from "bun:sqlite";

import type { Production } from "./production.ts";
import { NO_COUNTS } from "./production.ts";

export interface EpochSum extends Production {
  epoch: number;
}

const SUMS = "sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned";

/** @param authors null: everybody */
export function openEpochSums(
  db: Database,
  authors: readonly number[] | null,
): (epoch: number) => Production {
  const closed = db.query<Production, [number]>(
    authors === null
      ? "SELECT made, missed, orphaned FROM epoch_sums WHERE epoch = ?"
      : `SELECT ${SUMS} FROM tallies WHERE epoch = ? AND author IN (${authors.join()}) GROUP BY epoch`,
  );
  const open = new Map(readOpen(db, authors).map((row) => [row.epoch, row]));
  return (epoch) => open.get(epoch) ?? closed.get(epoch) ?? NO_COUNTS;
}

/** All epochs of a stretch in which anything was counted, both ends included, in no order. */
export function readEpochSums(
  db: Database,
  authors: readonly number[] | null,
  { from, to }: { from: number; to: number },
): EpochSum[] {
  const closed = db.query<EpochSum, [number, number]>(
    authors === null
      ? "SELECT epoch, made, missed, orphaned FROM epoch_sums WHERE epoch BETWEEN ? AND ?"
      : `SELECT epoch, ${SUMS} FROM tallies INDEXED BY tallies_author
         WHERE author IN (${authors.join()}) AND epoch BETWEEN ? AND ? GROUP BY epoch`,
  );
  const open = readOpen(db, authors).filter(({ epoch }) => epoch >= from && epoch <= to);
  return [...closed.all(from, to), ...open];
}

/** The one or two epochs that are not closed yet, from their rows. */
function readOpen(db: Database, authors: readonly number[] | null): EpochSum[] {
  const whose = authors === null ? "" : `WHERE author IN (${authors.join()})`;
  return db
    .query<EpochSum, []>(`SELECT epoch, ${SUMS} FROM open_counts ${whose} GROUP BY epoch`)
    .all();
}
