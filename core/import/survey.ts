// What the Rust tool's rows say of themselves: holes, rows that cannot be, chains that break.
import type { Rejected, RustBlock } from "./rows.ts";
import { isRejected } from "./rows.ts";

/** Bounds are the first and last missing block. */
interface Hole {
  from: number;
  to: number;
  missing: number;
}

export interface Survey {
  rows: number;
  first: number | null;
  last: number | null;
  missing: number;
  holes: Hole[];
  holesTotal: number;
  /** Rows that are no block; the first ones. */
  rejected: Rejected[];
  rejectedTotal: number;
  /** Blocks whose parent is not the block stored before them: one of the two is not of this chain. */
  brokenLinks: number[];
  brokenLinksTotal: number;
  /** Blocks whose slot does not come after the slot before. */
  slotsNotAscending: number;
  /** Where the unbroken stretch that ends with the last row begins. */
  stretchFrom: number | null;
}

const NAMED = 20;

export function surveyRows(rows: Iterable<RustBlock | Rejected>): Survey {
  const survey: Survey = {
    ...{ rows: 0, first: null, last: null, missing: 0, holes: [], holesTotal: 0 },
    ...{ rejected: [], rejectedTotal: 0, brokenLinks: [], brokenLinksTotal: 0 },
    ...{ slotsNotAscending: 0, stretchFrom: null },
  };
  let before: RustBlock | null = null;
  let start: RustBlock | null = null;
  for (const row of rows) {
    survey.rows += 1;
    if (isRejected(row)) {
      survey.rejectedTotal += 1;
      if (survey.rejected.length < NAMED) survey.rejected.push(row);
      continue;
    }
    survey.first ??= row.number;
    survey.last = row.number;
    if (before === null || start === null || !follows(survey, before, row, start)) start = row;
    survey.stretchFrom = start.number;
    before = row;
  }
  return survey;
}

/** A chain may stand still for two months, and be slow for ever; beyond that a slot is made up. */
const IDLE_SLOTS = 1_000_000;
const SLOTS_PER_BLOCK = 20;

function follows(survey: Survey, before: RustBlock, row: RustBlock, start: RustBlock): boolean {
  if (row.number !== before.number + 1) {
    const hole = { from: before.number + 1, to: row.number - 1 };
    const missing = hole.to - hole.from + 1;
    survey.holesTotal += 1;
    survey.missing += missing;
    if (survey.holes.length < NAMED) survey.holes.push({ ...hole, missing });
    return false;
  }
  const ascends = row.slot > before.slot;
  if (!ascends) survey.slotsNotAscending += 1;
  const room = IDLE_SLOTS + SLOTS_PER_BLOCK * (row.number - start.number);
  if (row.parentHash === before.hash && row.slot - start.slot <= room) return ascends;
  survey.brokenLinksTotal += 1;
  if (survey.brokenLinks.length < NAMED) survey.brokenLinks.push(row.number);
  return false;
}
