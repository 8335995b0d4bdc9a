// What must hold of a database of an older version. Each check returns what does not.
import { Database } from "bun:sqlite";
import { copyFileSync } from "node:fs";

import { join } from "pathe";

import { migrate } from "../../core/storage/migrate.ts";
import { MIGRATIONS } from "../../core/storage/migrations.ts";
import { openWritable } from "../../core/storage/open.ts";
import { checkInvariants, compareWithTruth } from "../helpers/compare.ts";
import { changedRows, schemaOf } from "../helpers/old-content.ts";
import { FOLLOWED, startOldNode, unpackDatabase } from "../helpers/old-databases.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const REPOSITORY = join(import.meta.dir, "../..");
/** From here up the sync that made them saw what was lost. */
const FOLLOWED_FROM = 301;
/** More than an epoch beyond what they hold. */
const FURTHER = "step 20";

/** Every version and every later one. */
export const PAIRS = MIGRATIONS.flatMap((_, at) =>
  MIGRATIONS.slice(at + 1).map((__, more) => ({ from: at + 1, to: at + more + 2 })),
);

export function integrityOf(file: string): string[] {
  using db = new Database(file, { readonly: true });
  const rows = db.query<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
  return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
}

/** Migrated to just that version: same rows, the schema of a file born with it, sound. */
export async function checkPair(from: number, to: number): Promise<string[]> {
  using folder = temporaryFolder();
  const before = await unpackDatabase(from, folder.file("before.db"));
  const after = folder.file("after.db");
  copyFileSync(before, after);
  const migrations = MIGRATIONS.slice(0, to);
  using born = new Database(":memory:");
  migrate(born, migrations);
  {
    using db = new Database(after);
    migrate(db, migrations);
    const version = db.query<{ user_version: number }, []>("PRAGMA user_version").get();
    if (version?.user_version !== to) return [`version ${version?.user_version}, not ${to}`];
    if (!Bun.deepEquals(schemaOf(db), schemaOf(born)))
      return ["not the schema of a file born with it"];
  }
  return [...changedRows(before, after), ...integrityOf(after)];
}

/** Opened by the writer of the present version: same rows, sound, and it counts right. */
export async function checkOpening(from: number): Promise<string[]> {
  using folder = temporaryFolder();
  const before = await unpackDatabase(from, folder.file("before.db"));
  const after = folder.file("after.db");
  copyFileSync(before, after);
  {
    using _file = openWritable(after);
  }
  const { code, text } = run(["verify", "--offline", "--db-path", after]);
  const verified = code === 0 ? [] : [`verify exits ${code}: ${text}`];
  return [...changedRows(before, after), ...checkInvariants(after), ...verified];
}

/** A sync goes on with it: afterwards it holds what the node knows, row by row. */
export async function checkResuming(from: number): Promise<string[]> {
  using folder = temporaryFolder();
  const file = await unpackDatabase(from, folder.file("mvm.db"));
  await using node = await startOldNode();
  for (const each of [...FOLLOWED, FURTHER]) await node.command(each);
  await syncOnce(node.url, file);
  const found = compareWithTruth(file, await node.truth(), FOLLOWED_FROM);
  const { code, text } = run(["verify", "--rpc-url", node.url, "--all", "--db-path", file]);
  return [
    ...found.wrong,
    ...(found.unknownAuthors > 0 ? [`${found.unknownAuthors} authors unknown`] : []),
    ...(found.orphans > 0 ? [] : ["no orphan is left"]),
    ...checkInvariants(file),
    ...(code === 0 ? [] : [`verify exits ${code}: ${text}`]),
  ];
}

/** A command of this tree, or of another one. */
export function run(words: string[], tree = REPOSITORY): { code: number; text: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, join(tree, "commands/mvm.ts"), ...words],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        NO_COLOR: "1",
        HOME: "/nonexistent",
        XDG_CONFIG_HOME: "/nonexistent",
      },
    },
  );
  return { code: exitCode, text: `${stdout.toString()}${stderr.toString()}` };
}
