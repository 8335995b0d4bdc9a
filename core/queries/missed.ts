// Which slots hold no block of the canonical chain, whose turn was it, and what happened?
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { epochFirstSlot } from "../time.ts";
import type { SlotDate } from "./calendar.ts";
import { readCalendar } from "./calendar.ts";
import { readOwners } from "./owners.ts";
import { intersect } from "./place.ts";
import type { Page, Selection } from "./selection.ts";
import { passOver, slotsOf, takePage } from "./selection.ts";
import { walkEpochs } from "./walk.ts";

/** `orphaned`: a block of this slot was seen, and lost. `no block`: none was seen. */
type Mishap = "no block" | "orphaned";

export interface MissedRecord extends SlotDate {
  slot: number;
  /** Whose turn it was; null = not known. */
  authorAura: string | null;
  authorSidechain: string | null;
  label: string | null;
  ours: boolean;
  what: Mishap;
  /** The block that lost; the first by hash where there were several. */
  orphanHash: string | null;
}

interface Row {
  slot: number;
  author: number | null;
  orphan: Uint8Array | null;
}

const MISSED = `SELECT slot, author,
    (SELECT min(o.hash) FROM orphans o WHERE o.slot = m.slot) AS orphan
  FROM missed m WHERE slot >= ? AND slot < ?`;

/** By slot, one at a time. */
export function* iterateMissed(
  db: Database,
  selection: Selection,
  page: Page,
): Generator<MissedRecord> {
  const calendar = readCalendar(db);
  const ownerOf = readOwners(db);
  for (const { slot, author, orphan } of takePage(rowsOf(db, selection, page), {
    offset: 0,
    limit: page.limit,
  })) {
    const { aura, sidechain, label, ours } = ownerOf(author);
    yield {
      slot,
      ...calendar(slot),
      authorAura: aura,
      authorSidechain: sidechain,
      label,
      ours,
      what: orphan === null ? "no block" : "orphaned",
      orphanHash: orphan === null ? null : toHex(orphan),
    };
  }
}

/** Past the page's offset. */
function* rowsOf(db: Database, selection: Selection, { ascending, offset }: Page): Generator<Row> {
  const { authors } = selection;
  const slots = slotsOf(db, selection);
  const order = `ORDER BY slot ${ascending ? "ASC" : "DESC"}`;
  const chain = readConstants(db);
  if (authors === null) {
    yield* db
      .prepare<Row, [number, number, number]>(`${MISSED} ${order} LIMIT -1 OFFSET ?`)
      .iterate(slots.from, slots.to, offset);
    return;
  }
  if (chain === null) return;
  const select = db.prepare<Row, [number, number]>(
    `${MISSED} AND author IN (${authors.join()}) ${order}`,
  );
  const skip = { left: offset };
  const walk = { authors, slots, ascending, holding: "missed", skip } as const;
  for (const { epoch } of walkEpochs(db, walk)) {
    const inEpoch = intersect(slots, {
      from: epochFirstSlot(epoch, chain),
      to: epochFirstSlot(epoch + 1, chain),
    });
    yield* passOver(select.all(inEpoch.from, inEpoch.to), skip);
  }
}
