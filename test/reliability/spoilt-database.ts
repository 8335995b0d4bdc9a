// A SQLite file spoilt on purpose: its bytes, its rows, its tables.
import { Database } from "bun:sqlite";
import { rmSync, writeFileSync } from "node:fs";

import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";
import { hostileWord } from "./neighbour-kit.ts";

/** The tables and columns whose rows are changed. */
export type Tables = Readonly<Record<string, readonly string[]>>;

export const OURS: Tables = {
  meta: ["value"],
  state: [
    "start_parent_hash",
    "start_parent_slot",
    "finalized_number",
    "finalized_hash",
    "slots_per_epoch",
    "closed_epoch",
    "closed_block",
    "closed_verified",
  ],
  authorities: [
    "id",
    "aura",
    "sidechain",
    "grandpa",
    "registration",
    "label",
    "ours",
    "stake",
    "invalid_reason",
  ],
  blocks: ["number", "hash", "slot", "author", "flags", "extrinsics"],
  missed: ["slot", "author"],
  committees: ["after_block", "seats"],
  orphans: ["hash", "number", "parent_hash", "slot", "author", "flags", "extrinsics"],
  tallies: ["epoch", "author", "made", "missed", "orphaned", "last_block"],
  totals: ["author", "made", "missed", "orphaned", "last_block"],
  spans: ["span", "author", "made", "missed", "orphaned", "last_block"],
  epoch_sums: ["epoch", "made", "missed", "orphaned"],
  runtimes: ["from_block", "spec_version"],
  hash_prefixes: ["first_block", "prefixes"],
  upcoming: ["epoch", "seats", "seen_at_ms"],
  key_changes: ["seen_at_ms", "at_block", "source", "validator", "kind", "before", "after"],
  records: ["id", "at_ms", "level", "message", "fields"],
  alerts: [
    "id",
    "at_ms",
    "action",
    "kind",
    "subject",
    "severity",
    "message",
    "details",
    "incident",
  ],
  open_alerts: ["kind", "subject", "incident", "severity"],
};

export const THEIRS: Tables = {
  blocks: [
    "block_number",
    "block_hash",
    "parent_hash",
    "slot_number",
    "epoch",
    "sidechain_epoch",
    "timestamp",
    "author_key",
    "extrinsics_count",
  ],
  validators: ["sidechain_key", "aura_key", "label", "is_ours", "total_blocks"],
};

/** Writes a spoilt copy; returns what was done to it, in few words. */
export function spoilFile(path: string, bytes: Buffer, tables: Tables, random: Random): string {
  for (const end of ["-wal", "-shm", "-lock"]) rmSync(`${path}${end}`, { force: true });
  const dice = random();
  if (dice < 0.5) return spoilBytes(path, bytes, random);
  writeFileSync(path, bytes);
  using db = new Database(path);
  const what = dice < 0.85 ? spoilRows(db, tables, random) : spoilTable(db, tables, random);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  return what;
}

function spoilBytes(path: string, bytes: Buffer, random: Random): string {
  const copy = Buffer.from(bytes);
  const kind = pick(random, ["bit", "byte", "bytes", "page", "cut", "head", "zeros", "swap"]);
  const at = Math.floor(random() * copy.length);
  const page = 1024 * Math.floor(at / 1024);
  if (kind === "bit") copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  else if (kind === "byte") copy[at] = Math.floor(random() * 256);
  else if (kind === "bytes")
    for (let i = 0; i < 64; i++)
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  else if (kind === "page")
    for (let i = page; i < page + 1024; i++) copy[i] = Math.floor(random() * 256);
  else if (kind === "head") copy[Math.floor(random() * 100)] = Math.floor(random() * 256);
  else if (kind === "zeros") copy.fill(0, page, page + 1024);
  else if (kind === "swap") {
    const other = 1024 * Math.floor((random() * copy.length) / 1024);
    const kept = Buffer.from(copy.subarray(page, page + 1024));
    copy.copy(copy, page, other, other + 1024);
    kept.copy(copy, other);
  }
  writeFileSync(path, kind === "cut" ? copy.subarray(0, at) : copy);
  return kind;
}

const EXTREMES = [
  -1,
  0,
  1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  "9223372036854775807",
  "-9223372036854775808",
];

function valueOf(random: Random): string {
  const ways: readonly (() => string)[] = [
    () => String(pick(random, EXTREMES)),
    () => `x'${"ab".repeat(Math.floor(random() * 70))}'`,
    () => `zeroblob(${pick(random, [0, 31, 33, 4_000_000])})`,
    () => quote(hostileWord(random, "text").replaceAll("\u0000", "")),
    () =>
      quote(
        pick(random, ["{", "null", "[]", "{}", '{"a":1}', "NaN", "-1", "1e999", "", "0x", "0"]),
      ),
    () => `printf('%.*c', ${pick(random, [100, 100_000, 3_000_000])}, 'x')`,
    () => pick(random, ["NULL", "1.5", "9e999"]),
  ];
  return pick(random, ways)();
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** STRICT tables refuse values of the wrong type: those are put in by a table that is not. */
function spoilRows(db: Database, tables: Tables, random: Random): string {
  const table = pick(random, Object.keys(tables));
  const column = pick(random, tables[table] ?? []);
  const where =
    random() < 0.5 ? "" : ` WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY random() LIMIT 3)`;
  for (let tries = 0; tries < 8; tries++) {
    try {
      const all = table === "blocks" ? "" : where.includes("rowid") ? "" : where;
      const some =
        random() < 0.7
          ? ` WHERE ${column} = (SELECT ${column} FROM ${table} LIMIT 1 OFFSET ${Math.floor(random() * 40)})`
          : all;
      db.run(`UPDATE OR REPLACE ${table} SET ${column} = ${valueOf(random)}${some}`);
      break;
    } catch {
      // A value of a type this column refuses.
    }
  }
  return `${table}.${column}`;
}

function spoilTable(db: Database, tables: Tables, random: Random): string {
  const table = pick(random, Object.keys(tables));
  const columns = tables[table] ?? [];
  const kind = pick(random, [
    "loose",
    "view",
    "endless view",
    "virtual",
    "trigger",
    "gone",
    "generated",
    "schema",
  ]);
  const list = columns.map((name) => `${valueOf(random)} AS ${name}`).join(", ");
  try {
    spoil[kind]?.(db, table, columns, list);
  } catch {
    // What SQLite itself refuses leaves the file as it is.
  }
  return `${kind} for ${table}`;
}

type SpoilTable = (db: Database, table: string, columns: readonly string[], list: string) => void;

function replace(db: Database, table: string, sql: string): void {
  db.run("PRAGMA legacy_alter_table = ON");
  db.run(`ALTER TABLE ${table} RENAME TO kept_${table}`);
  db.run(sql);
}

const spoil: Record<string, SpoilTable> = {
  loose: (db, table, _, list) => replace(db, table, `CREATE TABLE ${table} AS SELECT ${list}`),
  view: (db, table, _, list) => replace(db, table, `CREATE VIEW ${table} AS SELECT ${list}`),
  "endless view": (db, table, columns) => {
    const rows = columns.map((name) => `i AS ${name}`).join(", ");
    const endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    replace(db, table, `CREATE VIEW ${table} AS ${endless} SELECT ${rows} FROM n`);
  },
  virtual: (db, table, columns) =>
    replace(db, table, `CREATE VIRTUAL TABLE ${table} USING fts5(${columns.join(", ")})`),
  trigger: (db, table) =>
    db.run(`CREATE TRIGGER t AFTER INSERT ON ${table} BEGIN DELETE FROM ${table}; END`),
  gone: (db, table) => db.run(`DROP TABLE ${table}`),
  generated: (db, table) =>
    db.run(`ALTER TABLE ${table} ADD COLUMN more INTEGER AS (length(randomblob(1000))) VIRTUAL`),
  schema: (db, table) => {
    db.run("PRAGMA writable_schema = ON");
    db.run("UPDATE sqlite_schema SET rootpage = rootpage + 1 WHERE name = ?", [table]);
  },
};
