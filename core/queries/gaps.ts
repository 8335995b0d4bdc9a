// Which blocks are missing between the first and the last one stored?
import type { Database } from "bun:sqlite";

import { readRange } from "../storage/position.ts";
import { readProduction } from "./production.ts";

/** Bounds are the first and last missing block. */
export interface Gap {
  from: number;
  to: number;
  missing: number;
}

/**
 * The writer lets no gap in; so the counts answer, and the table is scanned only if they disagree. A row of a
 * closed epoch taken out by another hand is not noticed by its counts: only reading every row proves that it is
 * there, which at ten million takes a second and is what `mvm verify` does.
 */
export function readGaps(db: Database): Gap[] {
  const { first, last } = readRange(db);
  if (first === null || last === null) return [];
  if (readProduction(db).made === last - first + 1) return [];
  return db
    .query<Gap, []>(
      `SELECT before + 1 AS "from", number - 1 AS "to", number - before - 1 AS missing
       FROM (SELECT number, lag(number) OVER (ORDER BY number) AS before FROM blocks)
       WHERE number > before + 1 ORDER BY number`,
    )
    .all();
}
