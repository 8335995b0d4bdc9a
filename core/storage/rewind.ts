// A reorganisation: losing blocks leave the canonical rows and are kept as orphans.
import type { Database } from "bun:sqlite";

import type { JudgedBlock } from "../types.ts";
import type { KeyDictionary } from "./authorities.ts";
import { encodeFlags, toBytes } from "./codes.ts";
import type { Tally } from "./tally.ts";

interface LosingRow {
  number: number;
  hash: Uint8Array;
  slot: number;
  author: number | null;
  flags: number;
  extrinsics: number | null;
}

export interface Rewinder {
  /** Takes back every canonical block above a height, which is never below a finalized one. */
  rewind: (ancestor: number) => void;
  /** What is canonical (again) is no orphan. */
  readmit: (blocks: readonly JudgedBlock[]) => void;
  addOrphan: (block: JudgedBlock, dictionary: KeyDictionary) => void;
}

export function openRewinder(db: Database, tally: Tally): Rewinder {
  const losing = db.prepare<LosingRow, [number]>(
    "SELECT number, hash, slot, author, flags, extrinsics FROM blocks WHERE number > ? ORDER BY number",
  );
  const ancestorRow = db.prepare<{ hash: Uint8Array; slot: number | null }, [number]>(
    `SELECT hash, slot FROM blocks WHERE number = ?
     UNION ALL SELECT start_parent_hash, start_parent_slot FROM state LIMIT 1`,
  );
  const insert = db.prepare(
    "INSERT INTO orphans VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const remove = db.prepare("DELETE FROM orphans WHERE hash = ?");
  const deletions = [
    db.prepare("DELETE FROM blocks WHERE number > ?"),
    db.prepare("DELETE FROM committees WHERE after_block > ?"),
    db.prepare("DELETE FROM runtimes WHERE from_block > ?"),
  ];
  const top = db
    .prepare<{ top: number | null }, []>("SELECT max(number) AS top FROM orphans")
    .get();
  // Orphans are few and old: one comparison spares nearly every new block a look-up.
  let highestOrphan = top?.top ?? -1;
  const deleteMissed = db.prepare("DELETE FROM missed WHERE slot > ?");

  function rewind(ancestor: number): void {
    const parent = ancestorRow.get(ancestor);
    let parentHash = parent?.hash ?? new Uint8Array(32);
    for (const row of losing.all(ancestor)) {
      const { number, hash, slot, author, flags, extrinsics } = row;
      insert.run(hash, number, parentHash, slot, author, flags, extrinsics);
      highestOrphan = Math.max(highestOrphan, number);
      parentHash = hash;
    }
    deleteMissed.run(parent?.slot ?? 0);
    for (const deletion of deletions) deletion.run(ancestor);
  }

  return {
    rewind,
    readmit: (blocks) => {
      for (const { header } of blocks) {
        if (header.number > highestOrphan) continue;
        remove.run(toBytes(header.hash));
      }
    },
    addOrphan: (block, dictionary) => {
      const { header, slot, extrinsics } = block;
      const author = block.author === null ? null : dictionary.idOf(block.author);
      const flags = encodeFlags(block.attribution, block.seal);
      const { changes } = insert.run(
        toBytes(header.hash),
        header.number,
        toBytes(header.parentHash),
        slot,
        author,
        flags,
        extrinsics,
      );
      highestOrphan = Math.max(highestOrphan, header.number);
      if (changes > 0) tally.correct(slot, author, { orphaned: 1 });
    },
  };
}
