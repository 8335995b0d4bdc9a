// Who may open which file, and what is said when it cannot be.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { bindConstants, bindToChain, readIdentity } from "../../../core/storage/meta.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../../core/storage/migrations.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import { readRange } from "../../../core/storage/position.ts";
import { openWriter } from "../../../core/storage/write.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { containing } from "../chain/containing.ts";
import { buildChain, CHAIN, GENESIS, hexOf } from "./build-chain.ts";

const OPEN = join(import.meta.dir, "../../../core/storage/open.ts");
const NOBODY = 65_534;

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return "no failure";
}

/** A finished database of two blocks. */
function makeDatabase(path: string): void {
  using file = openWritable(path);
  bindToChain(file.db, { name: "test", genesisHash: GENESIS.hash, block1Hash: null });
  bindConstants(file.db, CHAIN);
  const writer = openWriter(file.db, CHAIN);
  writer.start(GENESIS);
  writer.commit({ blocks: buildChain(GENESIS, [5, 6]) });
}

describe("the writer's lock", () => {
  test("keeps a second writer out, lets readers in, and is gone with its holder", () => {
    using folder = temporaryFolder();
    const path = folder.file("mvm.db");
    {
      using _first = openWritable(path);
      expect(failureOf(() => openWritable(path))).toMatchObject({ code: "locked" });
      using reader = openReadable(path);
      expect(readRange(reader)).toEqual({ first: null, last: null });
    }
    using second = openWritable(path);
    expect(second.db.filename).toBe(path);
  });

  test("is another process's until it is killed, and free at once then", async () => {
    using folder = temporaryFolder();
    const path = folder.file("mvm.db");
    const code = `const { openWritable } = await import(${JSON.stringify(OPEN)});
      const file = openWritable(${JSON.stringify(path)});
      console.log("open", file.db.filename);
      setInterval(() => file.db, 1000);`;
    const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe" });
    for await (const _ of child.stdout) break;
    expect(failureOf(() => openWritable(path))).toMatchObject({
      code: "locked",
      message: containing("another mvm-sync is writing"),
    });
    child.kill("SIGKILL");
    await child.exited;
    using file = openWritable(path);
    expect(readRange(file.db)).toEqual({ first: null, last: null });
  });

  test("of one file is no lock of another beside it", () => {
    using folder = temporaryFolder();
    using one = openWritable(folder.file("one.db"));
    using two = openWritable(folder.file("two.db"));
    expect(one.db.filename).not.toBe(two.db.filename);
  });
});

describe("a file that is not ours", () => {
  test("is refused and left as it is: another tool's tables", () => {
    using folder = temporaryFolder();
    const path = folder.file("mvm.db");
    {
      using foreign = new Database(path);
      foreign.run("CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT, author_key TEXT)");
      foreign.run("INSERT INTO blocks VALUES (1, '0x12', NULL)");
    }
    const before = readFileSync(path);
    for (const open of [openWritable, openReadable]) {
      expect(failureOf(() => open(path))).toMatchObject({
        code: "database",
        message: containing("not a database of this tool"),
        hint: containing("--db-path"),
      });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  test("is refused and left as it is: no database at all", () => {
    using folder = temporaryFolder();
    const path = folder.file("notes.txt");
    const text = "not a database, but long enough to look at ".repeat(50);
    writeFileSync(path, text);
    for (const open of [openWritable, openReadable]) {
      expect(failureOf(() => open(path))).toMatchObject({ code: "database" });
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  test("is refused when a newer schema is in it, for reading too", () => {
    using folder = temporaryFolder();
    const path = folder.file("mvm.db");
    makeDatabase(path);
    {
      using db = new Database(path);
      db.run(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    }
    for (const open of [openWritable, openReadable]) {
      expect(failureOf(() => open(path))).toMatchObject({
        code: "database",
        message: containing(`schema version ${MIGRATIONS.length + 1}`),
        hint: containing("upgrade"),
      });
    }
  });

  test("is refused when it is damaged, in words and not with a crash", () => {
    using folder = temporaryFolder();
    const path = folder.file("mvm.db");
    makeDatabase(path);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 100, 1024);
    writeFileSync(path, bytes);
    expect(failureOf(() => openWritable(path))).toMatchObject({ code: "database" });
  });
});

describe("a file that is not there", () => {
  test("is made by a writer, an empty one being as good as none", () => {
    using folder = temporaryFolder();
    const path = folder.file("empty.db");
    writeFileSync(path, "");
    makeDatabase(path);
    using db = openReadable(path);
    expect(readRange(db)).toEqual({ first: 1, last: 2 });
  });

  test("is not made by a reader, who is told how to get one", () => {
    using folder = temporaryFolder();
    const path = folder.file("none.db");
    expect(failureOf(() => openReadable(path))).toMatchObject({
      code: "database",
      message: `no database at ${path}`,
      hint: containing("mvm sync"),
    });
  });

  test("cannot be made in a missing folder or where a folder stands", () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file("folder"));
    for (const path of [folder.file("missing/mvm.db"), folder.file("folder")]) {
      expect(failureOf(() => openWritable(path))).toMatchObject({
        code: "database",
        hint: containing("folder"),
      });
    }
  });
});

const maySwitchUser = process.getuid?.() === 0 && Bun.which("setpriv") !== null;

describe.skipIf(!maySwitchUser)("a reader needs no write permission, on file or folder", () => {
  for (const name of ["plain", "50% of #1? ümlaut"]) {
    test(`in a folder named ${name}`, () => {
      using folder = temporaryFolder();
      chmodSync(folder.path, 0o755);
      const path = join(folder.file(name), "mvm.db");
      mkdirSync(folder.file(name));
      makeDatabase(path);
      chmodSync(path, 0o444);
      chmodSync(folder.file(name), 0o555);
      const script = `const { openReadable } = await import(${JSON.stringify(OPEN)});
        const db = openReadable(${JSON.stringify(path)});
        console.log(process.getuid(), db.query("SELECT count(*) AS n FROM blocks").get().n);`;
      const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
      const { stdout, stderr } = Bun.spawnSync(
        ["setpriv", ...user, process.execPath, "-e", script],
        { env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" } },
      );
      expect(stderr.toString()).toBe("");
      expect(stdout.toString().trim()).toBe(`${NOBODY} 2`);
    }, 20_000);
  }
});

describe("a file is bound to one chain", () => {
  const bound = { name: "Preview", genesisHash: hexOf("genesis"), block1Hash: hexOf("first") };

  test("and refuses another genesis, or another block 1 on the same genesis", () => {
    using folder = temporaryFolder();
    using file = openWritable(folder.file("mvm.db"));
    bindToChain(file.db, bound);
    bindToChain(file.db, bound);
    const other = { ...bound, genesisHash: hexOf("other genesis") };
    expect(failureOf(() => bindToChain(file.db, other))).toMatchObject({
      code: "wrong-chain",
      hint: containing("--db-path"),
    });
    const reset = { ...bound, block1Hash: hexOf("another first") };
    expect(failureOf(() => bindToChain(file.db, reset))).toMatchObject({
      code: "wrong-chain",
      message: containing("restarted from the same genesis"),
    });
    expect(readIdentity(file.db)).toEqual(bound);
  });

  test("and learns block 1 once there is one, never to forget it", () => {
    using folder = temporaryFolder();
    using file = openWritable(folder.file("mvm.db"));
    const early = { ...bound, block1Hash: null };
    bindToChain(file.db, early);
    bindToChain(file.db, bound);
    bindToChain(file.db, early);
    expect(readIdentity(file.db)).toEqual(bound);
  });

  test("and to its epochs' length: stored epochs are never renumbered", () => {
    using folder = temporaryFolder();
    using file = openWritable(folder.file("mvm.db"));
    bindConstants(file.db, CHAIN);
    bindConstants(file.db, CHAIN);
    for (const changed of [
      { ...CHAIN, slotsPerEpoch: 1200 },
      { ...CHAIN, slotDurationMs: 3000 },
    ]) {
      const refusal = failureOf(() => bindConstants(file.db, changed));
      expect(refusal).toMatchObject({ code: "wrong-chain" });
    }
  });
});

test("a folder's name with letters SQLite's addresses give a meaning is only a name", () => {
  using folder = temporaryFolder();
  const odd = folder.file("50% of #1? ümlaut");
  mkdirSync(odd);
  const path = join(odd, "mvm?mode=memory.db");
  makeDatabase(path);
  using db = openReadable(path);
  expect(readRange(db)).toEqual({ first: 1, last: 2 });
});

test("a file whose writer was ended while it made it is not called damaged: a reader names who goes on with it", () => {
  using folder = temporaryFolder();
  const [making, path] = [folder.file("making.db"), folder.file("mvm.db")];
  {
    using db = new Database(making);
    for (const pragma of [`application_id = ${APPLICATION_ID}`, "cache_size = 5"])
      db.run(`PRAGMA ${pragma}`);
    db.run("BEGIN");
    db.run("CREATE TABLE half (x)");
    for (let i = 0; i < 100; i++) db.run("INSERT INTO half VALUES (zeroblob(1000))");
    for (const end of ["", "-journal"]) copyFileSync(`${making}${end}`, `${path}${end}`);
  }
  expect(() => openReadable(path)).toThrow("was being made when its writer was ended");
  openWritable(path)[Symbol.dispose]();
  using db = openReadable(path);
  expect(db.query("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeNull();
});
