// What does the database hold?
import type { Database } from "bun:sqlite";

import { readConstants, readIdentity } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { readCalendar } from "./calendar.ts";
import { readGaps } from "./gaps.ts";
import { ratio, readProduction } from "./production.ts";

interface Runtime {
  fromBlock: number;
  specVersion: number;
}

export interface Summary {
  blocks: number;
  firstBlock: number | null;
  firstBlockTime: string | null;
  lastBlock: number | null;
  lastBlockTime: string | null;
  finalizedBlock: number | null;
  gaps: number;
  attributed: number;
  unattributed: number;
  /** attributed / blocks */
  attributedShare: number | null;
  orphaned: number;
  missedSlots: number;
  /** Every Aura key ever met, candidates that never had a turn included. */
  validators: number;
  ourValidators: number;
  chain: {
    name: string | null;
    genesisHash: string | null;
    slotDurationMs: number | null;
    slotsPerEpoch: number | null;
  };
  runtimes: Runtime[];
  databaseBytes: number;
}

export function readSummary(db: Database): Summary {
  const { first, last } = readEnds(db);
  const { made, missed, orphaned, unattributed } = readProduction(db);
  return {
    blocks: made,
    firstBlock: first?.number ?? null,
    firstBlockTime: first?.time ?? null,
    lastBlock: last?.number ?? null,
    lastBlockTime: last?.time ?? null,
    finalizedBlock: readFinalized(db)?.number ?? null,
    gaps: readGaps(db).length,
    attributed: made - unattributed,
    unattributed,
    attributedShare: ratio(made - unattributed, made),
    orphaned,
    missedSlots: missed,
    ...readValidatorCounts(db),
    chain: readChain(db),
    runtimes: readRuntimes(db),
    databaseBytes: readSize(db),
  };
}

function readChain(db: Database): Summary["chain"] {
  const identity = readIdentity(db);
  const constants = readConstants(db);
  return {
    name: identity?.name ?? null,
    genesisHash: identity?.genesisHash ?? null,
    slotDurationMs: constants?.slotDurationMs ?? null,
    slotsPerEpoch: constants?.slotsPerEpoch ?? null,
  };
}

/** One end of the stored chain. */
export interface End {
  number: number;
  slot: number;
  time: string | null;
}

/** Both ends of the stored chain; null when no block is stored. */
export function readEnds(db: Database): { first: End | null; last: End | null } {
  const { first, last } = readRange(db);
  const slotOf = db.query<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?");
  const calendar = readCalendar(db);
  function end(number: number | null): End | null {
    const slot = number === null ? undefined : slotOf.get(number)?.slot;
    if (number === null || slot === undefined) return null;
    return { number, slot, time: calendar(slot).time };
  }
  return { first: end(first), last: end(last) };
}

function readValidatorCounts(db: Database): { validators: number; ourValidators: number } {
  const row = db
    .query<{ validators: number; ourValidators: number }, []>(
      "SELECT count(*) AS validators, count(*) FILTER (WHERE ours = 1) AS ourValidators FROM authorities",
    )
    .get();
  return row ?? { validators: 0, ourValidators: 0 };
}

export function readRuntimes(db: Database): Runtime[] {
  return db
    .query<Runtime, []>(
      "SELECT from_block AS fromBlock, spec_version AS specVersion FROM runtimes ORDER BY from_block",
    )
    .all();
}

/** Of the database itself; the write-ahead log beside it comes on top while a sync runs. */
export function readSize(db: Database): number {
  const row = db
    .query<{ bytes: number }, []>(
      "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    )
    .get();
  return row?.bytes ?? 0;
}
