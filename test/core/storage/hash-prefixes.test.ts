// A block is found by its hash: in closed epochs by the prefixes noted there, in open ones by its row.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync } from "node:fs";

import { findByHash, findWrongPrefixes } from "../../../core/storage/hash-prefixes.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../../core/storage/migrations.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import { openWriter } from "../../../core/storage/write.ts";
import { checkInvariants } from "../../helpers/compare.ts";
import type { Fixture } from "../../helpers/query-fixture.ts";
import { CHAIN, writeFixture } from "../../helpers/query-fixture.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const folder = temporaryFolder();
let fixture: Fixture;
let closedBlock = 0;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 500);
  using db = openReadable(fixture.file);
  closedBlock = db.prepare<{ n: number }, []>("SELECT closed_block AS n FROM state").get()?.n ?? 0;
});

afterAll(() => folder[Symbol.dispose]());

/** A copy, changed behind the writer's back. */
function changed(name: string, ...statements: string[]): string {
  const file = folder.file(name);
  copyFileSync(fixture.file, file);
  using db = new Database(file);
  for (const sql of statements) expect(db.run(sql).changes).toBeGreaterThan(0);
  return file;
}

function expectAllFound(file: string): void {
  using db = openReadable(file);
  for (const { hash, number } of fixture.blocks) expect(findByHash(db, hash)).toBe(number);
}

test("every canonical block is found, in closed epochs and open ones", () => {
  expect(closedBlock).toBeGreaterThan(450);
  expect(closedBlock).toBeLessThan(540);
  expectAllFound(fixture.file);
  expect(checkInvariants(fixture.file)).toEqual([]);
});

test("nothing else is: neither a block that lost, nor a hash that only begins like a stored one", () => {
  using db = openReadable(fixture.file);
  expect(fixture.orphans.length).toBeGreaterThan(10);
  for (const { hash } of fixture.orphans) expect(findByHash(db, hash)).toBeNull();
  for (const { hash } of fixture.blocks.slice(0, 50))
    expect(findByHash(db, hash.slice(0, 6).padEnd(66, "0"))).toBeNull();
});

test("of two blocks whose hashes begin alike each is found at its own height", () => {
  const like = (fixture.blocks[10]?.hash ?? "").slice(2, 6);
  const twin = `${like}${"77".repeat(30)}`;
  const file = changed("twin.db", `UPDATE blocks SET hash = x'${twin}' WHERE number = 300`);
  {
    using writable = openWritable(file);
    writable.db.run("DELETE FROM hash_prefixes");
    openWriter(writable.db, CHAIN);
  }
  using db = openReadable(file);
  expect(findByHash(db, `0x${twin}`)).toBe(300);
  expect(findByHash(db, fixture.blocks[10]?.hash ?? "")).toBe(51);
});

/** The same rows as a release with the first schema left them. */
function asFirstSchema(file: string): void {
  using db = new Database(file);
  db.run(MIGRATIONS[0] ?? "");
  db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.run("PRAGMA user_version = 1");
  db.run("DELETE FROM state");
  db.run(`ATTACH '${fixture.file}' AS new`);
  const tables = db
    .prepare<{ name: string }, []>("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
    .all();
  for (const { name } of tables) {
    const columns = db
      .prepare<{ name: string }, []>(`SELECT name FROM pragma_table_info('${name}', 'main')`)
      .all()
      .map((column) => column.name)
      .join();
    db.run(`INSERT INTO main.${name} (${columns}) SELECT ${columns} FROM new.${name}`);
  }
}

describe("a file of the first schema", () => {
  test("is filled for the epochs closed before, and finds as well before it is", () => {
    const file = folder.file("old.db");
    asFirstSchema(file);
    {
      using _migrated = openWritable(file);
    }
    expectAllFound(file);
    {
      using writable = openWritable(file);
      openWriter(writable.db, CHAIN);
    }
    expectAllFound(file);
    expect(checkInvariants(file)).toEqual([]);
    using db = openReadable(file);
    const noted = db
      .prepare<{ bytes: number }, []>("SELECT sum(length(prefixes)) AS bytes FROM hash_prefixes")
      .get();
    expect(noted?.bytes).toBe(2 * (closedBlock - fixture.firstNumber + 1));
  });
});

describe("what is noted wrongly is found", () => {
  const wrong = (file: string) => {
    using db = openReadable(file);
    return [...findWrongPrefixes(db)];
  };
  const row = "(SELECT first_block FROM hash_prefixes WHERE first_block > 200 LIMIT 1)";

  test("another hash than the row's, and no fault where there is none", () => {
    expect(wrong(fixture.file)).toEqual([]);
    const file = changed(
      "flipped.db",
      "UPDATE blocks SET hash = CAST(x'00010203' || substr(hash, 5) AS BLOB) WHERE number = 210",
    );
    expect(wrong(file)).toEqual([{ from: 210, to: 210 }]);
  });

  test("a row that is gone", () => {
    const file = changed("gone.db", `DELETE FROM hash_prefixes WHERE first_block = ${row}`);
    const [found, ...others] = wrong(file);
    expect(others).toEqual([]);
    expect(found?.from).toBeGreaterThan(200);
  });

  test("the last row that is gone, or cut short", () => {
    const last = "(SELECT max(first_block) FROM hash_prefixes)";
    const gone = changed("end.db", `DELETE FROM hash_prefixes WHERE first_block = ${last}`);
    expect(wrong(gone)).toMatchObject([{ to: closedBlock }]);
    const cut = changed(
      "cut.db",
      `UPDATE hash_prefixes SET prefixes = substr(prefixes, 1, 4) WHERE first_block = ${row}`,
    );
    expect(wrong(cut)).toHaveLength(1);
  });

  test("a block that is gone", () => {
    const file = changed("hole.db", "DELETE FROM blocks WHERE number = 210");
    expect(wrong(file)).toHaveLength(1);
  });
});
