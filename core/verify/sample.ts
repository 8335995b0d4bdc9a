// Which blocks to look at: all of a range, or some by chance that a seed repeats.
import type { Range } from "./walk.ts";

/** In ascending order, none twice. @param count null = all */
export function* pickNumbers(
  { from, to }: Range,
  count: number | null,
  seed: number,
): Generator<number> {
  if (count === null) {
    for (let number = from; number <= to; number++) yield number;
    return;
  }
  const random = seeded(seed);
  const size = to - from + 1;
  // Floyd's way: as many draws as numbers wanted, however large the range.
  const picked = new Set<number>();
  for (let top = size - count; top < size; top++) {
    const drawn = Math.floor(random() * (top + 1));
    picked.add(picked.has(drawn) ? top : drawn);
  }
  yield* [...picked].map((offset) => from + offset).sort((a, b) => a - b);
}

/** Numbers from 0 to below 1 that look random and are the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
