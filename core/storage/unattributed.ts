// Blocks whose author is not known yet, and how they are settled.
import type { Database } from "bun:sqlite";

import type { Authorities, ChainConstants } from "../types.ts";
import type { KeyDictionary } from "./authorities.ts";
import { encodeFlags, toHex } from "./codes.ts";
import { openTally } from "./tally.ts";

export interface UnattributedBlock {
  number: number;
  hash: string;
  slot: number;
}

export function readUnattributed(db: Database): UnattributedBlock[] {
  return db
    .prepare<{ number: number; hash: Uint8Array; slot: number }, []>(
      "SELECT number, hash, slot FROM blocks WHERE author IS NULL ORDER BY number",
    )
    .all()
    .map((row) => ({ ...row, hash: toHex(row.hash) }));
}

/** Authors by slot of the blocks before the first list we know; empty when the list was always known. */
export function readBeforeFirstList(db: Database, dictionary: KeyDictionary): Map<number, string> {
  const rows = db
    .prepare<{ slot: number; author: number }, []>(
      // The block that brings the first list was itself made under the one before.
      `SELECT slot, author FROM blocks
       WHERE number <= (SELECT min(after_block) FROM committees) AND author IS NOT NULL`,
    )
    .all();
  return new Map(rows.map(({ slot, author }) => [slot, dictionary.keyOf(author)]));
}

/** Writes authors proven by their seals. A block that changed meanwhile (a reorganisation) is left. */
export function settleBlocks(
  db: Database,
  chain: ChainConstants,
  dictionary: KeyDictionary,
  settled: readonly (UnattributedBlock & { author: string })[],
): void {
  const update = db.prepare(
    "UPDATE blocks SET author = ?, flags = ? WHERE number = ? AND slot = ? AND author IS NULL",
  );
  const recount = db.prepare(
    `UPDATE state SET closed_verified = closed_verified + (before.seal <> 1),
       closed_mismatched = closed_mismatched - (before.seal = 2)
     FROM (SELECT flags >> 2 AS seal FROM blocks WHERE number = ?1 AND slot = ?2 AND author IS NULL) AS before
     WHERE closed_block >= ?1`,
  );
  db.transaction(() => {
    const tally = openTally(db, chain);
    for (const { number, slot, author } of settled) {
      const id = dictionary.idOf(author);
      recount.run(number, slot);
      if (update.run(id, encodeFlags("seal", "verified"), number, slot).changes === 0) continue;
      tally.correct(slot, null, { made: -1 });
      tally.correct(slot, id, { made: 1, block: number });
    }
  })();
}

/** Once the first list is known after all: the turns of the slots missed under it. */
export function settleFirstList(
  db: Database,
  chain: ChainConstants,
  dictionary: KeyDictionary,
  firstParent: number,
  authorities: Authorities,
): void {
  const missed = db.prepare<{ slot: number }, []>(
    `SELECT slot FROM missed WHERE author IS NULL AND slot <
       (SELECT slot FROM blocks WHERE number = (SELECT min(after_block) FROM committees))`,
  );
  const update = db.prepare("UPDATE missed SET author = ? WHERE slot = ?");
  db.transaction(() => {
    const tally = openTally(db, chain);
    for (const { slot } of missed.all()) {
      const author = authorities[slot % authorities.length];
      if (author === undefined) continue;
      const id = dictionary.idOf(author);
      update.run(id, slot);
      tally.correct(slot, null, { missed: -1 });
      tally.correct(slot, id, { missed: 1 });
    }
    db.prepare("INSERT INTO committees VALUES (?, ?) ON CONFLICT DO NOTHING").run(
      firstParent,
      dictionary.encode(authorities),
    );
  })();
}
