// Schemas that stood in the history for an hour under a version's number and became another before it was the last.
import { Database } from "bun:sqlite";

import { join } from "pathe";

import { APPLICATION_ID, MIGRATIONS } from "../../core/storage/migrations.ts";
import { openWritable } from "../../core/storage/open.ts";
import { schemaOf } from "../helpers/old-content.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const REPOSITORY = join(import.meta.dir, "../..");
const FILE = "core/storage/migrations.ts";

const git = (...words: string[]): string =>
  Bun.spawnSync(["git", ...words], { cwd: REPOSITORY }).stdout.toString();

/** Lists of migrations that are not the beginning of the present one. Empty without a history. */
export async function findDrafts(): Promise<{ commit: string; migrations: string[] }[]> {
  const drafts: { commit: string; migrations: string[] }[] = [];
  using folder = temporaryFolder();
  for (const commit of git("log", "--format=%h", "--", FILE).split("\n").filter(Boolean)) {
    const copy = folder.file(`${commit}.ts`);
    await Bun.write(copy, git("show", `${commit}:${FILE}`));
    const script = `console.log(JSON.stringify((await import(${JSON.stringify(copy)})).MIGRATIONS))`;
    const found: unknown = JSON.parse(
      Bun.spawnSync([process.execPath, "-e", script]).stdout.toString(),
    );
    const migrations = Array.isArray(found) ? found.map(String) : [];
    if (migrations.some((sql, at) => sql !== MIGRATIONS[at])) drafts.push({ commit, migrations });
  }
  return drafts;
}

/** A file with such a schema is refused in words before anything is written. */
export function checkDraft(commit: string, migrations: readonly string[]): string[] {
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  {
    using db = new Database(file);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    for (const sql of migrations) db.run(sql);
    db.run(`PRAGMA user_version = ${migrations.length}`);
  }
  const before = schemaIn(file);
  const said = failureOf(file);
  return [
    ...(said.includes("but lacks") ? [] : [`${commit}: ${said}`]),
    ...(Bun.deepEquals(schemaIn(file), before) ? [] : [`${commit}: another schema`]),
  ];
}

function schemaIn(file: string): unknown[] {
  using db = new Database(file, { readonly: true });
  return [...schemaOf(db), db.query("PRAGMA user_version").get()];
}

function failureOf(file: string): string {
  try {
    openWritable(file)[Symbol.dispose]();
    return "opens";
  } catch (error) {
    return String(error);
  }
}
