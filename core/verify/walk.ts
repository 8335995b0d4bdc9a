// The rows in order, each held against the one before and the list in force: what the file alone proves.
import type { Database } from "bun:sqlite";

import { authorityAt } from "../attribution.ts";
import { decodeFlags } from "../storage/codes.ts";
import { readRange } from "../storage/position.ts";
import type { Authorities } from "../types.ts";
import { readCommittees, readKeys } from "./committees.ts";
import type { Findings } from "./findings.ts";

export interface WalkResult {
  blocks: number;
  missed: number;
  /** Blocks whose author is not known, and missed slots whose turn is not. */
  unknown: number;
}

interface BlockRow {
  number: number;
  hash: Uint8Array;
  slot: number;
  author: number | null;
  flags: number;
}

interface MissedRow {
  slot: number;
  author: number | null;
}

/** Bounds are inclusive. */
export interface Range {
  from: number;
  to: number;
}

/** Walks a range of blocks with the missed slots between them. */
export function walkBlocks(
  db: Database,
  { from, to }: Range,
  findings: Findings,
  onProgress: (number: number) => void,
): WalkResult {
  const keys = readKeys(db);
  const start = readSlotBefore(db, from);
  const context: Walk = {
    findings,
    keys,
    committees: readCommittees(db, keys, from - 1),
    result: { blocks: 0, missed: 0, unknown: 0 },
    missed: db
      .prepare<MissedRow, [number, number]>(
        "SELECT slot, author FROM missed WHERE slot > ? AND slot < ? ORDER BY slot",
      )
      .iterate(readRange(db).first === from ? -1 : (start ?? -1), slotBound(db, to)),
    next: null,
  };
  context.next = takeMissed(context);
  const rows = db
    .prepare<BlockRow, [number, number]>(
      "SELECT number, hash, slot, author, flags FROM blocks WHERE number BETWEEN ? AND ? ORDER BY number",
    )
    .iterate(from, to);
  let parent = { number: from - 1, slot: start };
  for (const row of rows) {
    checkBlock(context, parent, row);
    parent = { number: row.number, slot: Math.max(row.slot, parent.slot ?? 0) };
    if (row.number % 10_000 === 0) onProgress(row.number);
  }
  if (parent.number < to)
    findings.add("hole", to, `blocks ${parent.number + 1} to ${to} are not stored`);
  while (context.next !== null) reportExtra(context, context.next, null);
  return context.result;
}

interface Walk {
  findings: Findings;
  keys: ReturnType<typeof readKeys>;
  committees: ReturnType<typeof readCommittees>;
  result: WalkResult;
  missed: Iterator<MissedRow>;
  next: MissedRow | null;
}

/** Slot of the block before the first one walked; null = genesis, which has none. */
function readSlotBefore(db: Database, from: number): number | null {
  const row = db
    .prepare<{ slot: number | null }, [number]>(
      `SELECT slot FROM blocks WHERE number = ?
       UNION ALL SELECT start_parent_slot FROM state LIMIT 1`,
    )
    .get(from - 1);
  return row?.slot ?? null;
}

/** Past the last block of all, everything there is must have a reason. */
function slotBound(db: Database, to: number): number {
  if (readRange(db).last === to) return Number.MAX_SAFE_INTEGER;
  const row = db
    .prepare<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?")
    .get(to);
  return row?.slot ?? Number.MAX_SAFE_INTEGER;
}

function takeMissed({ missed }: Walk): MissedRow | null {
  const step = missed.next();
  return step.done === true ? null : step.value;
}

function reportExtra(walk: Walk, { slot }: MissedRow, block: number | null): void {
  walk.findings.add("missed", block, `slot ${slot} is noted as missed and was not`);
  walk.next = takeMissed(walk);
}

function checkBlock(
  walk: Walk,
  parent: { number: number; slot: number | null },
  row: BlockRow,
): void {
  const { findings, result, keys } = walk;
  const { number, slot, author } = row;
  result.blocks += 1;
  if (number !== parent.number + 1)
    findings.add("hole", number, `blocks ${parent.number + 1} to ${number - 1} are not stored`);
  if (row.hash.length !== 32) findings.add("hash", number, "its hash is no hash");
  if (parent.slot !== null && slot <= parent.slot) {
    findings.add("slot", number, `its slot ${slot} does not come after slot ${parent.slot}`);
  }
  if (author !== null && !keys.byId.has(author))
    findings.add("author", number, "its author's key is not stored");
  // After a hole the list in force may be another one: nothing is judged by it.
  const list = number === parent.number + 1 ? walk.committees.inForceAfter(parent.number) : null;
  checkAuthor(walk, row, list, number === parent.number + 1);
  if (number === parent.number + 1) checkMissed(walk, parent.slot, row, list);
  else while (walk.next !== null && walk.next.slot < slot) walk.next = takeMissed(walk);
}

function checkAuthor(
  walk: Walk,
  row: BlockRow,
  list: Authorities | null,
  contiguous: boolean,
): void {
  const { findings, keys, result } = walk;
  const { number, slot, author, flags } = row;
  const { attribution } = decodeFlags(flags);
  if (author === null) result.unknown += 1;
  checkSealState(walk, row);
  if ((author === null) !== (attribution === "unknown")) {
    const found = author === null ? "no author" : "an author";
    findings.add("author", number, `it has ${found}, known by ${attribution}`);
    return;
  }
  if (attribution !== "schedule") return;
  const turn = list === null ? null : authorityAt(list, slot);
  if (turn === null && contiguous)
    findings.add("committee", number, "its author is known by a list that is not stored");
  else if (turn !== null && turn !== keys.byId.get(author ?? -1))
    findings.add("author", number, `its slot ${slot} was the turn of ${turn}, not of its author`);
}

/** A seal that does not fit leaves no author, and an author known by the seal has one that does. */
function checkSealState({ findings }: Walk, { number, flags }: BlockRow): void {
  const { attribution, seal } = decodeFlags(flags);
  const allowed = {
    unknown: seal !== "verified",
    schedule: seal !== "mismatch",
    seal: seal === "verified",
  };
  if (!allowed[attribution])
    findings.add("seal", number, `a seal ${seal} with an author known by ${attribution}`);
}

/** Missing slots in a row that are counted one by one. */
const MOST_TOLD = 100_000;

/** From a slot up to, not including, another. Before a slot that was changed there may be billions. */
function reportUnnoted({ findings }: Walk, from: number, end: number, block: number): void {
  const told = Math.min(end, from + MOST_TOLD);
  for (let slot = from; slot < told; slot++)
    findings.add("missed", block, `slot ${slot} was missed and is not noted`);
  if (told < end)
    findings.add("missed", block, `slots ${told} to ${end - 1} were missed and are not noted`);
}

function checkMissed(
  walk: Walk,
  parentSlot: number | null,
  row: BlockRow,
  list: Authorities | null,
): void {
  // Nothing is missed between genesis and block 1.
  const first = parentSlot === null ? row.slot : parentSlot + 1;
  while (walk.next !== null && walk.next.slot < first) reportExtra(walk, walk.next, row.number);
  for (let slot = first; slot < row.slot;) {
    const { next } = walk;
    if (next?.slot === slot) {
      walk.next = takeMissed(walk);
      checkTurn(walk, next, row, list);
      slot += 1;
      continue;
    }
    const end = Math.max(slot + 1, Math.min(next?.slot ?? row.slot, row.slot));
    reportUnnoted(walk, slot, end, row.number);
    slot = end;
  }
  while (walk.next !== null && walk.next.slot <= row.slot) reportExtra(walk, walk.next, row.number);
}

function checkTurn(walk: Walk, missed: MissedRow, row: BlockRow, list: Authorities | null): void {
  const { findings, keys, result } = walk;
  result.missed += 1;
  if (missed.author === null) result.unknown += 1;
  const turn = list === null ? null : authorityAt(list, missed.slot);
  if (turn === null) return;
  // Only where blocks follow a list that is known must the turn be known.
  const mayBeUnknown = decodeFlags(row.flags).attribution !== "schedule";
  if (missed.author === null ? mayBeUnknown : keys.byId.get(missed.author) === turn) return;
  findings.add("missed", row.number, `missed slot ${missed.slot} was the turn of ${turn}`);
}
