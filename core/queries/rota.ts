// Whose turn comes next, as far as the file knows.
import type { Database } from "bun:sqlite";

import type { Outlook } from "../schedule.ts";
import { openDictionary } from "../storage/authorities.ts";
import { decodeFlags } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { readPosition, readRange } from "../storage/position.ts";
import type { PredictionRecord } from "../storage/upcoming.ts";
import { readPredictionRecord, readUpcoming } from "../storage/upcoming.ts";
import { epochOf } from "../time.ts";
import type { Authorities, ChainConstants } from "../types.ts";

export interface StoredOutlook extends Outlook {
  chain: ChainConstants;
  lastBlock: number;
  /**
   * Whether the last blocks follow the rota. Not, once BABE makes them: no list then tells whose turn comes,
   * and `authorities` is null.
   */
  followsRota: boolean;
  /** The last list there was, whether it still tells turns or only seats. */
  lastList: Authorities | null;
  /** How often the committees seen ahead were right. After a wrong one `next` is null until one is right. */
  predictions: PredictionRecord;
}

/** Null when the file holds no block or does not know the chain's constants. */
export function readOutlook(db: Database): StoredOutlook | null {
  const chain = readConstants(db);
  const { last } = readRange(db);
  if (chain === null || last === null) return null;
  const position = readPosition(db, openDictionary(db), last);
  if (position?.slot == null) return null;
  const predictions = readPredictionRecord(db, chain);
  const followsRota = doBlocksFollowRota(db);
  const next = followsRota ? readUpcoming(db, epochOf(position.slot, chain) + 1) : null;
  return {
    chain,
    lastBlock: last,
    lastSlot: position.slot,
    lastList: position.authorities,
    authorities: followsRota ? position.authorities : null,
    next: predictions.lastRight === false ? null : next,
    followsRota,
    predictions,
  };
}

/** Blocks looked at: one alone may have a seal by another key. */
const LAST_BLOCKS = 3;

/** The author of an Aura block follows from the list; a BABE block's never does. */
function doBlocksFollowRota(db: Database): boolean {
  const rows = db
    .prepare<{ flags: number }, [number]>(
      `SELECT flags FROM blocks WHERE number > (SELECT min(after_block) FROM committees)
       ORDER BY number DESC LIMIT ?`,
    )
    .all(LAST_BLOCKS);
  return (
    rows.length === 0 || rows.some(({ flags }) => decodeFlags(flags).attribution === "schedule")
  );
}
