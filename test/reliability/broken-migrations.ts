// A migration that does not come to its end: the file is as it was, for the program that wrote it and for the next attempt.
import { Database } from "bun:sqlite";
import { copyFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { migrate } from "../../core/storage/migrate.ts";
import { MIGRATIONS } from "../../core/storage/migrations.ts";
import { changedRows, schemaOf } from "../helpers/old-content.ts";
import { unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { integrityOf } from "./old-versions.ts";

const OPEN = join(import.meta.dir, "../../core/storage/open.ts");

/** Something of it is done before it fails. */
const BROKEN = [
  "CREATE TABLE half (x); INSERT INTO half SELECT number FROM blocks; INSERT INTO nowhere VALUES (1)",
  "DELETE FROM blocks; DROP TABLE missed; SELECT * FROM nowhere",
  "UPDATE state SET id = 2",
];

/** What of a file is not as it was, once an attempt at it failed. */
function unlikeBefore(before: string, after: string, version: number): string[] {
  using db = new Database(after);
  using old = new Database(before, { readonly: true });
  const found = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
  return [
    ...(found === version ? [] : [`version ${found}, not ${version}`]),
    ...(Bun.deepEquals(schemaOf(db), schemaOf(old)) ? [] : ["another schema"]),
    ...changedRows(before, after),
    ...integrityOf(after),
  ];
}

function failureOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return String(error);
  }
}

/** An error inside the last step, all steps before it having gone well. */
export async function checkThrown(version: number): Promise<string[]> {
  const faults: string[] = [];
  for (const broken of BROKEN) {
    using folder = temporaryFolder();
    const before = await unpackDatabase(version, folder.file("before.db"));
    const after = folder.file("after.db");
    copyFileSync(before, after);
    {
      using db = new Database(after);
      const failure = failureOf(() => migrate(db, [...MIGRATIONS, broken]));
      if (failure === null) faults.push(`no failure: ${broken}`);
    }
    faults.push(...unlikeBefore(before, after, version));
  }
  return faults;
}

/** No room for the pages the migration wants, be it for none of them or for all but one; and then there is. */
export async function checkFull(version: number): Promise<{ faults: string[]; sizes: number }> {
  const faults: string[] = [];
  for (let room = 0; ; room++) {
    using folder = temporaryFolder();
    const before = await unpackDatabase(version, folder.file("before.db"));
    const after = folder.file("after.db");
    copyFileSync(before, after);
    let failure: string | null;
    {
      using db = new Database(after);
      const { page_count: pages = 0 } =
        db.query<{ page_count: number }, []>("PRAGMA page_count").get() ?? {};
      db.run(`PRAGMA max_page_count = ${pages + room}`);
      failure = failureOf(() => migrate(db));
    }
    if (failure === null) return { faults, sizes: room };
    if (!failure.includes("full")) faults.push(`with room for ${room} pages: ${failure}`);
    faults.push(...unlikeBefore(before, after, version));
  }
}

/** A disk of its own that is full, where one may be mounted. Null: not here. */
export async function checkFullDisk(version: number): Promise<string[] | null> {
  using folder = temporaryFolder();
  const before = await unpackDatabase(version, folder.file("before.db"));
  const disk = folder.file("disk");
  Bun.spawnSync(["mkdir", disk]);
  const mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk];
  if (process.getuid?.() !== 0 || Bun.spawnSync(mount).exitCode !== 0) return null;
  try {
    const after = `${disk}/mvm.db`;
    copyFileSync(before, after);
    fillUp(`${disk}/filler`);
    const failure = openElsewhere(after);
    const faults = failure.includes("no space left") ? [] : [`full disk: ${failure}`];
    faults.push(...unlikeBefore(before, after, version));
    Bun.spawnSync(["rm", `${disk}/filler`]);
    const again = openElsewhere(after);
    if (again !== "") faults.push(`freed: ${again}`);
    return [...faults, ...changedRows(before, after), ...integrityOf(after)];
  } finally {
    Bun.spawnSync(["umount", "--lazy", disk]);
  }
}

/** In a process of its own, so that the disk is let go. */
function openElsewhere(file: string): string {
  const script = `const { openWritable } = await import(${JSON.stringify(OPEN)});
    try { openWritable(${JSON.stringify(file)})[Symbol.dispose](); } catch (error) { console.log(String(error)); }`;
  return Bun.spawnSync([process.execPath, "-e", script]).stdout.toString();
}

/** All but what the lock and the index of a log need. */
function fillUp(path: string): void {
  for (let size = 256 * 1024; size > 0; size -= 4096) {
    try {
      writeFileSync(path, Buffer.alloc(size, 1));
      writeFileSync(path, Buffer.alloc(size - 40 * 1024, 1));
      return;
    } catch {
      // So much room there is not: less then.
    }
  }
}
