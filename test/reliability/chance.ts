// Chance that a seed repeats.

export interface Random {
  /** From 0 up to 1. */
  number: () => number;
  /** A whole number between both, both included. */
  between: (least: number, most: number) => number;
  pick: <T>(of: readonly T[]) => T;
  shuffle: <T>(of: readonly T[]) => T[];
}

export function openRandom(seed: string): Random {
  let state = Bun.hash.wyhash(seed);
  function number(): number {
    state = Bun.hash.wyhash(state.toString(36), state);
    return Number(state >> 11n) / 2 ** 53;
  }
  const between = (least: number, most: number): number =>
    least + Math.floor(number() * (most - least + 1));
  function pick<T>(of: readonly T[]): T {
    const found = of[between(0, of.length - 1)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }
  function shuffle<T>(of: readonly T[]): T[] {
    const rest = [...of];
    for (let i = rest.length - 1; i > 0; i--) {
      const j = between(0, i);
      const [a, b] = [rest[i], rest[j]];
      if (a !== undefined && b !== undefined) [rest[i], rest[j]] = [b, a];
    }
    return rest;
  }
  return { number, between, pick, shuffle };
}
