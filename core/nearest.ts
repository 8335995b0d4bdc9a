// Typos: how far two words are apart.

/** The known word a typo most likely meant; undefined when none is close. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const lower = word.toLowerCase().replaceAll("-", "_");
  let best: string | undefined;
  // Short words are all close to each other: a third of the letters may be wrong, three at most.
  let limit = Math.min(3, Math.max(1, Math.floor(word.length / 3))) + 1;
  for (const each of known) {
    const distance = editDistance(lower, each);
    if (distance < limit) [best, limit] = [each, distance];
  }
  return best;
}

/** Letters to add, drop, change or swap with their neighbour. */
export function editDistance(a: string, b: string): number {
  // Row i: from the first i letters of `a` to the first j of `b`.
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped));
    }
  }
  return at(a.length, b.length);
}
