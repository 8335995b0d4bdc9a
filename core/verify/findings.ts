// What a verification found: everything counted, the first few named.

/** What can be wrong. */
type Fault =
  | "file"
  | "hole"
  | "hash"
  | "parent"
  | "slot"
  | "author"
  | "seal"
  | "missed"
  | "committee"
  | "runtime"
  | "orphan"
  | "tally"
  | "total"
  | "index"
  | "finalized"
  | "identity"
  | "upcoming"
  | "state";

interface Finding {
  fault: Fault;
  /** Block it was found at; null where it concerns a slot, an epoch or the whole file. */
  block: number | null;
  message: string;
}

export interface Findings {
  add: (fault: Fault, block: number | null, message: string) => void;
  readonly count: number;
  readonly byFault: Partial<Record<Fault, number>>;
  /** The first ones in the order found, and the first of every further kind. */
  readonly first: readonly Finding[];
}

/** @param named how many are kept by name; the rest is counted */
export function openFindings(named: number): Findings {
  const first: Finding[] = [];
  const byFault: Partial<Record<Fault, number>> = {};
  let count = 0;
  return {
    add: (fault, block, message) => {
      count += 1;
      byFault[fault] = (byFault[fault] ?? 0) + 1;
      if (first.length < named || byFault[fault] === 1) first.push({ fault, block, message });
    },
    get count() {
      return count;
    },
    byFault,
    first,
  };
}
