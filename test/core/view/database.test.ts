// The file behind the dashboard: what is said while it cannot be read, and that its changes are seen.
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";

import { join } from "pathe";

import { openWritable } from "../../../core/storage/open.ts";
import { openWriter } from "../../../core/storage/write.ts";
import { openDatabase } from "../../../core/view/database.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { addBlock, CHAIN, writeViewFixture } from "../../helpers/view-fixture.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("fixture.db"), { blocks: 50 });
const { file } = fixture;

afterAll(() => folder[Symbol.dispose]());

test("a file somebody holds for himself is told as locked, and read once he lets go", () => {
  const path = folder.file("held.db");
  copyFileSync(file, path);
  using source = openDatabase(path);
  {
    using holder = new Database(path);
    holder.run("PRAGMA locking_mode = EXCLUSIVE");
    holder.run("BEGIN EXCLUSIVE");
    const { answer: none, failure } = source.answer({ about: "dashboard" });
    expect(none).toBeNull();
    expect(failure?.message).toContain("locked by another program");
  }
  expect(source.answer({ about: "dashboard" }).failure).toBeNull();
});

test("a file that cannot be looked at is not told as absent", () => {
  const path = folder.file("loop.db");
  symlinkSync(path, path);
  using source = openDatabase(path);
  expect(source.answer({ about: "dashboard" }).failure?.message).toContain("cannot be looked at");
});

test("another file put in its place is read from then on", () => {
  const path = folder.file("replaced.db");
  openWritable(path)[Symbol.dispose]();
  using source = openDatabase(path);
  expect(source.answer({ about: "dashboard" }).answer).toMatchObject({ facts: { blocks: 0 } });
  while (source.changed()) continue;
  rmSync(path);
  copyFileSync(file, path);
  expect(source.changed()).toBe(true);
  expect(source.answer({ about: "dashboard" }).answer).not.toMatchObject({ facts: { blocks: 0 } });
});

test("an absent, an empty and a foreign file are told in words, and read once they are there", () => {
  const path = folder.file("later.db");
  using source = openDatabase(path);
  expect(source.answer({ about: "dashboard" }).failure?.message).toContain("no database at");
  openWritable(path)[Symbol.dispose]();
  const empty = source.answer({ about: "dashboard" });
  expect(empty.failure).toBeNull();
  expect(empty.answer).toMatchObject({ facts: { blocks: 0, recent: [], turns: null } });
});

test("a change by the writer is noticed, and only then", () => {
  const path = folder.file("changing.db");
  openWritable(path)[Symbol.dispose]();
  using writable = openWritable(path);
  using source = openDatabase(path);
  expect(source.changed()).toBe(true);
  expect(source.changed()).toBe(false);
  writable.db.run("INSERT INTO meta VALUES ('x', 'y')");
  expect(source.changed()).toBe(true);
  expect(source.changed()).toBe(false);
});

const SOURCE = join(import.meta.dir, "../../../core/view/database.ts");
const NOBODY = 65_534;
const maySwitchUser = process.getuid?.() === 0 && Bun.which("setpriv") !== null;

/** Tells how many blocks there are, each time the file is found changed. */
const WATCHER = `const { openDatabase } = await import(process.argv[1]);
  const source = openDatabase(process.argv[2]);
  setInterval(() => {
    if (source.changed()) console.log(source.answer({ about: "dashboard" }).answer?.facts.blocks);
  }, 20);`;

test.skipIf(!maySwitchUser)(
  "where we may not write beside the file, what its writer adds is seen all the same",
  async () => {
    chmodSync(folder.path, 0o755);
    mkdirSync(folder.file("theirs"));
    const path = folder.file("theirs/mvm.db");
    copyFileSync(file, path);
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const child = Bun.spawn(["setpriv", ...user, process.execPath, "-e", WATCHER, SOURCE, path], {
      stdout: "pipe",
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" },
    });
    const told = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    expect((await told.next()).value).toBe("50\n");
    {
      using writable = openWritable(path);
      addBlock(openWriter(writable.db, CHAIN), fixture.tip);
    }
    let last = "";
    while (!last.includes("51")) last = (await told.next()).value ?? "51, at an end";
    expect(last).toEndWith("51\n");
    child.kill("SIGKILL");
    await child.exited;
  },
);
