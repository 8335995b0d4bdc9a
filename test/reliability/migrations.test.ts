// Databases of every version there was, kept as they were made: what becomes of them.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { MIGRATIONS } from "../../core/storage/migrations.ts";
import { openReadable, openWritable } from "../../core/storage/open.ts";
import { changedRows } from "../helpers/old-content.ts";
import { hashMigration, readManifest, unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { checkFull, checkThrown } from "./broken-migrations.ts";
import { checkHolder, checkReader } from "./held-open.ts";
import { checkImportRefusal, checkRefusal, COMMANDS, UNKNOWN_VERSIONS } from "./newer-version.ts";
import { checkOpening, checkPair, checkResuming, PAIRS } from "./old-versions.ts";

const VERSIONS = MIGRATIONS.map((_, at) => at + 1);
const OLDER = VERSIONS.slice(0, -1);

describe("The databases kept", () => {
  test("are one of each version; of a new one: bun test/reliability/migrations.ts --make", async () => {
    const kept = await readManifest();
    expect(kept.map(({ version }) => version)).toEqual(VERSIONS);
  });

  test("are of the migrations there are: none was edited since", async () => {
    const kept = await readManifest();
    expect(MIGRATIONS.map(hashMigration)).toEqual(kept.map(({ migration }) => migration));
  });

  for (const version of VERSIONS) {
    test(`hold something in every table that is written: version ${version}`, async () => {
      using folder = temporaryFolder();
      using db = new Database(await unpackDatabase(version, folder.file("mvm.db")));
      const tables = db
        .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .all();
      const empty = tables.filter(({ name }) => db.query(`SELECT 1 FROM ${name}`).get() === null);
      expect(empty.map(({ name }) => name)).toEqual([]);
    });
  }
});

describe("A database of an older version", () => {
  for (const { from, to } of PAIRS) {
    test(`${from} becomes one of version ${to} with the same rows`, async () => {
      expect(await checkPair(from, to)).toEqual([]);
    });
  }

  for (const version of VERSIONS) {
    test(`${version} opens, keeps every row and is found right`, async () => {
      expect(await checkOpening(version)).toEqual([]);
    });

    test(`${version} is synced on to what the node knows`, async () => {
      expect(await checkResuming(version)).toEqual([]);
    });
  }

  test("asks a reader for its writer first, and is left as it is", async () => {
    using folder = temporaryFolder();
    const file = await unpackDatabase(1, folder.file("mvm.db"));
    const before = await Bun.file(file).bytes();
    expect(() => openReadable(file)).toThrow("has schema version 1, older than this mvm");
    expect(await Bun.file(file).bytes()).toEqual(before);
  });

  test("that lacks what its version has is not migrated: a draft's, or one that was changed", async () => {
    using folder = temporaryFolder();
    const file = await unpackDatabase(2, folder.file("mvm.db"));
    const copy = folder.file("copy.db");
    {
      using db = new Database(file);
      db.run("DROP TABLE spans");
      db.run("PRAGMA wal_checkpoint(TRUNCATE)");
      await Bun.write(copy, Bun.file(file));
    }
    expect(() => openWritable(file)).toThrow("says it has schema version 2, but lacks spans");
    expect(changedRows(copy, file)).toEqual([]);
    using db = new Database(file);
    expect(db.query("PRAGMA user_version").get()).toEqual({ user_version: 2 });
  });

  test("with an index that someone added is migrated all the same", async () => {
    using folder = temporaryFolder();
    const file = await unpackDatabase(1, folder.file("mvm.db"));
    {
      using db = new Database(file);
      db.run("CREATE INDEX mine ON blocks (author)");
    }
    using _file = openWritable(file);
    using db = openReadable(file);
    expect(db.query("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
  });
});

describe("A migration that does not come to its end", () => {
  for (const version of VERSIONS) {
    test(`leaves version ${version} as it was when a step throws`, async () => {
      expect(await checkThrown(version)).toEqual([]);
    });
  }

  for (const version of OLDER) {
    test(`leaves version ${version} as it was when there is no room, however little is wanting`, async () => {
      const { faults, sizes } = await checkFull(version);
      expect(faults).toEqual([]);
      expect(sizes).toBeGreaterThan(1);
    });
  }
});

describe("A database that is held open while it is migrated", () => {
  for (const version of OLDER) {
    test(`by a reader: it goes through, and the reader reads on in version ${version}`, async () => {
      expect(await checkReader(version)).toEqual([]);
    });
  }

  for (const kind of ["writer", "reader"] as const) {
    test(`by a program that keeps others out, a ${kind}: says so, changes nothing, opens later`, async () => {
      expect(await checkHolder(1, kind)).toEqual([]);
    }, 30_000);
  }
});

describe("A database of a newer version", () => {
  for (const words of COMMANDS) {
    test(`is refused and left byte for byte as it is: mvm ${words.join(" ")}`, async () => {
      expect(await checkRefusal(words, MIGRATIONS.length + 1, "settled")).toEqual([]);
      expect(await checkRefusal(words, MIGRATIONS.length + 1, "logged")).toEqual([]);
    }, 30_000);
  }

  for (const version of UNKNOWN_VERSIONS) {
    test(`is refused however far it is: ${version}`, async () => {
      expect(await checkRefusal(["sync"], version, "logged")).toEqual([]);
      expect(await checkRefusal(["query", "stats"], version, "settled")).toEqual([]);
      expect(await checkImportRefusal(version)).toEqual([]);
    }, 30_000);
  }
});
