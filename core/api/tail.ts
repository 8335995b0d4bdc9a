// What was written after a place: blocks, missed slots before them, alerts; and the place after it.
import type { Database } from "bun:sqlite";

import { readAlerts } from "../queries/alerts.ts";
import { iterateBlocks } from "../queries/blocks.ts";
import { iterateMissed } from "../queries/missed.ts";
import { EVERYTHING } from "../queries/selection.ts";
import { toHex } from "../storage/codes.ts";
import { readRange } from "../storage/position.ts";
import type { Place } from "./event-text.ts";
import { formatEvent, formatPlace } from "./event-text.ts";

/** Further back nobody is told: the lists are for that. */
const MOST_BLOCKS = 500;
const MOST_ALERTS = 200;

export interface Told {
  /** In order; each ends with an empty line. */
  events: string[];
  place: Place;
}

const ALL = { offset: 0, limit: Infinity, ascending: true };

/** Where the file ends now. */
export function readPlace(db: Database): Place {
  const { last } = readRange(db);
  const alert = db.query<{ id: number | null }, []>("SELECT max(id) AS id FROM alerts").get();
  const hash = last === null ? null : readHash(db, last);
  return { number: last ?? 0, hash: hash ?? "0x", alert: alert?.id ?? 0 };
}

export function readHash(db: Database, number: number): string | null {
  const row = db
    .query<{ hash: Uint8Array }, [number]>("SELECT hash FROM blocks WHERE number = ?")
    .get(number);
  return row === null ? null : toHex(row.hash);
}

/** Everything after `from`; null where that is more than is told, or its block is none of the chain any more. */
export function readAfter(db: Database, from: Place): Told | null {
  const end = readPlace(db);
  const hash = readHash(db, from.number);
  const isThere = from.number === 0 ? end.number === 0 : (hash?.startsWith(from.hash) ?? false);
  const tooMuch = end.number - from.number > MOST_BLOCKS || end.alert - from.alert > MOST_ALERTS;
  if (!isThere || tooMuch || end.alert < from.alert) return null;
  const blocks = readBlocks(db, from);
  const place = blocks.place;
  const alerts = readAlerts(db, { open: false, limit: end.alert - from.alert }).toReversed();
  const events = alerts.map((alert) => {
    place.alert = alert.id;
    return formatEvent("alert", alert, formatPlace(place));
  });
  return { events: [...blocks.events, ...events], place };
}

/** A missed slot comes before the block that showed it, and has no id: whoever is cut off between is told of it again. */
function readBlocks(db: Database, from: Place): Told {
  const heights = { from: from.number + 1, to: Number.MAX_SAFE_INTEGER };
  const blocks = [...iterateBlocks(db, { ...EVERYTHING, heights }, ALL)];
  const place = { ...from };
  const last = blocks.at(-1);
  if (last === undefined) return { events: [], place };
  const slots = { from: slotOf(db, from.number) + 1, to: last.slot };
  const missed = [...iterateMissed(db, { ...EVERYTHING, slots }, ALL)];
  const events: string[] = [];
  let next = 0;
  for (const block of blocks) {
    for (let turn = missed[next]; turn !== undefined && turn.slot < block.slot;) {
      events.push(formatEvent("missed", turn, null));
      turn = missed[++next];
    }
    place.number = block.number;
    place.hash = block.hash;
    events.push(formatEvent("block", block, formatPlace(place)));
  }
  return { events, place };
}

function slotOf(db: Database, number: number): number {
  const sql = "SELECT slot FROM blocks WHERE number = ?";
  return db.query<{ slot: number }, [number]>(sql).get(number)?.slot ?? 0;
}
