// What holds for the file as a whole: counts, finality, committees, orphans.
import type { Database } from "bun:sqlite";

import { authorityAt } from "../attribution.ts";
import { clean } from "../harmless.ts";
import { decodeFlags, toHex } from "../storage/codes.ts";
import { findWrongPrefixes } from "../storage/hash-prefixes.ts";
import { readMeta } from "../storage/meta.ts";
import { readFinalized, readRange } from "../storage/position.ts";
import { SPAN_EPOCHS } from "../storage/tally.ts";
import type { StoredKeys } from "./committees.ts";
import { readCommittees, readKeys } from "./committees.ts";
import type { Findings } from "./findings.ts";

/** Checks everything but the rows of blocks and missed slots themselves; returns what there was to check. */
export function checkFile(
  db: Database,
  findings: Findings,
): { committees: number; orphans: number } {
  checkPages(db, findings);
  const keys = readKeys(db);
  checkKeys(db, findings);
  checkState(db, findings);
  checkTallies(db, findings, keys);
  for (const { from, to } of findWrongPrefixes(db)) {
    const what =
      from === to
        ? "its hash is not the one"
        : `the hashes of blocks ${from} to ${to} are not those`;
    findings.add("index", from, `${what} noted when its epoch was closed`);
  }
  return { committees: checkCommittees(db, findings), orphans: checkOrphans(db, findings) };
}

/** What SQLite itself finds of damage, in tables that nothing else here looks at as well. */
function checkPages(db: Database, findings: Findings): void {
  const told = db
    .prepare<{ integrity_check: string }, []>("PRAGMA integrity_check(20)")
    .all()
    .map((row) => row.integrity_check);
  if (told[0] === "ok") return;
  for (const each of told) findings.add("file", null, clean(each));
}

const KEY_BYTES = { aura: 32, sidechain: 33, grandpa: 32 } as const;

function checkKeys(db: Database, findings: Findings): void {
  for (const [kind, bytes] of Object.entries(KEY_BYTES)) {
    const cut = db
      .prepare<{ key: Uint8Array }, [number]>(
        `SELECT ${kind} AS key FROM authorities WHERE ${kind} IS NOT NULL AND length(${kind}) <> ?`,
      )
      .all(bytes);
    for (const { key } of cut)
      findings.add("identity", null, `${toHex(key)} is no ${kind} key: it has not ${bytes} bytes`);
  }
}

function checkState(db: Database, findings: Findings): void {
  checkFinality(db, findings);
  checkEnds(db, findings);
  const range = readRange(db);
  const outside = db
    .prepare<{ block: number }, [number, number]>(
      "SELECT from_block AS block FROM runtimes WHERE from_block NOT BETWEEN ? AND ?",
    )
    .all(range.first ?? 0, range.last ?? -1);
  for (const { block } of outside)
    findings.add("runtime", block, "a runtime begins at a block that is not stored");
}

function checkFinality(db: Database, findings: Findings): void {
  const finalized = readFinalized(db);
  if (finalized === null) return;
  const row = db
    .prepare<{ hash: Uint8Array }, [number]>("SELECT hash FROM blocks WHERE number = ?")
    .get(finalized.number);
  if (row === null) {
    findings.add("finalized", finalized.number, "it is final and not stored");
  } else if (toHex(row.hash) !== finalized.hash) {
    findings.add("finalized", finalized.number, `another block is final: ${finalized.hash}`);
  }
}

/** Where the stored chain begins, and up to where it is counted. */
function checkEnds(db: Database, findings: Findings): void {
  const state = db
    .prepare<
      { parent: number | null; counted: number; closed: number | null; slots: number | null },
      []
    >(
      `SELECT length(start_parent_hash) AS parent, slots_per_epoch AS slots, closed_block AS counted,
         (SELECT max(number) FROM blocks WHERE slot < (closed_epoch + 1) * slots_per_epoch) AS closed
       FROM state`,
    )
    .get();
  if (state === null) return findings.add("state", null, "where it stands is not noted");
  if (state.slots !== null && String(state.slots) !== readMeta(db, "slots_per_epoch"))
    findings.add("state", null, "the length of an epoch is noted twice and not alike");
  if (state.parent !== 32)
    findings.add("state", null, "the parent of the first block is not noted");
  if (state.counted !== (state.closed ?? 0))
    findings.add("state", state.counted, `it is not the last one counted, ${state.closed} is`);
}

interface CountRow {
  epoch: number;
  author: number;
  made: number;
  missed: number;
  orphaned: number;
  last: number;
}

/** Rows of closed epochs, counted afresh. Nothing that is all zeros is compared. */
function checkTallies(db: Database, findings: Findings, keys: StoredKeys): void {
  const closedRows = (columns: string): string =>
    `SELECT slot / s.slots_per_epoch AS epoch, coalesce(author, 0) AS author, ${columns}`;
  const open = "slot < (s.closed_epoch + 1) * s.slots_per_epoch";
  const recount = `
    ${closedRows("1 AS made, 0 AS missed, 0 AS orphaned, number AS last_block")} FROM state s, blocks WHERE ${open}
    UNION ALL ${closedRows("0, 1, 0, 0")} FROM state s, missed WHERE ${open}
    UNION ALL ${closedRows("0, 0, 1, 0")} FROM state s, orphans WHERE ${open}`;
  const kept = "SELECT epoch, author, made, missed, orphaned, last_block FROM tallies";
  const byEpoch = (rows: string): string => sums("epoch", rows);
  for (const row of difference(db, byEpoch(recount), byEpoch(kept))) {
    const who = nameOf(keys, row.author);
    findings.add(
      "tally",
      null,
      `the counts of ${who} in epoch ${row.epoch} are not those of its rows`,
    );
  }
  checkTotals(db, findings, recount, keys);
  checkSpans(db, findings);
  checkEpochSums(db, findings);
  checkSeals(db, findings);
}

/** Author 0 is whoever is not known. */
function nameOf({ byId }: StoredKeys, author: number): string {
  return author === 0 ? "the unknown author" : (byId.get(author) ?? `a key that is not stored`);
}

function checkTotals(db: Database, findings: Findings, recount: string, keys: StoredKeys): void {
  const totals = "SELECT 0 AS epoch, author, made, missed, orphaned, last_block FROM totals";
  const closed = `SELECT 0 AS epoch, author, made, missed, orphaned, last_block FROM (${recount})`;
  for (const row of difference(db, sums("epoch", closed), sums("epoch", totals))) {
    const who = nameOf(keys, row.author);
    findings.add("total", null, `the totals of ${who} are not those of its rows`);
  }
}

/** Against the tallies, which were held against the rows. */
function checkSpans(db: Database, findings: Findings): void {
  const days = `SELECT epoch / ${SPAN_EPOCHS} AS epoch, author, made, missed, orphaned, last_block
    FROM tallies WHERE epoch <= (SELECT closed_epoch FROM state)`;
  const spans = "SELECT span AS epoch, author, made, missed, orphaned, last_block FROM spans";
  for (const { epoch } of difference(db, sums("epoch", days), sums("epoch", spans))) {
    const from = epoch * SPAN_EPOCHS;
    const which = `epochs ${from} to ${from + SPAN_EPOCHS - 1}`;
    findings.add("total", null, `the sums of ${which} are not those of their counts`);
  }
}

/** Against the tallies too. */
function checkEpochSums(db: Database, findings: Findings): void {
  const columns = "0 AS author, made, missed, orphaned, 0 AS last_block";
  const counted = `SELECT epoch, ${columns} FROM tallies WHERE epoch <= (SELECT closed_epoch FROM state)`;
  const kept = `SELECT epoch, ${columns} FROM epoch_sums`;
  for (const { epoch } of difference(db, sums("epoch", counted), sums("epoch", kept)))
    findings.add("total", null, `the sums of epoch ${epoch} are not those of its counts`);
}

function checkSeals(db: Database, findings: Findings): void {
  const wrong = db
    .prepare(
      `SELECT 1 FROM state, (SELECT count(*) FILTER (WHERE flags >> 2 = 1) AS verified,
           count(*) FILTER (WHERE flags >> 2 = 2) AS mismatched
         FROM blocks WHERE number <= (SELECT closed_block FROM state)) AS found
       WHERE closed_verified <> found.verified OR closed_mismatched <> found.mismatched`,
    )
    .get();
  if (wrong !== null)
    findings.add("total", null, "the counts of verified and wrong seals are not those of the rows");
}

/** The last block of nobody is no fact: it is left out. */
function sums(by: string, rows: string): string {
  return `SELECT ${by} AS epoch, author, sum(made) AS made, sum(missed) AS missed,
      sum(orphaned) AS orphaned, iif(author = 0, 0, max(last_block)) AS last
    FROM (${rows}) GROUP BY ${by}, author
    HAVING sum(made) <> 0 OR sum(missed) <> 0 OR sum(orphaned) <> 0`;
}

/** Each (epoch, author) on which two counts differ, once. */
function difference(db: Database, a: string, b: string): { epoch: number; author: number }[] {
  return db
    .prepare<Pick<CountRow, "epoch" | "author">, []>(
      `WITH a AS (${a}), b AS (${b})
       SELECT DISTINCT epoch, author FROM (SELECT * FROM (SELECT * FROM a EXCEPT SELECT * FROM b)
         UNION ALL SELECT * FROM (SELECT * FROM b EXCEPT SELECT * FROM a)) ORDER BY epoch, author`,
    )
    .all();
}

function checkCommittees(db: Database, findings: Findings): number {
  const { first, last } = readRange(db);
  const { byId } = readKeys(db);
  let count = 0;
  for (const { after, seats } of db
    .prepare<{ after: number; seats: Uint8Array }, []>(
      "SELECT after_block AS after, seats FROM committees ORDER BY after_block",
    )
    .iterate()) {
    count += 1;
    const view = new DataView(seats.buffer, seats.byteOffset, seats.byteLength);
    const ids = Array.from({ length: Math.floor(seats.length / 4) }, (_, i) =>
      view.getUint32(i * 4, true),
    );
    if (ids.length === 0 || seats.length % 4 !== 0)
      findings.add("committee", after, "the list after it is cut short");
    if (ids.some((id) => !byId.has(id)))
      findings.add("committee", after, "the list after it has a seat without a key");
    if (first !== null && (after < first - 1 || after > (last ?? 0)))
      findings.add("committee", after, "a list comes into force after a block that is not stored");
  }
  return count;
}

interface OrphanRow {
  number: number;
  hash: Uint8Array;
  slot: number;
  author: number | null;
  flags: number;
  canonical: Uint8Array | null;
  parentSlot: number | null;
  /** Its parent is itself an orphan, or before the first block stored. */
  isFurther: number;
}

function checkOrphans(db: Database, findings: Findings): number {
  const { byId } = readKeys(db);
  const rows = db
    .prepare<OrphanRow, []>(
      `SELECT o.number, o.hash, o.slot, o.author, o.flags, b.hash AS canonical, p.slot AS parentSlot,
         o.number <= (SELECT min(number) FROM blocks) OR EXISTS
           (SELECT 1 FROM orphans f WHERE f.hash = o.parent_hash AND f.number = o.number - 1) AS isFurther
       FROM orphans o LEFT JOIN blocks b ON b.number = o.number
       LEFT JOIN blocks p ON p.number = o.number - 1 AND p.hash = o.parent_hash
       ORDER BY o.number`,
    )
    .iterate();
  const committees = readCommittees(db, { byId }, -1);
  let count = 0;
  for (const row of rows) {
    count += 1;
    const { number, hash, slot, author, flags, parentSlot } = row;
    const name = `the orphan ${toHex(hash)}`;
    checkPlace(findings, row, name);
    // Of an orphan on an orphan the list in force is not told by the canonical rows.
    if (parentSlot === null) continue;
    if (slot <= parentSlot)
      findings.add("orphan", number, `${name} does not come after its parent`);
    const list = committees.inForceAfter(number - 1);
    const turn = list === null ? null : authorityAt(list, slot);
    const isBySchedule = decodeFlags(flags).attribution === "schedule";
    if (isBySchedule && turn !== null && turn !== byId.get(author ?? -1))
      findings.add("orphan", number, `${name} has another author than the one whose turn it was`);
  }
  return count;
}

function checkPlace(
  findings: Findings,
  { number, hash, canonical, parentSlot, isFurther }: OrphanRow,
  name: string,
): void {
  if (hash.length !== 32) findings.add("orphan", number, `${name} has no hash`);
  if (parentSlot === null && isFurther === 0)
    findings.add("orphan", number, `${name} stands on no block that is stored`);
  if (canonical !== null && toHex(canonical) === toHex(hash))
    findings.add("orphan", number, `${name} is canonical`);
}
