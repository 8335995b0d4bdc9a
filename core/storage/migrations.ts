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
  `
  -- Sums of the tallies of 48 epochs, so that no question adds up years of them: see tally.ts.
  CREATE TABLE spans (
    span INTEGER NOT NULL,
    author INTEGER NOT NULL,
    made INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    orphaned INTEGER NOT NULL,
    last_block INTEGER NOT NULL,
    PRIMARY KEY (span, author)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO spans
    SELECT epoch / 48, author, sum(made), sum(missed), sum(orphaned), max(last_block)
    FROM tallies WHERE epoch <= (SELECT closed_epoch FROM state) GROUP BY 1, 2;

  CREATE INDEX orphans_number ON orphans (number);

  -- First two bytes of the hash of each block of closed epochs, in order: see hash-prefixes.ts. Filled by the
  -- writer, for epochs closed before as well.
  CREATE TABLE hash_prefixes (
    first_block INTEGER PRIMARY KEY,
    prefixes BLOB NOT NULL
  ) STRICT;

  -- What the seals of the blocks up to closed_block said: unchecked ones are the rest.
  ALTER TABLE state ADD COLUMN closed_verified INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN closed_mismatched INTEGER NOT NULL DEFAULT 0;
  UPDATE state SET
    closed_verified = (SELECT count(*) FROM blocks WHERE number <= closed_block AND flags >> 2 = 1),
    closed_mismatched = (SELECT count(*) FROM blocks WHERE number <= closed_block AND flags >> 2 = 2);

  -- Committees on chain for epochs not begun when they were seen; seats as in committees.
  CREATE TABLE upcoming (
    epoch INTEGER PRIMARY KEY,
    seats BLOB NOT NULL,
    seen_at_ms INTEGER NOT NULL
  ) STRICT;

  -- What the chain said last of a candidate's registration.
  ALTER TABLE authorities ADD COLUMN stake INTEGER;           -- lovelace; null = not told
  ALTER TABLE authorities ADD COLUMN invalid_reason TEXT;     -- in the chain's words

  -- One row per change of a validator's keys or registration.
  CREATE TABLE key_changes (
    id INTEGER PRIMARY KEY,
    seen_at_ms INTEGER NOT NULL,
    at_block INTEGER,                   -- last block stored when it was seen
    source TEXT NOT NULL,               -- 'chain' or 'keystore'
    validator TEXT NOT NULL,            -- sidechain key 0x hex, or the keystore's folder
    kind TEXT NOT NULL,                 -- 'aura', 'grandpa', 'sidechain', 'registration'
    before TEXT,
    after TEXT
  ) STRICT;
  CREATE INDEX key_changes_validator ON key_changes (validator);

  -- Last messages of the daemon, the performance record of each minute included. Kept short by its writer.
  CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    fields TEXT NOT NULL                -- JSON object
  ) STRICT;

  -- What was raised, recovered or just noted. Never edited.
  CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    action TEXT NOT NULL,               -- 'raise', 'recover', 'note'
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,              -- validator it is about; '' = none
    severity TEXT NOT NULL,             -- 'info', 'warning', 'critical'
    message TEXT NOT NULL,
    details TEXT NOT NULL,              -- JSON object
    incident INTEGER,                   -- first alert of the same trouble; null: it is the first
    once TEXT UNIQUE                    -- names the fact noted, so that it is told once; null for others
  ) STRICT;

  -- Troubles not ended yet, by what they are about.
  CREATE TABLE open_alerts (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    incident INTEGER NOT NULL,          -- its first alert
    severity TEXT NOT NULL,             -- the worst it was
    PRIMARY KEY (kind, subject)
  ) STRICT, WITHOUT ROWID;

  -- What is still to be told to whom, and what was.
  CREATE TABLE deliveries (
    alert INTEGER NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,                -- 'pending', 'sending', 'sent', 'dropped'
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER,
    error TEXT,
    PRIMARY KEY (alert, channel)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_waiting ON deliveries (channel, alert) WHERE state IN ('pending', 'sending');

  -- How far the chain was looked at for alerts, and what was seen there. One row.
  CREATE TABLE alert_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    instance TEXT NOT NULL,             -- names this file in what is sent
    state TEXT NOT NULL                 -- JSON, see core/alerts/state.ts
  ) STRICT;
  `,
  `
  -- The counts of one author by epoch, without looking at the other authors of each epoch.
  CREATE INDEX tallies_author ON tallies (author, epoch, made, missed, orphaned);

  -- Sums of the tallies of each closed epoch: everybody together.
  CREATE TABLE epoch_sums (
    epoch INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    orphaned INTEGER NOT NULL
  ) STRICT;
  INSERT INTO epoch_sums
    SELECT epoch, sum(made), sum(missed), sum(orphaned) FROM tallies
    WHERE epoch <= (SELECT closed_epoch FROM state) GROUP BY epoch;
  `,
];
