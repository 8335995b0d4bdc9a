// Who are the validators, and how do they rank?
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";
import type { Registration } from "../types.ts";
import { readCalendar } from "./calendar.ts";
import { COUNTS, ratio, readProduction } from "./production.ts";

/** For the meaning of the counts see production.ts. */
export interface Validator {
  aura: string;
  sidechain: string | null;
  grandpa: string | null;
  label: string | null;
  ours: boolean;
  registration: Registration;
  /** Made. */
  blocks: number;
  expected: number;
  missed: number;
  orphaned: number;
  share: number | null;
  reliability: number | null;
  rank: number | null;
  lastBlock: number | null;
  lastBlockTime: string | null;
}

/** A validator with its place in the `authorities` table. */
export interface RankedValidator {
  id: number;
  lastSlot: number | null;
  validator: Validator;
}

interface Row {
  id: number;
  aura: Uint8Array;
  sidechain: Uint8Array | null;
  grandpa: Uint8Array | null;
  label: string | null;
  ours: number;
  registration: Registration;
  made: number;
  missed: number;
  orphaned: number;
  rank: number | null;
  lastBlock: number | null;
  lastSlot: number | null;
}

/** Whoever never had a turn made nothing, so it stands below all ranks and shifts none of them. */
const RANKING = `
  SELECT a.id, a.aura, a.sidechain, a.grandpa, a.label, a.ours, a.registration,
    coalesce(c.made, 0) AS made, coalesce(c.missed, 0) AS missed, coalesce(c.orphaned, 0) AS orphaned,
    CASE WHEN c.made + c.missed > 0 THEN rank() OVER (ORDER BY coalesce(c.made, 0) DESC) END AS rank,
    b.number AS lastBlock, b.slot AS lastSlot
  FROM authorities a
  LEFT JOIN (${COUNTS}) c ON c.author = a.id
  LEFT JOIN blocks b ON b.number = c.last_block AND c.last_block > 0
  ORDER BY rank NULLS LAST, missed, a.aura`;

/** All validators, best rank first, those without a turn last. */
export function readRanking(db: Database): RankedValidator[] {
  const total = readProduction(db).made;
  const calendar = readCalendar(db);
  return db
    .query<Row, []>(RANKING)
    .all()
    .map((row) => ({
      id: row.id,
      lastSlot: row.lastSlot,
      validator: {
        aura: toHex(row.aura),
        sidechain: row.sidechain === null ? null : toHex(row.sidechain),
        grandpa: row.grandpa === null ? null : toHex(row.grandpa),
        label: row.label,
        ours: row.ours === 1,
        registration: row.registration,
        blocks: row.made,
        expected: row.made + row.missed,
        missed: row.missed,
        orphaned: row.orphaned,
        share: ratio(row.made, total),
        reliability: ratio(row.made, row.made + row.missed),
        rank: row.rank,
        lastBlock: row.lastBlock,
        lastBlockTime: row.lastSlot === null ? null : calendar(row.lastSlot).time,
      },
    }));
}

/** The best `limit` validators, of ours alone if asked; ranks and shares are always those among all. */
export function readValidators(
  db: Database,
  { limit, ours }: { limit: number; ours: boolean },
): Validator[] {
  return readRanking(db)
    .map(({ validator }) => validator)
    .filter((validator) => validator.ours || !ours)
    .slice(0, limit);
}
