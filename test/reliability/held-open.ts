// Others that have an old file open while it is migrated.
import { Database } from "bun:sqlite";

import { openWritable } from "../../core/storage/open.ts";
import { contentOf } from "../helpers/old-content.ts";
import { unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { integrityOf } from "./old-versions.ts";

const COUNT = "SELECT count(*) AS n FROM blocks";

const versionOf = (db: Database): number =>
  db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? -1;

/** A reader in the middle of its transaction keeps nobody waiting, and reads on what it read. */
export async function checkReader(version: number): Promise<string[]> {
  using folder = temporaryFolder();
  const file = await unpackDatabase(version, folder.file("mvm.db"));
  using reader = new Database(file, { readonly: true });
  reader.run("BEGIN");
  const before = reader.query<{ n: number }, []>(COUNT).get()?.n;
  const faults: string[] = [];
  {
    using _file = openWritable(file);
    if (versionOf(reader) !== version) faults.push("the reader sees another version");
    if (reader.query<{ n: number }, []>(COUNT).get()?.n !== before)
      faults.push("the reader sees other blocks");
    reader.run("COMMIT");
    if (versionOf(reader) <= version) faults.push("the reader never sees the new version");
  }
  return [...faults, ...integrityOf(file)];
}

/** `writer`: another program in a transaction of its own. `reader`: of a file without a log, which must get one. */
export async function checkHolder(version: number, kind: "writer" | "reader"): Promise<string[]> {
  using folder = temporaryFolder();
  const file = await unpackDatabase(version, folder.file("mvm.db"));
  const before = contentOf(file);
  const faults: string[] = [];
  {
    using holder = new Database(file);
    if (kind === "reader") holder.run("PRAGMA journal_mode = DELETE");
    holder.run(kind === "writer" ? "BEGIN IMMEDIATE" : "BEGIN");
    holder.query(COUNT).get();
    const said = sayOpening(file);
    if (!said.includes("is locked by another program")) faults.push(`said: ${said}`);
    if (versionOf(holder) !== version) faults.push("another version");
    holder.run("COMMIT");
  }
  if (!Bun.deepEquals(contentOf(file), before)) faults.push("other rows");
  if (sayOpening(file) !== "") faults.push("does not open once it is free");
  return [...faults, ...integrityOf(file)];
}

function sayOpening(file: string): string {
  try {
    openWritable(file)[Symbol.dispose]();
    return "";
  } catch (error) {
    return String(error);
  }
}
