// The code of an earlier version at work, from the repository's history.
import { Database } from "bun:sqlite";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import { changedRows } from "../helpers/old-content.ts";
import { FOLLOWED, readManifest, startOldNode, unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { integrityOf, run } from "./old-versions.ts";

const REPOSITORY = join(import.meta.dir, "../..");

interface Tree extends Disposable {
  path: string;
}

/** The last commit of a version in a folder of its own; null where the history is not at hand. */
export async function openTree(version: number): Promise<Tree | null> {
  const entry = (await readManifest()).find((each) => each.version === version);
  if (entry === undefined || !existsSync(join(REPOSITORY, ".git"))) return null;
  const folder = mkdtempSync(join(tmpdir(), "mvm-tree-"));
  const path = join(folder, `v${version}`);
  const git = (...words: string[]): number =>
    Bun.spawnSync(["git", ...words], { cwd: REPOSITORY, stdio: ["ignore", "ignore", "ignore"] })
      .exitCode;
  const remove = (): void => {
    git("worktree", "remove", "--force", path);
    rmSync(folder, { recursive: true, force: true });
  };
  const made = git("worktree", "add", "--detach", path, entry.commit) === 0;
  const install = ["install", "--frozen-lockfile", "--silent", "--ignore-scripts"];
  if (!made || Bun.spawnSync([process.execPath, ...install], { cwd: path }).exitCode !== 0) {
    remove();
    return null;
  }
  return { path, [Symbol.dispose]: remove };
}

/** A file of an older version is synced on by the code that had `to` as its newest: it loses no row and gets the new blocks. */
export async function checkWithTree(tree: string, from: number, to: number): Promise<string[]> {
  using folder = temporaryFolder();
  const before = await unpackDatabase(from, folder.file("before.db"));
  const file = await unpackDatabase(from, folder.file("mvm.db"));
  await using node = await startOldNode();
  for (const each of FOLLOWED) await node.command(each);
  const words = ["sync", "--once", "-r", node.url, "-d", file];
  const synced = run(words, tree);
  if (synced.code !== 0) return [`${from} with the code of ${to}: ${synced.text}`];
  using db = new Database(file, { readonly: true });
  const version = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
  return [
    ...(version === to ? [] : [`version ${version}, not ${to}`]),
    // These are facts; what is derived or remembered may grow by the new run.
    ...changedRows(before, file).filter((each) => /^(blocks|missed|orphans|tallies):/.test(each)),
    ...integrityOf(file),
  ];
}
