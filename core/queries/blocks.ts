// Which blocks, and who made them?
import type { Database } from "bun:sqlite";

import { decodeFlags, toHex } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { epochFirstSlot } from "../time.ts";
import type { Attribution, SealState } from "../types.ts";
import type { SlotDate } from "./calendar.ts";
import { readCalendar } from "./calendar.ts";
import { readOwners } from "./owners.ts";
import { intersect } from "./place.ts";
import { readProduction } from "./production.ts";
import type { Page, Selection } from "./selection.ts";
import { EVERYTHING, heightsOf, passOver, slotsOf, takePage } from "./selection.ts";
import { walkEpochs } from "./walk.ts";

export interface BlockRecord extends SlotDate {
  number: number;
  hash: string;
  /** Null when the block before is not stored. */
  parentHash: string | null;
  slot: number;
  authorAura: string | null;
  authorSidechain: string | null;
  label: string | null;
  ours: boolean;
  attribution: Attribution;
  /** Null = not checked. */
  sealVerified: boolean | null;
  /** False for a block seen off the canonical chain. */
  canonical: boolean;
  finalized: boolean;
  /** Null = body not seen. */
  extrinsics: number | null;
}

/** Bounds are inclusive; of what lies between them the newest `limit` blocks are read. */
export interface BlockRange {
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
}

interface Row {
  number: number;
  hash: Uint8Array;
  parent: Uint8Array | null;
  slot: number;
  author: number | null;
  flags: number;
  extrinsics: number | null;
}

/** A parent hash is not stored: it is the hash of the row before, or that of the chain's start. */
const CANONICAL = `
  SELECT b.number, b.hash, b.slot, b.author, b.flags, b.extrinsics,
    coalesce(p.hash, CASE WHEN b.number = (SELECT min(number) FROM blocks)
      THEN (SELECT start_parent_hash FROM state) END) AS parent
  FROM blocks b LEFT JOIN blocks p ON p.number = b.number - 1`;

/** Newest first. */
export function readBlocks(db: Database, { limit, ...heights }: BlockRange): BlockRecord[] {
  return [...iterateBlocks(db, bound(heights), { offset: 0, limit, ascending: false })];
}

/** Blocks seen off the canonical chain, newest first. */
export function readOrphans(db: Database, { limit, ...heights }: BlockRange): BlockRecord[] {
  return [...iterateOrphans(db, bound(heights), { offset: 0, limit, ascending: false })];
}

function bound({ from = 0, to = Number.MAX_SAFE_INTEGER }: Omit<BlockRange, "limit">): Selection {
  return { ...EVERYTHING, heights: { from, to } };
}

/** Canonical blocks by height, one at a time. */
export function* iterateBlocks(
  db: Database,
  selection: Selection,
  page: Page,
): Generator<BlockRecord> {
  const toRecord = openRecorder(db, true);
  if (selection.authors !== null) {
    const { limit } = page;
    const rows = rowsBy(db, selection, selection.authors, page);
    for (const row of takePage(rows, { offset: 0, limit })) yield toRecord(row);
    return;
  }
  const { from, to, offset } = skip(db, heightsOf(db, selection), page);
  if (from > to) return;
  const rows = db
    .prepare<Row, [number, number, number, number]>(
      `${CANONICAL} WHERE b.number BETWEEN ? AND ? ORDER BY b.number ${order(page)} LIMIT ? OFFSET ?`,
    )
    .iterate(from, to, Number.isFinite(page.limit) ? page.limit : -1, offset);
  for (const row of rows) yield toRecord(row);
}

function order({ ascending }: Page): string {
  return ascending ? "ASC" : "DESC";
}

/** Without a hole an offset is a height: millions of rows are not read to be passed over. */
function skip(
  db: Database,
  heights: { from: number; to: number },
  { offset, ascending }: Page,
): { from: number; to: number; offset: number } {
  const { first, last } = readRange(db);
  if (first === null || last === null) return { from: 1, to: 0, offset: 0 };
  const from = Math.max(heights.from, first);
  const to = Math.min(heights.to, last);
  if (offset === 0 || readProduction(db).made !== last - first + 1) return { from, to, offset };
  return ascending ? { from: from + offset, to, offset: 0 } : { from, to: to - offset, offset: 0 };
}

/** Blocks of some authors, past the page's offset: only epochs in which they made any of them are looked at. */
function* rowsBy(
  db: Database,
  selection: Selection,
  authors: readonly number[],
  { ascending, offset }: Page,
): Generator<Row> {
  const chain = readConstants(db);
  if (chain === null) return;
  const skip = { left: offset };
  const slots = slotsOf(db, selection);
  const select = db.prepare<Row, [number, number, number, number]>(
    `${CANONICAL} WHERE b.number BETWEEN ? AND ? AND b.slot >= ? AND b.slot < ?
       AND b.author IN (${authors.join()}) ORDER BY b.number ${ascending ? "ASC" : "DESC"}`,
  );
  for (const { epoch, lastBlock } of walkEpochs(db, {
    authors,
    slots,
    ascending,
    holding: "made",
    skip,
  })) {
    const inEpoch = intersect(slots, {
      from: epochFirstSlot(epoch, chain),
      to: epochFirstSlot(epoch + 1, chain),
    });
    // An epoch has no more blocks than slots.
    const lowest = lastBlock - chain.slotsPerEpoch + 1;
    yield* passOver(select.all(lowest, lastBlock, inEpoch.from, inEpoch.to), skip);
  }
}

/** Blocks seen off the canonical chain, by height. */
export function* iterateOrphans(
  db: Database,
  { heights, slots, authors }: Selection,
  page: Page,
): Generator<BlockRecord> {
  const toRecord = openRecorder(db, false);
  const whose = authors === null ? "" : `AND author IN (${authors.join()})`;
  const rows = db
    .prepare<Row, [number, number, number, number]>(
      `SELECT number, hash, parent_hash AS parent, slot, author, flags, extrinsics FROM orphans
       WHERE number BETWEEN ? AND ? AND slot >= ? AND slot < ? ${whose}
       ORDER BY number ${order(page)}, hash`,
    )
    .iterate(heights.from, heights.to, slots.from, slots.to);
  for (const row of takePage(rows, page)) yield toRecord(row);
}

function openRecorder(db: Database, canonical: boolean): (row: Row) => BlockRecord {
  const calendar = readCalendar(db);
  const ownerOf = readOwners(db);
  const finalized = canonical ? (readFinalized(db)?.number ?? -1) : -1;
  const proofOf = openProofs();
  // Blocks that lost are not each other's parents.
  const hexOf = canonical ? openHashes() : bothHex;
  return (row) => {
    const { number, slot, extrinsics } = row;
    const { attribution, sealVerified } = proofOf(row.flags);
    const { aura, sidechain, label, ours } = ownerOf(row.author);
    const { hash, parentHash } = hexOf(row);
    const { epoch, mainchainEpoch, time } = calendar(slot);
    return {
      number,
      hash,
      parentHash,
      slot,
      epoch,
      mainchainEpoch,
      time,
      authorAura: aura,
      authorSidechain: sidechain,
      label,
      ours,
      attribution,
      sealVerified,
      canonical,
      finalized: number <= finalized,
      extrinsics,
    };
  };
}

type Proof = Pick<BlockRecord, "attribution" | "sealVerified">;

/** There are nine: decoded once each. */
function openProofs(): (flags: number) => Proof {
  const known: Proof[] = [];
  return (flags) => {
    const found = known[flags];
    if (found !== undefined) return found;
    const { attribution, seal } = decodeFlags(flags);
    return (known[flags] = { attribution, sealVerified: verdict(seal) });
  };
}

function bothHex({ hash, parent }: Row): Pick<BlockRecord, "hash" | "parentHash"> {
  return { hash: toHex(hash), parentHash: parent === null ? null : toHex(parent) };
}

/** A block's parent is the row beside it in either order, so of two hashes one is hex already. */
function openHashes(): (row: Row) => Pick<BlockRecord, "hash" | "parentHash"> {
  let before: { number: number; hash: string; parentHash: string | null } | undefined;
  return (row) => {
    const up = before !== undefined && before.number === row.number - 1 && row.parent !== null;
    const down = before !== undefined && before.number === row.number + 1;
    const hash = (down ? before?.parentHash : null) ?? toHex(row.hash);
    const parentHash = up ? (before?.hash ?? null) : row.parent === null ? null : toHex(row.parent);
    before = { number: row.number, hash, parentHash };
    return before;
  };
}

function verdict(seal: SealState): boolean | null {
  return seal === "unchecked" ? null : seal === "verified";
}
