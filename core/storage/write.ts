// The only place that writes chain facts: rows, finality and closed epochs in one transaction.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import type { ChainConstants, JudgedBlock, Position } from "../types.ts";
import type { KeyDictionary } from "./authorities.ts";
import { openDictionary } from "./authorities.ts";
import { encodeFlags, toBytes, toHex } from "./codes.ts";
import { openPrefixWriter } from "./hash-prefixes.ts";
import { openInserter } from "./insert.ts";
import { describe } from "./open.ts";
import { openRewinder } from "./rewind.ts";
import { openTally } from "./tally.ts";

/** In bulk, epochs are closed several at a time: summing up costs the same for one as for eight. */
const BULK_EPOCHS = 8;

interface Batch {
  /** Canonical blocks, contiguous, continuing from the tip or from `rewindTo`. */
  blocks: readonly JudgedBlock[];
  /** The common ancestor when the chain was reorganised: stored blocks above it become orphans. */
  rewindTo?: number | undefined;
  /** Blocks seen off the canonical chain. */
  orphans?: readonly JudgedBlock[];
  /** Height and hash of a stored (or just written) block that the node has finalized. */
  finalized?: { number: number; hash: string } | undefined;
}

export interface Writer {
  readonly dictionary: KeyDictionary;
  /** All of a batch or nothing. Throws `disk-full` or `database`; the file stays as it was. */
  commit: (batch: Batch) => void;
  /** Where the first block will follow, before any is stored. */
  start: (parent: Position) => void;
}

export function openWriter(db: Database, chain: ChainConstants): Writer {
  db.prepare("UPDATE state SET slots_per_epoch = ?1 WHERE slots_per_epoch IS NOT ?1").run(
    chain.slotsPerEpoch,
  );
  const dictionary = openDictionary(db);
  const tally = openTally(db, chain);
  const insertAll = prepareInserts(db, dictionary);
  const rewinder = openRewinder(db, tally);
  const notePrefixes = openPrefixWriter(db);
  // A file of an older mvm has none yet.
  db.transaction(notePrefixes)();
  const finalize = db.prepare("UPDATE state SET finalized_number = ?, finalized_hash = ?");
  const slotOf = db.prepare<{ slot: number }, [number]>("SELECT slot FROM blocks WHERE number = ?");
  const tip = db.prepare<{ hash: Uint8Array }, []>(
    `SELECT hash FROM (SELECT hash FROM blocks ORDER BY number DESC LIMIT 1)
     UNION ALL SELECT start_parent_hash FROM state LIMIT 1`,
  );

  const transaction = db.transaction((batch: Batch) => {
    if (batch.rewindTo !== undefined) rewinder.rewind(batch.rewindTo);
    rewinder.readmit(batch.blocks);
    if (batch.blocks.length > 0) checkContiguous(tip.get()?.hash, batch.blocks);
    insertAll(batch.blocks);
    for (const orphan of batch.orphans ?? []) rewinder.addOrphan(orphan, dictionary);
    if (batch.finalized === undefined) return;
    finalize.run(batch.finalized.number, toBytes(batch.finalized.hash));
    const slot = slotOf.get(batch.finalized.number)?.slot;
    if (slot === undefined) return;
    if (tally.closeBefore(slot, batch.blocks.length > 1 ? BULK_EPOCHS : 1)) notePrefixes();
  });

  function commit(batch: Batch): void {
    try {
      transaction.immediate(batch);
    } catch (error) {
      dictionary.forget();
      throw describe(db.filename, error);
    }
  }

  function start(parent: Position): void {
    db.transaction(() => {
      // Nothing is stored yet; a list may be left from a start that came to nothing.
      db.run("DELETE FROM committees");
      db.prepare("UPDATE state SET start_parent_hash = ?, start_parent_slot = ?").run(
        toBytes(parent.hash),
        parent.slot,
      );
      if (parent.authorities === null) return;
      db.prepare("INSERT INTO committees VALUES (?, ?)").run(
        parent.number,
        dictionary.encode(parent.authorities),
      );
    })();
  }

  return { dictionary, commit, start };
}

/** The last line of defence against a hole: no batch that does not continue the stored chain gets in. */
function checkContiguous(tip: Uint8Array | undefined, blocks: readonly JudgedBlock[]): void {
  let parent = tip === undefined ? "nothing" : toHex(tip);
  for (const { header } of blocks) {
    if (header.parentHash !== parent) {
      throw new MonitorError("database", `block ${header.number} would not follow ${parent}`);
    }
    parent = header.hash;
  }
}

function prepareInserts(
  db: Database,
  dictionary: KeyDictionary,
): (blocks: readonly JudgedBlock[]) => void {
  const rows = openInserter(db, "INSERT INTO blocks", 6);
  const insertMissed = db.prepare("INSERT INTO missed VALUES (?, ?)");
  const insertCommittee = db.prepare("INSERT INTO committees VALUES (?, ?)");
  const insertRuntime = db.prepare("INSERT INTO runtimes VALUES (?, ?)");
  const runtimeBefore = db.prepare<{ spec_version: number }, [number]>(
    "SELECT spec_version FROM runtimes WHERE from_block < ? ORDER BY from_block DESC LIMIT 1",
  );

  function insertOne(block: JudgedBlock): void {
    const { header, slot } = block;
    for (const missed of block.missed) {
      const author = missed.author === null ? null : dictionary.idOf(missed.author);
      insertMissed.run(missed.slot, author);
    }
    const author = block.author === null ? null : dictionary.idOf(block.author);
    rows.add(
      header.number,
      toBytes(header.hash),
      slot,
      author,
      encodeFlags(block.attribution, block.seal),
      block.extrinsics,
    );
    if (header.digest.newAuthorities !== null) {
      insertCommittee.run(header.number, dictionary.encode(header.digest.newAuthorities));
    }
  }

  return (blocks) => {
    const [first] = blocks;
    if (first === undefined) return;
    // What a failed batch left behind belongs to nobody.
    rows.discard();
    let specVersion = runtimeBefore.get(first.header.number)?.spec_version ?? null;
    for (const block of blocks) {
      insertOne(block);
      const built = block.header.digest.specVersion;
      if (built === null || built === specVersion) continue;
      specVersion = built;
      insertRuntime.run(block.header.number, built);
    }
    rows.flush();
  };
}
