// When did a validator's keys or registration change?
import type { Database } from "bun:sqlite";

import { findValidator } from "./find.ts";
import { readRanking } from "./validators.ts";

export interface KeyChange {
  /** When it was seen, ISO 8601, UTC. */
  time: string;
  /** The last block stored when it was seen. */
  atBlock: number | null;
  /** `chain` or `keystore`. */
  source: string;
  /** Sidechain key, or the keystore's folder. */
  validator: string;
  /** `aura`, `grandpa`, `sidechain` or `registration`. */
  kind: string;
  before: string | null;
  after: string | null;
}

interface Row extends Omit<KeyChange, "time"> {
  seenAtMs: number;
}

/**
 * Changes of one validator or one keystore folder, newest first. Throws `usage` when the word names none.
 */
export function readKeyChanges(db: Database, word: string): KeyChange[] {
  const select = db.query<Row, [string]>(
    `SELECT seen_at_ms AS seenAtMs, at_block AS atBlock, source, validator, kind, before, after
     FROM key_changes WHERE validator = ? ORDER BY seen_at_ms DESC, id DESC`,
  );
  const ofFolder = select.all(word);
  if (ofFolder.length > 0) return ofFolder.map(toChange);
  const { sidechain, auras } = findValidator(readRanking(db), word).validator;
  return [sidechain, ...auras]
    .filter((key) => key !== null)
    .flatMap((key) => select.all(key))
    .map(toChange)
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

function toChange({ seenAtMs, atBlock, source, validator, kind, before, after }: Row): KeyChange {
  const time = new Date(seenAtMs).toISOString();
  return { time, atBlock, source, validator, kind, before, after };
}
