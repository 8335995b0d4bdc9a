// The schema, numbered and append-only. A released entry is never edited.

/** "mvm0": tells our files from any other SQLite file, the Rust tool's included. */
export const APPLICATION_ID = 0x6d_76_6d_30;

/**
 * Facts are stored once. What follows from them is not stored: a parent hash is the hash of the row
 * before, time and epoch follow from the slot, finality from one height. Counts are taken when an epoch is
 * closed, that is, when nothing can change it any more; open epochs are counted from their few rows.
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
    slots_per_epoch INTEGER,            -- as in meta; here for the view below
    closed_epoch INTEGER NOT NULL DEFAULT -1, -- tallies hold every epoch up to this one
    closed_block INTEGER NOT NULL DEFAULT 0   -- and every block up to this one
  ) STRICT;

  -- Every Aura key ever met, by a small id. Id 0 stands for "unknown" in the counts.
  CREATE TABLE authorities (
    id INTEGER PRIMARY KEY,
    aura BLOB NOT NULL UNIQUE,
    sidechain BLOB,
    grandpa BLOB,
    registration TEXT NOT NULL DEFAULT 'unknown',
    label TEXT,
    ours INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- The canonical chain. No index for questions about authors: see tallies.
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

  CREATE INDEX orphans_slot ON orphans (slot);

  -- Counts per closed epoch and author.
  CREATE TABLE tallies (
    epoch INTEGER NOT NULL,
    author INTEGER NOT NULL,
    made INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    orphaned INTEGER NOT NULL,
    last_block INTEGER NOT NULL,        -- 0 = none
    PRIMARY KEY (epoch, author)
  ) STRICT, WITHOUT ROWID;

  -- Sums of the tallies of all closed epochs.
  CREATE TABLE totals (
    author INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    orphaned INTEGER NOT NULL,
    last_block INTEGER NOT NULL
  ) STRICT;

  -- The same counts for the epochs still open, from their rows.
  CREATE VIEW open_counts AS
    WITH facts (slot, author, made, missed, orphaned, block) AS (
      SELECT slot, author, 1, 0, 0, number FROM blocks
        WHERE number > (SELECT closed_block FROM state)
      UNION ALL
      SELECT slot, author, 0, 1, 0, 0 FROM missed
        WHERE slot >= (SELECT (closed_epoch + 1) * slots_per_epoch FROM state)
      UNION ALL
      SELECT slot, author, 0, 0, 1, 0 FROM orphans
        WHERE slot >= (SELECT (closed_epoch + 1) * slots_per_epoch FROM state)
    )
    SELECT slot / (SELECT slots_per_epoch FROM state) AS epoch, coalesce(author, 0) AS author,
      sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned, max(block) AS last_block
    FROM facts GROUP BY 1, 2;

  -- First block built by each runtime.
  CREATE TABLE runtimes (
    from_block INTEGER PRIMARY KEY,
    spec_version INTEGER NOT NULL
  ) STRICT;

  INSERT INTO state (id) VALUES (1);
  `,
];
