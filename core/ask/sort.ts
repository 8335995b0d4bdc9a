// An order as it is asked for.
import { sortRows } from "../queries/selection.ts";

export interface Sort<T> {
  column: keyof T;
  descending: boolean;
}

/** Null leaves the rows as they come. */
export function sortBy<T>(rows: readonly T[], sort: Sort<T> | null): readonly T[] {
  return sort === null ? rows : sortRows(rows, sort.column, sort.descending);
}
