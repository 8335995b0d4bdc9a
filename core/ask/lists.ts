// The lists `mvm query` and the API answer with: one meaning of each, whoever asks.
import type { Database } from "bun:sqlite";

import type { BlockRecord } from "../queries/blocks.ts";
import { iterateBlocks, iterateOrphans } from "../queries/blocks.ts";
import type { EpochRecord } from "../queries/epochs.ts";
import { COUNTED, iterateEpochs, iterateEpochsBy } from "../queries/epochs.ts";
import { findValidator } from "../queries/find.ts";
import type { MissedRecord } from "../queries/missed.ts";
import { iterateMissed } from "../queries/missed.ts";
import type { Page, Wanted } from "../queries/selection.ts";
import { isUnbounded, readSelection, slotsOf, takePage } from "../queries/selection.ts";
import type { Validator } from "../queries/validators.ts";
import { readRanking } from "../queries/validators.ts";
import type { Sort } from "./sort.ts";
import { sortBy } from "./sort.ts";

type EpochOrder = "epoch" | "time" | (typeof COUNTED)[number];
type Rows = Pick<Page, "offset" | "limit">;

/** Canonical blocks, or those that `lost`. Throws `usage` for a validator that is not known, as all of these do. */
export function askBlocks(
  db: Database,
  wanted: Wanted,
  page: Page,
  lost = false,
): Iterable<BlockRecord> {
  return (lost ? iterateOrphans : iterateBlocks)(db, readSelection(db, wanted), page);
}

export function askMissed(db: Database, wanted: Wanted, page: Page): Iterable<MissedRecord> {
  return iterateMissed(db, readSelection(db, wanted), page);
}

/** Newest first when no order is asked for. */
export function askEpochs(
  db: Database,
  wanted: Wanted,
  sort: Sort<Record<EpochOrder, unknown>> | null,
  rows: Rows,
): Iterable<EpochRecord> {
  const selection = readSelection(db, wanted);
  const which = { slots: slotsOf(db, selection), authors: selection.authors };
  const column = COUNTED.find((each) => each === sort?.column);
  const descending = sort?.descending ?? true;
  // Only the order of the epochs themselves needs no other epoch to be read.
  return column === undefined
    ? iterateEpochs(db, which, { ...rows, ascending: !descending })
    : iterateEpochsBy(db, which, { column, descending }, rows);
}

/** By rank when no order is asked for. Ranks and shares are those among all: whose is asked afterwards. */
export function askValidators(
  db: Database,
  wanted: Wanted,
  sort: Sort<Validator> | null,
  rows: Rows,
): Iterable<Validator> {
  const selection = readSelection(db, { ...wanted, ours: false, validator: undefined });
  const bounds = isUnbounded(selection) ? undefined : slotsOf(db, selection);
  const all = readRanking(db, bounds).map(({ validator }) => validator);
  return takePage(sortBy(pickWhose(all, wanted), sort), rows);
}

export function pickWhose(
  all: readonly Validator[],
  { ours, validator }: Pick<Wanted, "ours" | "validator">,
): readonly Validator[] {
  if (validator !== undefined) {
    const ranked = all.map((each) => ({ ids: [], lastSlot: null, validator: each }));
    return [findValidator(ranked, validator).validator];
  }
  return ours === true ? all.filter((each) => each.ours) : all;
}
