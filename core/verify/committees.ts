// The stored authority lists, for walking forward through the blocks they judge.
import type { Database } from "bun:sqlite";

import { decodeSeats, toHex } from "../storage/codes.ts";
import type { Authorities } from "../types.ts";

export interface StoredKeys {
  byId: ReadonlyMap<number, string>;
}

export function readKeys(db: Database): StoredKeys {
  const rows = db
    .prepare<{ id: number; aura: Uint8Array }, []>("SELECT id, aura FROM authorities")
    .all();
  return { byId: new Map(rows.map(({ id, aura }) => [id, toHex(aura)])) };
}

export interface StoredCommittees {
  /** The list that judges a block's children; null = not known. Asked with ascending numbers. */
  inForceAfter: (number: number) => Authorities | null;
}

interface Row {
  after: number;
  seats: Uint8Array;
}

/** Lists are read one by one as the walk comes to them: ten million blocks have thirty thousand. */
export function readCommittees(db: Database, { byId }: StoredKeys, from: number): StoredCommittees {
  const before = db
    .prepare<Row, [number]>(
      `SELECT after_block AS after, seats FROM committees WHERE after_block <= ?
       ORDER BY after_block DESC LIMIT 1`,
    )
    .get(from);
  const later = db
    .prepare<Row, [number]>(
      "SELECT after_block AS after, seats FROM committees WHERE after_block > ? ORDER BY after_block",
    )
    .iterate(from);
  const decode = (row: Row): Authorities =>
    decodeSeats(row.seats).map((id) => byId.get(id) ?? `no key ${id}`);
  let list = before === null ? null : decode(before);
  let next = take();

  function take(): Row | null {
    const step = later.next();
    return step.done === true ? null : step.value;
  }

  return {
    inForceAfter: (number) => {
      while (next !== null && next.after <= number) {
        list = decode(next);
        next = take();
      }
      return list;
    },
  };
}
