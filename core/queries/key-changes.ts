// When did a validator's keys or registration change? Newest first.
import type { Database } from "bun:sqlite";

export interface KeyChange {
  /** ISO 8601, UTC: when it was seen, which is at most an epoch after it happened. */
  seenAt: string;
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

interface Row extends Omit<KeyChange, "seenAt"> {
  seenAtMs: number;
}

/**
 * All changes, or those of one validator: by its sidechain key, by any key it had or has, or by the folder
 * of its keystore. Keys with or without 0x, in any case.
 */
export function readKeyChanges(db: Database, key?: string): KeyChange[] {
  const word = key?.trim() ?? null;
  const hex = word === null || !/^(?:0x)?[0-9a-f]+$/i.test(word) ? null : word.toLowerCase();
  const wanted = hex === null || hex.startsWith("0x") ? hex : `0x${hex}`;
  return db
    .query<Row, { $word: string | null }>(
      `SELECT seen_at_ms AS seenAtMs, at_block AS atBlock, source, validator, kind, before, after
       FROM key_changes
       WHERE $word IS NULL OR validator = $word OR before = $word OR after = $word
         OR validator IN (SELECT validator FROM key_changes WHERE before = $word OR after = $word)
         OR validator IN (
           SELECT '0x' || lower(hex(sidechain)) FROM authorities
           WHERE '0x' || lower(hex(aura)) = $word OR '0x' || lower(hex(grandpa)) = $word)
       ORDER BY id DESC`,
    )
    .all({ $word: wanted ?? word })
    .map(({ seenAtMs, ...row }) => ({ seenAt: new Date(seenAtMs).toISOString(), ...row }));
}
