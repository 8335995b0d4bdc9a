// Where the stored chain ends, and any place in it: what a restart needs, in two row reads.
import type { Database } from "bun:sqlite";

import type { Position } from "../types.ts";
import type { KeyDictionary } from "./authorities.ts";
import { toHex } from "./codes.ts";

/** The position at a stored block, or at the parent of the first one; null when neither is stored. */
export function readPosition(
  db: Database,
  dictionary: KeyDictionary,
  number: number,
): Position | null {
  const row =
    db
      .prepare<{ hash: Uint8Array; slot: number | null }, [number]>(
        "SELECT hash, slot FROM blocks WHERE number = ?",
      )
      .get(number) ?? readStart(db, number);
  if (row === null) return null;
  const committee = db
    .prepare<{ seats: Uint8Array }, [number]>(
      "SELECT seats FROM committees WHERE after_block <= ? ORDER BY after_block DESC LIMIT 1",
    )
    .get(number);
  return {
    number,
    hash: toHex(row.hash),
    slot: row.slot,
    authorities: committee === null ? null : dictionary.decode(committee.seats),
  };
}

function readStart(db: Database, number: number): { hash: Uint8Array; slot: number | null } | null {
  const { first } = readRange(db);
  if (first !== null && number !== first - 1) return null;
  const row = db
    .prepare<{ hash: Uint8Array | null; slot: number | null }, []>(
      "SELECT start_parent_hash AS hash, start_parent_slot AS slot FROM state",
    )
    .get();
  return row?.hash == null ? null : { hash: row.hash, slot: row.slot };
}

export function readRange(db: Database): { first: number | null; last: number | null } {
  // Two scalar sub-queries: SQLite walks to each end, where one min-and-max query would scan.
  return (
    db
      .prepare<{ first: number | null; last: number | null }, []>(
        "SELECT (SELECT min(number) FROM blocks) AS first, (SELECT max(number) FROM blocks) AS last",
      )
      .get() ?? { first: null, last: null }
  );
}

export function readFinalized(db: Database): { number: number; hash: string } | null {
  const row = db
    .prepare<{ number: number | null; hash: Uint8Array | null }, []>(
      "SELECT finalized_number AS number, finalized_hash AS hash FROM state",
    )
    .get();
  return row?.number == null || row.hash === null
    ? null
    : { number: row.number, hash: toHex(row.hash) };
}
