// The schema, numbered and append-only. A released entry is never edited.

/** "mvm0": tells our files from any other SQLite file, the Rust tool's included. */
export const APPLICATION_ID = 0x6d_76_6d_30;

/**
 * Facts are stored once. What follows from them is not stored: a parent hash is the hash of the row
 * before, time and epoch follow from the slot, finality from one height.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Chain identity and constants, as text.
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- One row. Heights are those of stored blocks; hashes 32 bytes.
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    start_parent_hash BLOB,             -- parent of the first block stored
    start_parent_slot INTEGER,          -- null: genesis
    finalized_number INTEGER,           -- null: none known yet
    finalized_hash BLOB,
    rolled_epoch INTEGER NOT NULL DEFAULT -1  -- totals hold every epoch up to this one
  ) STRICT;

  -- Every Aura key ever met, by a small id. Id 0 stands for "unknown" in the tallies.
  CREATE TABLE authorities (
    id INTEGER PRIMARY KEY,
    aura BLOB NOT NULL UNIQUE,
    sidechain BLOB,
    grandpa BLOB,
    registration TEXT NOT NULL DEFAULT 'unknown',
    label TEXT,
    ours INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- The canonical chain. No secondary index on the hot path: see tallies.
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    slot INTEGER NOT NULL,
    author INTEGER,                     -- authorities.id; null = unknown
    flags INTEGER NOT NULL,             -- attribution + 4 * seal, see codes.ts
    extrinsics INTEGER                  -- null = body not seen
  ) STRICT;
  CREATE INDEX blocks_unattributed ON blocks (number) WHERE author IS NULL;

  -- Slots between two canonical blocks that hold no canonical block.
  CREATE TABLE missed (
    slot INTEGER PRIMARY KEY,
    author INTEGER                      -- whose turn it was; null = unknown
  ) STRICT;

  -- The authority list in force for the children of a block: seats as u32 LE ids.
  CREATE TABLE committees (
    after_block INTEGER PRIMARY KEY,
    seats BLOB NOT NULL
  ) STRICT;

  -- Blocks seen that are not on the canonical chain.
  CREATE TABLE orphans (
    hash BLOB PRIMARY KEY,
    number INTEGER NOT NULL,
    parent_hash BLOB NOT NULL,
    slot INTEGER NOT NULL,
    author INTEGER,
    flags INTEGER NOT NULL,
    extrinsics INTEGER
  ) STRICT, WITHOUT ROWID;

  -- Counts per epoch and author, written with the rows they count.
  CREATE TABLE tallies (
    epoch INTEGER NOT NULL,
    author INTEGER NOT NULL,
    made INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    orphaned INTEGER NOT NULL DEFAULT 0,
    last_block INTEGER NOT NULL DEFAULT 0,   -- 0 = none
    PRIMARY KEY (epoch, author)
  ) STRICT, WITHOUT ROWID;

  -- Sums of the tallies of all epochs up to state.rolled_epoch.
  CREATE TABLE totals (
    author INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    orphaned INTEGER NOT NULL,
    last_block INTEGER NOT NULL
  ) STRICT;

  -- First block built by each runtime.
  CREATE TABLE runtimes (
    from_block INTEGER PRIMARY KEY,
    spec_version INTEGER NOT NULL
  ) STRICT;

  INSERT INTO state (id) VALUES (1);
  `,
];
