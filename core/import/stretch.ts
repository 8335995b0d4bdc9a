// Without a node: the unbroken end of the Rust tool's chain, with authors unknown until their seals are read.
import type { Database } from "bun:sqlite";

import { judge } from "../attribution.ts";
import { bindToChain } from "../storage/meta.ts";
import { openWriter } from "../storage/write.ts";
import type { JudgedBlock, Position } from "../types.ts";
import type { Rejected, RustBlock } from "./rows.ts";
import { isRejected } from "./rows.ts";

const BATCH = 1000;

/**
 * Nothing is marked final, so no epoch is counted as closed, and the length of an epoch, which their file does
 * not tell, stands for nothing until the first sync reads the chain's.
 */
const NO_EPOCHS = { slotDurationMs: 1, slotsPerEpoch: 1 };

/**
 * Writes the rows from a height up, each the child of the one before. Their hashes are not proven here: the
 * first sync compares them with the node's, and refuses the file where they are of no chain it knows. Their
 * authors are not taken over: `mvm sync` settles them by the seals.
 */
export function writeStretch(
  db: Database,
  rows: Iterable<RustBlock | Rejected>,
  from: number,
): number {
  const writer = openWriter(db, NO_EPOCHS);
  let position: Position | null = null;
  let batch: JudgedBlock[] = [];
  let count = 0;
  for (const row of rows) {
    if (isRejected(row) || row.number < from) continue;
    if (position === null) {
      position = { number: from - 1, hash: row.parentHash, slot: null, authorities: null };
      writer.start(position);
      if (from === 1) bindGenesis(db, row);
    }
    const judged = judge(position, { header: headerOf(row), extrinsics: row.extrinsics });
    position = judged.position;
    batch.push(judged);
    count += 1;
    if (batch.length < BATCH) continue;
    writer.commit({ blocks: batch });
    batch = [];
  }
  if (batch.length > 0) writer.commit({ blocks: batch });
  return count;
}

/** Block 1 names its parent, the genesis block: that much of the chain's identity the file has. */
function bindGenesis(db: Database, row: RustBlock): void {
  bindToChain(db, { name: "unknown", genesisHash: row.parentHash, block1Hash: row.hash });
}

function headerOf({ number, hash, parentHash, slot }: RustBlock): JudgedBlock["header"] {
  return {
    number,
    hash,
    parentHash,
    digest: {
      engine: "aura",
      slot,
      authorityIndex: null,
      newAuthorities: null,
      specVersion: null,
      seal: null,
    },
    preHash: () => new Uint8Array(32),
  };
}
