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

type Order = (a: ValidatorRow, b: ValidatorRow) => number;

/** Largest first; what is not known comes last. */
function descending(value: (row: ValidatorRow) => number | null): Order {
  return (a, b) => (value(b) ?? -1) - (value(a) ?? -1);
}

function text(value: (row: ValidatorRow) => string): Order {
  return (a, b) => value(a).localeCompare(value(b));
}

const REGISTRATIONS = ["permissioned", "registered", "invalid", "none", "unknown"];

const ORDERS: Record<Sortable, Order> = {
  Rank: (a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0,
  Validator: text(({ label, aura }) => (label === null ? `~${aura}` : label.toLowerCase())),
  Reg: (a, b) => REGISTRATIONS.indexOf(a.registration) - REGISTRATIONS.indexOf(b.registration),
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
  oursOnly: boolean,
): ValidatorRow[] {
  const shown = oursOnly ? all.filter(({ ours }) => ours) : all;
  const order = ORDERS[sort];
  // Infinity − Infinity is no number: two without a rank are equal.
  return shown.toSorted((a, b) => order(a, b) || (a.aura < b.aura ? -1 : 1));
}
