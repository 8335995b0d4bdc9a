// Where our file goes when the configuration names one: never where the Rust tool's lies.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";

import { openWritable } from "../../../core/storage/open.ts";
import { placeDatabase } from "../../../core/storage/rust-file.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";
import { writeRustDatabase } from "../import/rust-database.ts";

test.each(["schema 1", "older"] as const)(
  "beside the Rust tool's file of %s, which is not touched",
  async (shape) => {
    await using devnet = await startSmallDevnet({ history: 5 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    writeRustDatabase(devnet, { file, slotsPerEpoch: 40, shape });
    expect(placeDatabase(file)).toEqual({ path: folder.file("mvm.v3.db"), beside: file });
    expect(readdirSync(folder.path)).toEqual(["mvm.db"]);
  },
);

test("beside one whose tables are in its write-ahead log alone, which is not written into the file", () => {
  using folder = temporaryFolder();
  // Names that mean something in an address mean nothing in a path.
  const file = folder.file("mvm #1?.db");
  using rust = new Database(file);
  rust.run("PRAGMA journal_mode = WAL");
  rust.run("CREATE TABLE blocks (block_number INTEGER)");
  const before = readdirSync(folder.path).toSorted();
  expect(placeDatabase(file)).toEqual({ path: folder.file("mvm #1?.v3.db"), beside: file });
  expect(readdirSync(folder.path).toSorted()).toEqual(before);
});

test("where it was asked for when nothing, our own file, another's database or no database lies there", async () => {
  using folder = temporaryFolder();
  const [ours, other, text] = [folder.file("o.db"), folder.file("x.db"), folder.file("t.db")];
  openWritable(ours)[Symbol.dispose]();
  new Database(other).run("CREATE TABLE blocks (id INTEGER)");
  await Bun.write(text, "SQLite format 3\0 it says, and is none".padEnd(200));
  for (const path of [ours, other, text, folder.file("none.db"), folder.path]) {
    expect(placeDatabase(path)).toEqual({ path, beside: null });
  }
});
