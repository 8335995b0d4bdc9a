// SQL at trace: every statement, what it did, and nothing about it changed.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { openWritable } from "../../../core/storage/open.ts";
import { traceDatabase } from "../../../core/storage/trace.ts";
import type { ListLog } from "../../helpers/list-log.ts";
import { openListLog } from "../../helpers/list-log.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

function sqlIn(log: ListLog): unknown[] {
  return log.lines.map(({ level, fields }) => [
    level,
    fields["sql"],
    fields["rows"],
    fields["outcome"],
  ]);
}

function open(): { db: Database; log: ListLog } {
  const log = openListLog();
  const db = new Database(":memory:", { strict: true });
  traceDatabase(db, log);
  db.run("CREATE TABLE t (a INTEGER PRIMARY KEY,\n  -- why\n  b TEXT)");
  return { db, log };
}

test("each way of running a statement is one line, with its rows, and returns what it did before", () => {
  const { db, log } = open();
  expect(db.prepare("INSERT INTO t VALUES (?, ?)").run(1, "x").changes).toBe(1);
  expect(db.run("INSERT INTO t VALUES (?, ?)", [2, "y"]).changes).toBe(1);
  const select = db.query<{ a: number }, []>("SELECT a FROM t");
  expect(select.all()).toEqual([{ a: 1 }, { a: 2 }]);
  // query() hands out the same statement: it is not traced twice.
  expect(db.query<{ a: number }, []>("SELECT a FROM t").get()).toEqual({ a: 1 });
  expect(select.values()).toEqual([[1], [2]]);
  expect([...select.iterate()]).toEqual([{ a: 1 }, { a: 2 }]);
  expect(db.prepare("SELECT a FROM t WHERE a = $a").get({ a: 9 })).toBeNull();
  expect(sqlIn(log)).toEqual([
    ["trace", "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)", 0, "ok"],
    ["trace", "INSERT INTO t VALUES (?, ?)", 1, "ok"],
    ["trace", "INSERT INTO t VALUES (?, ?)", 1, "ok"],
    ["trace", "SELECT a FROM t", 2, "ok"],
    ["trace", "SELECT a FROM t", 1, "ok"],
    ["trace", "SELECT a FROM t", 2, "ok"],
    ["trace", "SELECT a FROM t", null, "ok"],
    ["trace", "SELECT a FROM t WHERE a = $a", 0, "ok"],
  ]);
  for (const { fields } of log.lines) expect(fields["durationMs"]).toBeGreaterThanOrEqual(0);
});

test("a failure is told with SQLite's words and thrown on", () => {
  const { db, log } = open();
  db.run("INSERT INTO t VALUES (1, 'x')");
  expect(() => db.prepare("INSERT INTO t VALUES (1, 'y')").run()).toThrow("UNIQUE");
  expect(log.lines.at(-1)?.fields["outcome"]).toContain("UNIQUE constraint failed");
});

test("a transaction is told when it ends, and still is one", () => {
  const { db, log } = open();
  const insert = db.prepare("INSERT INTO t VALUES (?, ?)");
  const both = db.transaction((fails: boolean) => {
    insert.run(1, "x");
    if (fails) throw new Error("changed my mind");
    return db.inTransaction;
  });
  expect(() => both.immediate(true)).toThrow("changed my mind");
  expect(db.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
  expect(both(false)).toBe(true);
  expect(db.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 1 });
  const transactions = sqlIn(log).filter((each) => String(each).includes("COMMIT"));
  expect(transactions).toEqual([
    ["trace", "BEGIN IMMEDIATE … COMMIT", null, "changed my mind"],
    ["trace", "BEGIN DEFERRED … COMMIT", null, "ok"],
  ]);
});

test("long statements are cut", () => {
  const { db, log } = open();
  db.prepare(`SELECT ${"1, ".repeat(500)}1`).get();
  expect(String(log.lines.at(-1)?.fields["sql"])).toHaveLength(300);
});

test("the file is traced where its log is read at trace, and not where it is not", () => {
  using folder = temporaryFolder();
  for (const level of ["trace", "debug"] as const) {
    const log = openListLog(level);
    using file = openWritable(folder.file("mvm.db"), log);
    file.db.prepare("SELECT count(*) FROM blocks").get();
    expect(log.lines.some(({ message }) => message.includes("FROM blocks"))).toBe(
      level === "trace",
    );
  }
});
