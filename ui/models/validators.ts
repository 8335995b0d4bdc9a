// Validators in the order asked for.
import type { ValidatorRow } from "../../core/view/messages.ts";

/** By the title of their column. */
export const SORTS = [
  "Rank",
  "Validator",
  "Reg",
  "Seats",
  "Next",
  "Blocks",
  "Missed",
  "Share",
  "Reliab.",
  "Epoch",
  "Last block",
] as const;
export type Sortable = (typeof SORTS)[number];

interface Order {
  /** Null = not known, which comes last whichever the direction. */
  value: (row: ValidatorRow) => number | string | null;
  /** Largest first, unless turned round. */
  descending: boolean;
}

function descending(value: Order["value"]): Order {
  return { value, descending: true };
}

function ascending(value: Order["value"]): Order {
  return { value, descending: false };
}

const REGISTRATIONS = ["permissioned", "registered", "invalid", "none", "unknown"];

const ORDERS: Record<Sortable, Order> = {
  Rank: ascending(({ rank }) => rank),
  Validator: ascending(({ label, aura }) => (label === null ? `~${aura}` : label.toLowerCase())),
  Reg: ascending(({ registration }) => REGISTRATIONS.indexOf(registration)),
  Seats: descending(({ seatsNow }) => seatsNow),
  Next: descending(({ seatsNext }) => seatsNext),
  Blocks: descending(({ blocks }) => blocks),
  Missed: descending(({ missed }) => missed),
  Share: descending(({ share }) => share),
  "Reliab.": descending(({ reliability }) => reliability),
  Epoch: descending(({ epochMade }) => epochMade),
  "Last block": descending(({ lastBlock }) => lastBlock),
};

export function validatorsModel(
  all: readonly ValidatorRow[],
  sort: Sortable,
  { oursOnly, reversed }: { oursOnly: boolean; reversed: boolean },
): ValidatorRow[] {
  const shown = oursOnly ? all.filter(({ ours }) => ours) : all;
  const { value, descending: falls } = ORDERS[sort];
  const sign = falls === reversed ? -1 : 1;
  return shown.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left !== right) {
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right ? sign : -sign;
    }
    return a.aura < b.aura ? -1 : 1;
  });
}
