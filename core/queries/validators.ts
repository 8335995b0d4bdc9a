// Who are the validators, and how do they rank?
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";
import type { Registration } from "../types.ts";
import { readCalendar } from "./calendar.ts";
import { readCounts } from "./counts.ts";
import type { SlotSpan } from "./place.ts";
import type { Counts } from "./production.ts";
import { addCounts, NO_COUNTS, ratio } from "./production.ts";
import { readEnds } from "./summary.ts";

/** For the meaning of the counts see production.ts. */
export interface Validator {
  /** The Aura key in use: the registered one, else the one that made the newest block. */
  aura: string;
  /** Every Aura key it was met with, the one in use first. */
  auras: string[];
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
  /** Where counting begins. */
  sinceBlock: number | null;
  sinceTime: string | null;
}

/** A validator with its keys' places in the `authorities` table, the key in use first. */
export interface RankedValidator {
  ids: readonly number[];
  lastSlot: number | null;
  validator: Validator;
}

interface KeyRow {
  id: number;
  aura: Uint8Array;
  sidechain: Uint8Array | null;
  grandpa: Uint8Array | null;
  label: string | null;
  ours: number;
  registration: Registration;
}

interface Member extends KeyRow {
  counts: Counts;
}

/** All validators, best rank first, those without a turn last; of all that is stored or between two slots. */
export function readRanking(db: Database, bounds?: SlotSpan): RankedValidator[] {
  const counts = readCounts(db, bounds);
  const total = [...counts.values()].reduce((sum, { made }) => sum + made, 0);
  const groups = Map.groupBy(readMembers(db, counts), ({ aura, sidechain }) =>
    toHex(sidechain ?? aura),
  );
  const since = readSince(db, bounds);
  const describe = openDescriber(db, total, since);
  const ranked = [...groups.values()].map((members) => describe(members));
  addRanks(ranked.map(({ validator }) => validator));
  return ranked.sort((a, b) => compare(a.validator, b.validator));
}

function readMembers(db: Database, counts: ReadonlyMap<number, Counts>): Member[] {
  return db
    .query<KeyRow, []>(
      "SELECT id, aura, sidechain, grandpa, label, ours, registration FROM authorities",
    )
    .all()
    .map((row) => ({ ...row, counts: counts.get(row.id) ?? NO_COUNTS }));
}

function isRegistered({ registration }: KeyRow): boolean {
  return registration === "permissioned" || registration === "registered";
}

/** The key in use first: registered before not, newest block before older, later met before earlier. */
function byUse(a: Member, b: Member): number {
  return (
    Number(isRegistered(b)) - Number(isRegistered(a)) ||
    b.counts.lastBlock - a.counts.lastBlock ||
    b.id - a.id
  );
}

type Since = Pick<Validator, "sinceBlock" | "sinceTime">;

function openDescriber(
  db: Database,
  total: number,
  since: Since,
): (members: Member[]) => RankedValidator {
  const calendar = readCalendar(db);
  const slotOf = db.query<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?");
  return (members) => {
    const [current, ...former] = members.toSorted(byUse);
    if (current === undefined) throw new Error("a group without members");
    const all = [current, ...former];
    const { made, missed, orphaned, lastBlock } = all
      .map(({ counts }) => counts)
      .reduce(addCounts, NO_COUNTS);
    const lastSlot = lastBlock === 0 ? null : (slotOf.get(lastBlock)?.slot ?? null);
    const auras = all.map(({ aura }) => toHex(aura));
    return {
      ids: all.map(({ id }) => id),
      lastSlot,
      validator: {
        aura: toHex(current.aura),
        auras,
        sidechain: current.sidechain === null ? null : toHex(current.sidechain),
        grandpa: current.grandpa === null ? null : toHex(current.grandpa),
        label: all.find(({ label }) => label !== null)?.label ?? null,
        ours: all.some(({ ours }) => ours === 1),
        registration: current.registration,
        blocks: made,
        expected: made + missed,
        missed,
        orphaned,
        share: ratio(made, total),
        reliability: ratio(made, made + missed),
        rank: null,
        lastBlock: lastSlot === null ? null : lastBlock,
        lastBlockTime: lastSlot === null ? null : calendar(lastSlot).time,
        ...since,
      },
    };
  };
}

/** The first stored block, or the first slot asked for where that is later; neither past the last one stored. */
function readSince(db: Database, bounds: SlotSpan | undefined): Since {
  const { first, last } = readEnds(db);
  if (bounds === undefined || first === null || bounds.from <= first.slot) {
    return { sinceBlock: first?.number ?? null, sinceTime: first?.time ?? null };
  }
  const isStored = last !== null && bounds.from <= last.slot;
  return { sinceBlock: null, sinceTime: isStored ? readCalendar(db)(bounds.from).time : null };
}

/** Whoever never had a turn made nothing, so it stands below all ranks and shifts none of them. */
function addRanks(validators: Validator[]): void {
  const made = validators.map(({ blocks }) => blocks).sort((a, b) => b - a);
  for (const validator of validators) {
    if (validator.expected > 0) validator.rank = made.indexOf(validator.blocks) + 1;
  }
}

function compare(a: Validator, b: Validator): number {
  return (
    (a.rank ?? Infinity) - (b.rank ?? Infinity) || a.missed - b.missed || (a.aura < b.aura ? -1 : 1)
  );
}

/** The best `limit` validators, of ours alone if asked; ranks and shares are always those among all. */
export function readValidators(
  db: Database,
  { limit, ours, bounds }: { limit: number; ours: boolean; bounds?: SlotSpan | undefined },
): Validator[] {
  return readRanking(db, bounds)
    .map(({ validator }) => validator)
    .filter((validator) => validator.ours || !ours)
    .slice(0, limit);
}
