// The time line of ours alone: every block, missed turn and lost block of ours, however far apart they lie.
import type { Database } from "bun:sqlite";

import { iterateBlocks } from "../queries/blocks.ts";
import type { MissedRecord } from "../queries/missed.ts";
import { iterateMissed } from "../queries/missed.ts";
import type { SlotSpan } from "../queries/place.ts";
import { ALL_SLOTS } from "../queries/place.ts";
import type { Page, Selection } from "../queries/selection.ts";
import { EVERYTHING } from "../queries/selection.ts";
import { readRanking } from "../queries/validators.ts";
import type { Around, TimelineFacts, TimelineRow } from "./messages.ts";
import { newestFirst, NOTHING, readOrphanRows, toRow } from "./timeline-rows.ts";

/** Only epochs with a turn of ours are looked at, so a line costs the same wherever it lies. */
export function readOurTimeline(
  db: Database,
  around: Around | null,
  reach: number,
): Pick<TimelineFacts, "rows" | "toStart"> {
  const authors = readRanking(db)
    .filter(({ validator }) => validator.ours)
    .flatMap(({ ids }) => ids);
  if (authors.length === 0) return { rows: [], toStart: true };
  const middle = around === null ? ALL_SLOTS.to : slotOf(db, around) + 1;
  const above = take(db, authors, { from: middle, to: ALL_SLOTS.to }, reach, true);
  const below = take(db, authors, { from: 0, to: middle }, 2 * reach - above.length, false);
  return {
    rows: [...above.toReversed(), ...below],
    toStart: below.length < 2 * reach - above.length,
  };
}

/** Past the last block everything is below. */
function slotOf(db: Database, around: Around): number {
  if ("slot" in around) return around.slot;
  const row = db
    .query<{ slot: number }, [number]>(
      "SELECT slot FROM blocks WHERE number >= ? ORDER BY number LIMIT 1",
    )
    .get(around.number);
  return row?.slot ?? ALL_SLOTS.to - 1;
}

/** The nearest lines of a stretch, nearest first. */
function take(
  db: Database,
  authors: readonly number[],
  slots: SlotSpan,
  limit: number,
  ascending: boolean,
): TimelineRow[] {
  const selection: Selection = { ...EVERYTHING, slots, authors };
  const page: Page = { offset: 0, limit, ascending };
  const made = [...iterateBlocks(db, selection, page)].map(toRow);
  const missed = [...iterateMissed(db, selection, page)].map(missedRow);
  const turns = [...made, ...missed].sort(newestFirst);
  const nearest = (ascending ? turns.reverse() : turns).slice(0, limit);
  // A block of ours that lost stands in a slot whose turn was ours.
  return nearest.flatMap((row) => {
    const lost = readOrphanRows(db, row.slot, row.slot).filter(
      (each) => each.author === row.author,
    );
    return ascending ? [...lost.toReversed(), row] : [row, ...lost];
  });
}

function missedRow({ slot, authorAura, label }: MissedRecord): TimelineRow {
  return {
    ...NOTHING,
    ...{ key: `slot ${slot}`, kind: "missed", slot, author: authorAura, label, ours: true },
  };
}
