// The next block somebody is looking for: by author's key or label, or by hash.
import type { Database } from "bun:sqlite";

import { toBytes } from "../storage/codes.ts";
import { readRange } from "../storage/position.ts";
import type { FindFacts } from "./messages.ts";

/** Neither hashes nor authors have an index, so one search looks at this many blocks and says how far it came. */
const AT_ONCE = 200_000;

interface Hit {
  number: number;
}

export function findBlock(db: Database, text: string, from: number | null, up: boolean): FindFacts {
  const { first, last } = readRange(db);
  if (first === null || last === null) return { number: null, searchedTo: null };
  const start = from ?? (up ? first : last);
  const end = up ? Math.min(last, start + AT_ONCE) : Math.max(first, start - AT_ONCE);
  const [low, high] = up ? [start, end] : [end, start];
  const hit = search(db, text.trim().toLowerCase(), low, high, up ? "ASC" : "DESC");
  return { number: hit?.number ?? null, searchedTo: end };
}

function search(
  db: Database,
  text: string,
  low: number,
  high: number,
  order: "ASC" | "DESC",
): Hit | null {
  const within = `number BETWEEN $low AND $high`;
  const last = `ORDER BY number ${order} LIMIT 1`;
  if (/^0x[0-9a-f]{64}$/.test(text)) {
    const hit = db
      .query<Hit, { low: number; high: number; hash: Uint8Array }>(
        `SELECT number FROM blocks WHERE ${within} AND hash = $hash ${last}`,
      )
      .get({ low, high, hash: toBytes(text) });
    if (hit !== null) return hit;
  }
  const key = text.replace(/^0x/, "");
  return db
    .query<Hit, { low: number; high: number; text: string; key: string; length: number }>(
      `SELECT number FROM blocks WHERE ${within} AND (author IN (
         SELECT id FROM authorities WHERE instr(lower(coalesce(label, '')), $text) > 0
           OR substr(lower(hex(aura)), 1, $length) = $key
           OR substr(lower(hex(sidechain)), 1, $length) = $key)
         OR ($length > 5 AND substr(lower(hex(hash)), 1, $length) = $key)) ${last}`,
    )
    .get({ low, high, text, key, length: key.length });
}
