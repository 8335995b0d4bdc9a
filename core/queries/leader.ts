// An epoch of some keys in the words stake pool operators use, counted from its rows.
import type { Database } from "bun:sqlite";

import { authorityAt } from "../attribution.ts";
import type { Rota } from "../schedule.ts";
import { slotsOf } from "../schedule.ts";
import { openDictionary } from "../storage/authorities.ts";
import { decodeFlags } from "../storage/codes.ts";
import { readFinalized, readPosition } from "../storage/position.ts";
import { firstFromSlot } from "../storage/upcoming.ts";
import { epochFirstSlot } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import { openSeatReader } from "./held-seats.ts";
import { luckOf, meanSeatShare } from "./luck.ts";
import { firstKnownSlot } from "./place.ts";

/**
 * The words, for the keys asked about, in one epoch:
 * - leader: slots assigned to them by the lists in force, those still to come included
 * - ideal: slots to be expected at their mean share of seats over the last day's committees, see luck.ts
 * - luck: leader / ideal
 * - adopted: their blocks on the canonical chain
 * - confirmed: those of them that are final
 * - missed: their slots that hold no canonical block, those with a ghosted one included
 * - ghosted: their blocks seen off the canonical chain
 * - stolen: their slots that hold somebody else's canonical block, proven by its seal. Aura accepts none, so
 *   anything but 0 wants an explanation; null where a block in such a slot has an author that is not known
 */
export interface EpochWords {
  epoch: number;
  /** Every slot of it is stored, or known to come. Where not, leader counts what is, and luck is null. */
  whole: boolean;
  leader: number;
  ideal: number | null;
  luck: number | null;
  adopted: number;
  confirmed: number;
  missed: number;
  ghosted: number;
  stolen: number | null;
}

interface Question {
  db: Database;
  chain: ChainConstants;
  keys: ReadonlySet<string>;
  /** Of the slots after the last block. */
  rotas: readonly Rota[];
}

/** One epoch at least partly stored, or only known ahead. */
export function readEpochWords(question: Question, epoch: number): EpochWords {
  const { db, chain, keys, rotas } = question;
  const from = epochFirstSlot(epoch, chain);
  const to = from + chain.slotsPerEpoch;
  const ids = readIds(db, keys);
  const coming = [...slotsOf(rotas, keys)].filter((each) => each.epoch === epoch).length;
  const counts = readCounts(db, ids, from, to);
  const stolen = readStolen(question, ids, from, to);
  const leader = counts.adopted + counts.missed + (stolen ?? 0) + coming;
  const share = readShare(db, ids, to);
  const ideal = share === null ? null : share * chain.slotsPerEpoch;
  const whole = firstKnownSlot(db) <= from && isKnownTo(db, rotas, to);
  const luck = whole ? luckOf(leader, chain.slotsPerEpoch, share) : null;
  return { epoch, whole, leader, ideal, luck, ...counts, stolen };
}

function readIds(db: Database, keys: ReadonlySet<string>): number[] {
  const dictionary = openDictionary(db);
  const known = new Set(dictionary.keys());
  return [...keys].filter((key) => known.has(key)).map((key) => dictionary.idOf(key));
}

function readCounts(
  db: Database,
  ids: readonly number[],
  from: number,
  to: number,
): Pick<EpochWords, "adopted" | "confirmed" | "missed" | "ghosted"> {
  // Slots ascend with numbers, so the two bounds on numbers spare the whole table.
  const range = numbersOf(db, from, to);
  const final = readFinalized(db)?.number ?? -1;
  const list = JSON.stringify(ids);
  const blocks = db
    .prepare<{ adopted: number; confirmed: number }, [number, number, number, string]>(
      `SELECT count(*) AS adopted, count(*) FILTER (WHERE number <= ?) AS confirmed FROM blocks
       WHERE number BETWEEN ? AND ? AND author IN (SELECT value FROM json_each(?))`,
    )
    .get(final, range.first, range.last, list);
  const countSlots = (table: "missed" | "orphans"): number =>
    db
      .prepare<{ n: number }, [number, number, string]>(
        `SELECT count(*) AS n FROM ${table}
         WHERE slot >= ? AND slot < ? AND author IN (SELECT value FROM json_each(?))`,
      )
      .get(from, to, list)?.n ?? 0;
  return {
    adopted: blocks?.adopted ?? 0,
    confirmed: blocks?.confirmed ?? 0,
    missed: countSlots("missed"),
    ghosted: countSlots("orphans"),
  };
}

/** Numbers of the blocks in some slots; an empty range when there are none. */
function numbersOf(db: Database, from: number, to: number): { first: number; last: number } {
  const ends = db
    .prepare<{ number: number; slot: number }, []>(
      `SELECT number, slot FROM blocks WHERE number IN
         ((SELECT min(number) FROM blocks), (SELECT max(number) FROM blocks)) ORDER BY number`,
    )
    .all();
  const [lowest] = ends;
  const highest = ends.at(-1);
  if (lowest === undefined || highest === undefined) return { first: 0, last: -1 };
  if (highest.slot < from || lowest.slot >= to) return { first: 0, last: -1 };
  const after = firstFromSlot(db, to);
  return {
    first: firstFromSlot(db, from)?.number ?? lowest.number,
    last: after === null ? highest.number : after.number - 1,
  };
}

function readStolen(
  { db, keys }: Question,
  ids: readonly number[],
  from: number,
  to: number,
): number | null {
  const range = numbersOf(db, from, to);
  const rows = db
    .prepare<
      { number: number; slot: number; author: number | null; flags: number },
      [number, number]
    >("SELECT number, slot, author, flags FROM blocks WHERE number BETWEEN ? AND ?")
    .all(range.first, range.last)
    .filter(({ flags }) => decodeFlags(flags).attribution !== "schedule");
  const dictionary = openDictionary(db);
  let stolen: number | null = 0;
  for (const { number, slot, author } of rows) {
    const list = readPosition(db, dictionary, number - 1)?.authorities;
    const turn = list == null ? null : authorityAt(list, slot);
    if (turn === null || !keys.has(turn)) continue;
    if (author === null) stolen = null;
    else if (stolen !== null && !ids.includes(author)) stolen += 1;
  }
  return stolen;
}

/** Up to the committee of the epoch that ends before `to`, or the last one stored. */
function readShare(db: Database, ids: readonly number[], to: number): number | null {
  const seats = openSeatReader(db, ids);
  const committee = seats.inForce(numbersOf(db, 0, to).last);
  return committee === null ? null : meanSeatShare(seats, committee);
}

function isKnownTo(db: Database, rotas: readonly Rota[], to: number): boolean {
  const last = db
    .prepare<{ slot: number }, []>("SELECT slot FROM blocks ORDER BY number DESC LIMIT 1")
    .get();
  return (last?.slot ?? 0) >= to - 1 || (rotas.at(-1)?.to ?? 0) >= to;
}
