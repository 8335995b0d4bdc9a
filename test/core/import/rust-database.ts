// A database as the Rust tool writes it, schema 1 or an older shape, from what the devnet knows.
import { Database } from "bun:sqlite";

import { cardanoTime } from "../../../examples/devnet/cardano.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";

const VALIDATORS = `
  CREATE TABLE validators (id INTEGER PRIMARY KEY AUTOINCREMENT, sidechain_key TEXT UNIQUE NOT NULL,
    aura_key TEXT, grandpa_key TEXT, label TEXT, is_ours INTEGER DEFAULT 0, registration_status TEXT,
    first_seen_epoch INTEGER, total_blocks INTEGER DEFAULT 0, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL);
  CREATE INDEX idx_validators_sidechain ON validators (sidechain_key);
  CREATE INDEX idx_validators_ours ON validators (is_ours);
  CREATE TABLE committee_snapshots (epoch INTEGER NOT NULL, position INTEGER NOT NULL, aura_key TEXT NOT NULL,
    created_at INTEGER NOT NULL, PRIMARY KEY (epoch, position));
  CREATE INDEX idx_committee_epoch ON committee_snapshots (epoch);
  CREATE INDEX idx_committee_aura_key ON committee_snapshots (aura_key);
  CREATE TABLE sync_status (id INTEGER PRIMARY KEY CHECK (id = 1), last_synced_block INTEGER NOT NULL DEFAULT 0,
    last_finalized_block INTEGER NOT NULL DEFAULT 0, chain_tip_block INTEGER NOT NULL DEFAULT 0,
    current_epoch INTEGER NOT NULL DEFAULT 0, is_syncing INTEGER DEFAULT 1, last_updated INTEGER NOT NULL);
  INSERT INTO sync_status (id, last_updated) VALUES (1, 0);
  CREATE INDEX idx_blocks_hash ON blocks (block_hash);
  CREATE INDEX idx_blocks_slot ON blocks (slot_number);
  CREATE INDEX idx_blocks_epoch ON blocks (epoch);
  CREATE INDEX idx_blocks_author ON blocks (author_key);
  CREATE INDEX idx_blocks_timestamp ON blocks (timestamp);`;

/** Every table and index of it. */
const SCHEMA_1 = `
  CREATE TABLE schema_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  INSERT INTO schema_meta VALUES ('schema_version', '1'), ('created_at', '0'), ('created_by', '1.0.5'),
    ('last_migration', '0'), ('last_migrated_by', '1.0.5');
  CREATE TABLE blocks (block_number INTEGER PRIMARY KEY, block_hash TEXT NOT NULL UNIQUE,
    parent_hash TEXT NOT NULL, state_root TEXT NOT NULL, extrinsics_root TEXT NOT NULL,
    slot_number INTEGER NOT NULL, epoch INTEGER NOT NULL, sidechain_epoch INTEGER NOT NULL DEFAULT 0,
    timestamp INTEGER NOT NULL, is_finalized INTEGER DEFAULT 0, author_key TEXT,
    extrinsics_count INTEGER DEFAULT 0, created_at INTEGER NOT NULL);
  CREATE INDEX idx_blocks_sidechain_epoch ON blocks (sidechain_epoch);
  CREATE TABLE validator_epochs (id INTEGER PRIMARY KEY AUTOINCREMENT, sidechain_epoch INTEGER NOT NULL,
    sidechain_key TEXT NOT NULL, aura_key TEXT NOT NULL, committee_seats INTEGER NOT NULL,
    committee_size INTEGER NOT NULL, is_permissioned INTEGER NOT NULL DEFAULT 0, stake_lovelace INTEGER,
    captured_at INTEGER NOT NULL, UNIQUE (sidechain_epoch, sidechain_key));
  CREATE INDEX idx_validator_epochs_epoch ON validator_epochs (sidechain_epoch);
  CREATE INDEX idx_validator_epochs_key ON validator_epochs (sidechain_key);
  ${VALIDATORS}`;

/** Before 0.6: no epoch of this chain, no index of it, no version. */
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
     VALUES (?, ?, ?, '0x00', '0x00', ?, ?, ${epoch === "" ? "" : "?, "}?, ?, ?, 0)`,
  );
  db.transaction(() => {
    for (const { number, hash, parentHash, slot, author, extrinsics } of devnet.truth().blocks) {
      const own = epoch === "" ? [] : [Math.floor(slot / slotsPerEpoch)];
      const sidechain = sidechainOf.get(author) ?? null;
      const { epoch: mainchain } = cardanoTime(devnet.options.cardano, slot * 6000);
      insert.run(
        number,
        hash,
        parentHash,
        slot,
        mainchain,
        ...own,
        slot * 6,
        sidechain,
        extrinsics,
      );
    }
    db.run(
      `UPDATE validators SET total_blocks = (SELECT count(*) FROM blocks WHERE author_key = sidechain_key)`,
    );
  })();
  for (const sql of faults) {
    if (db.run(sql).changes === 0) throw new Error(`changed nothing: ${sql}`);
  }
  if (options.wal !== true) db.close();
  return db;
}
