// Rows in an order other than their own.

export interface Sort<T> {
  column: keyof T;
  descending: boolean;
}

/** Sorted by a column, unknown last whichever the direction; null leaves them as they come. */
export function sortRows<T>(rows: readonly T[], sort: Sort<T> | null): readonly T[] {
  if (sort === null) return rows;
  const { column, descending } = sort;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === right) return 0;
    if (left === null || left === undefined) return 1;
    if (right === null || right === undefined) return -1;
    return left < right === descending ? 1 : -1;
  });
}
