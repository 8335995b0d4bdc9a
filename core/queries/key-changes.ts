// When did a validator's keys or registration change?
import type { Database } from "bun:sqlite";

import { findValidator } from "./find.ts";
import { readRanking } from "./validators.ts";

export interface KeyChange {
  /** ISO 8601, UTC: when it was seen, which is at most an epoch after it happened. */
  time: string;
  /** Last block stored then. */
  atBlock: number | null;
  source: "chain" | "keystore";
  /** Sidechain key, or the keystore's folder. */
  validator: string;
  kind: "aura" | "grandpa" | "sidechain" | "registration";
  /** Null: there was none, or there is none any more. */
  before: string | null;
  after: string | null;
}

interface Row extends Omit<KeyChange, "time"> {
  seenAtMs: number;
}

/**
 * All changes, newest first, or those of one validator: by any key it had or has, by the beginning of one, by
 * its label, or by the folder of its keystore. Throws `usage` when the word names none.
 */
export function readKeyChanges(db: Database, word?: string): KeyChange[] {
  const rows = select(db, word === undefined ? null : asKey(word));
  if (rows.length > 0 || word === undefined) return rows;
  const { sidechain, auras } = findValidator(readRanking(db), word).validator;
  return select(db, sidechain ?? auras[0] ?? "");
}

/** Keys are stored in lower case with 0x, and typed in any way. */
function asKey(word: string): string {
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(word.trim()) ?? [];
  return digits === undefined ? word.trim() : `0x${digits.toLowerCase()}`;
}

function select(db: Database, word: string | null): KeyChange[] {
  return db
    .query<Row, { word: string | null }>(
      `SELECT seen_at_ms AS seenAtMs, at_block AS atBlock, source, validator, kind, before, after
       FROM key_changes
       WHERE $word IS NULL OR validator = $word OR before = $word OR after = $word
         OR validator IN (SELECT validator FROM key_changes WHERE before = $word OR after = $word)
         OR validator IN (
           SELECT '0x' || lower(hex(sidechain)) FROM authorities
           WHERE '0x' || lower(hex(aura)) = $word OR '0x' || lower(hex(grandpa)) = $word)
       ORDER BY id DESC`,
    )
    .all({ word })
    .map(({ seenAtMs, ...row }) => ({ time: new Date(seenAtMs).toISOString(), ...row }));
}
