// A database as the Rust tool writes it, schema 1 or an older shape, from what the devnet knows.
import { Database } from "bun:sqlite";

import type { Devnet } from "../../../examples/devnet/devnet.ts";

const VALIDATORS = `
  CREATE TABLE validators (id INTEGER PRIMARY KEY AUTOINCREMENT, sidechain_key TEXT UNIQUE NOT NULL,
    aura_key TEXT, grandpa_key TEXT, label TEXT, is_ours INTEGER DEFAULT 0, registration_status TEXT,
    first_seen_epoch INTEGER, total_blocks INTEGER DEFAULT 0, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL);`;

const SCHEMA_1 = `
  CREATE TABLE schema_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  INSERT INTO schema_meta VALUES ('schema_version', '1');
  CREATE TABLE blocks (block_number INTEGER PRIMARY KEY, block_hash TEXT NOT NULL UNIQUE,
    parent_hash TEXT NOT NULL, state_root TEXT NOT NULL, extrinsics_root TEXT NOT NULL,
    slot_number INTEGER NOT NULL, epoch INTEGER NOT NULL, sidechain_epoch INTEGER NOT NULL DEFAULT 0,
    timestamp INTEGER NOT NULL, is_finalized INTEGER DEFAULT 0, author_key TEXT,
    extrinsics_count INTEGER DEFAULT 0, created_at INTEGER NOT NULL);
  CREATE INDEX idx_blocks_hash ON blocks (block_hash);
  CREATE TABLE sync_status (id INTEGER PRIMARY KEY CHECK (id = 1), last_synced_block INTEGER NOT NULL);
  ${VALIDATORS}`;

/** Before 0.6: no epoch of this chain, no index of it. */
const OLDER = `
  CREATE TABLE blocks (block_number INTEGER PRIMARY KEY, block_hash TEXT NOT NULL UNIQUE,
    parent_hash TEXT NOT NULL, state_root TEXT NOT NULL, extrinsics_root TEXT NOT NULL,
    slot_number INTEGER NOT NULL, epoch INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    is_finalized INTEGER DEFAULT 0, author_key TEXT, extrinsics_count INTEGER DEFAULT 0,
    created_at INTEGER NOT NULL);
  ${VALIDATORS}`;

export interface RustFile {
  file: string;
  slotsPerEpoch: number;
  shape?: "schema 1" | "older";
  /** Leaves the connection open with its log unwritten, as a tool that is killed does. */
  wal?: boolean;
}

/** Writes every canonical block as it is; the faults are planted by the test, in SQL. */
export function writeRustDatabase(
  devnet: Devnet,
  options: RustFile,
  ...faults: string[]
): Database {
  const { file, slotsPerEpoch, shape = "schema 1" } = options;
  const db = new Database(file);
  if (options.wal === true) db.run("PRAGMA journal_mode = WAL");
  db.run(shape === "older" ? OLDER : SCHEMA_1);
  const sidechainOf = new Map<string, string>();
  for (let index = 0; index < devnet.options.validators; index++) {
    const { aura, gran, sidechain } = devnet.validator(index);
    sidechainOf.set(aura, sidechain);
    db.prepare(
      `INSERT INTO validators (sidechain_key, aura_key, grandpa_key, label, is_ours, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, 0, 0)`,
    ).run(sidechain, aura, gran, index < 3 ? `POOL${index}` : null, index === 1 ? 1 : 0);
  }
  const epoch = shape === "older" ? "" : "sidechain_epoch, ";
  const insert = db.prepare(
    `INSERT INTO blocks (block_number, block_hash, parent_hash, state_root, extrinsics_root, slot_number, epoch,
       ${epoch}timestamp, author_key, extrinsics_count, created_at)
     VALUES (?, ?, ?, '0x00', '0x00', ?, 0, ${epoch === "" ? "" : "?, "}?, ?, ?, 0)`,
  );
  db.transaction(() => {
    for (const { number, hash, parentHash, slot, author, extrinsics } of devnet.truth().blocks) {
      const own = epoch === "" ? [] : [Math.floor(slot / slotsPerEpoch)];
      const sidechain = sidechainOf.get(author) ?? null;
      insert.run(number, hash, parentHash, slot, ...own, slot * 6, sidechain, extrinsics);
    }
  })();
  for (const sql of faults) {
    if (db.run(sql).changes === 0) throw new Error(`changed nothing: ${sql}`);
  }
  if (options.wal !== true) db.close();
  return db;
}
