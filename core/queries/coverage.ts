// How much of the chain is stored, and how sure are we of it?
import type { Database } from "bun:sqlite";

import { readFinalized } from "../storage/position.ts";
import { readGaps } from "./gaps.ts";
import { ratio, readProduction } from "./production.ts";
import { readEnds } from "./summary.ts";

export interface Coverage {
  sinceBlock: number | null;
  sinceTime: string | null;
  lastBlock: number | null;
  lastTime: string | null;
  finalizedBlock: number | null;
  blocks: number;
  gaps: number;
  attributed: number;
  unattributed: number;
  /** attributed / blocks */
  attributedShare: number | null;
  /** Blocks whose seal fits their author. */
  sealVerified: number;
  /** Blocks whose seal fits no known key. */
  sealMismatched: number;
  sealUnchecked: number;
  /** sealVerified / blocks */
  sealVerifiedShare: number | null;
  missedSlots: number;
  /** Missed slots whose turn is not known. */
  turnsUnknown: number;
}

export function readCoverage(db: Database): Coverage {
  const { first, last } = readEnds(db);
  const { made, missed, unattributed } = readProduction(db);
  const { verified, mismatched } = readSeals(db);
  return {
    sinceBlock: first?.number ?? null,
    sinceTime: first?.time ?? null,
    lastBlock: last?.number ?? null,
    lastTime: last?.time ?? null,
    finalizedBlock: readFinalized(db)?.number ?? null,
    blocks: made,
    gaps: readGaps(db).length,
    attributed: made - unattributed,
    unattributed,
    attributedShare: ratio(made - unattributed, made),
    sealVerified: verified,
    sealMismatched: mismatched,
    sealUnchecked: made - verified - mismatched,
    sealVerifiedShare: ratio(verified, made),
    missedSlots: missed,
    turnsUnknown: readUnknownTurns(db),
  };
}

/** Counted when an epoch is closed; the rest from its few rows. */
function readSeals(db: Database): { verified: number; mismatched: number } {
  const row = db
    .query<{ verified: number; mismatched: number }, []>(
      `SELECT closed_verified + count(*) FILTER (WHERE flags >> 2 = 1) AS verified,
         closed_mismatched + count(*) FILTER (WHERE flags >> 2 = 2) AS mismatched
       FROM state LEFT JOIN blocks ON number > closed_block`,
    )
    .get();
  return row ?? { verified: 0, mismatched: 0 };
}

function readUnknownTurns(db: Database): number {
  const row = db
    .query<{ missed: number }, []>(
      `SELECT coalesce(sum(missed), 0) AS missed FROM (
         SELECT missed FROM totals WHERE author = 0
         UNION ALL SELECT missed FROM open_counts WHERE author = 0)`,
    )
    .get();
  return row?.missed ?? 0;
}
