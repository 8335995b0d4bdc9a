#!/usr/bin/env bun
// Every database version in every later one, and what becomes of newer ones. bun test/reliability/migrations.ts [--make] [--quick]
// --make adds the database of the present version; --quick leaves out the code of earlier versions.
import { join } from "pathe";

import { MIGRATIONS } from "../../core/storage/migrations.ts";
import { contentOf } from "../helpers/old-content.ts";
import { readManifest, unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { checkFull, checkFullDisk, checkThrown } from "./broken-migrations.ts";
import { checkDraft, findDrafts } from "./drafts.ts";
import { checkHolder, checkReader } from "./held-open.ts";
import { makeDatabase } from "./make-database.ts";
import { checkImportRefusal, checkRefusal, COMMANDS, UNKNOWN_VERSIONS } from "./newer-version.ts";
import { checkOpening, checkPair, checkResuming, PAIRS } from "./old-versions.ts";
import { checkWithTree, openTree } from "./other-trees.ts";
import { provenance, table, writeSection } from "./report.ts";

const VERSIONS = MIGRATIONS.map((_, at) => at + 1);
const OLDER = VERSIONS.slice(0, -1);

const faults: string[] = [];
const rows: [what: string, cases: number, wrong: number][] = [];

/** One line of the report: so many cases, so many faults. */
async function part(what: string, checks: readonly (() => Promise<string[]>)[]): Promise<void> {
  let wrong = 0;
  for (const check of checks) {
    const found = await check();
    if (found.length > 0) wrong += 1;
    faults.push(...found.map((each) => `${what}: ${each}`));
  }
  rows.push([what, checks.length, wrong]);
  process.stderr.write(`${what}: ${checks.length} cases, ${wrong} wrong\n`);
}

async function upgrades(): Promise<void> {
  await part(
    "migrated to each later version: rows, schema, integrity",
    PAIRS.map(
      ({ from, to }) =>
        async () =>
          await checkPair(from, to),
    ),
  );
  await part(
    "opened by this version: rows, counts, `mvm verify`",
    VERSIONS.map((version) => async () => await checkOpening(version)),
  );
  await part(
    "synced on by this version: equal to the node's truth, `mvm verify --all`",
    VERSIONS.map((version) => async () => await checkResuming(version)),
  );
}

/** Versions whose code is not at hand are no cases. */
async function withOldCode(): Promise<void> {
  for (const to of OLDER.slice(1)) {
    using tree = await openTree(to);
    if (tree === null) continue;
    await part(
      `synced on by the code of version ${to}`,
      PAIRS.filter((pair) => pair.to === to).map(
        ({ from }) =>
          async () =>
            await checkWithTree(tree.path, from, to),
      ),
    );
  }
}

async function drafts(): Promise<void> {
  const found = await findDrafts();
  await part(
    "a draft of a version from the history: refused, naming what it lacks",
    found.map(
      ({ commit, migrations }) =>
        async () =>
          await Promise.resolve(checkDraft(commit, migrations)),
    ),
  );
}

async function failures(): Promise<void> {
  await part(
    "an error thrown inside the last step: as before",
    VERSIONS.map((version) => async () => await checkThrown(version)),
  );
  const tried = await Promise.all(OLDER.map(checkFull));
  const sizes = tried.flatMap((found) => Array.from({ length: found.sizes }, () => found.faults));
  await part(
    "no room, from none to one page too few: as before",
    sizes.map((found) => async () => await Promise.resolve(found)),
  );
  const disks = await Promise.all(OLDER.map(checkFullDisk));
  const mounted = disks.filter((found) => found !== null);
  await part(
    "a full disk, later freed: as before, then upgraded",
    mounted.map((found) => async () => await Promise.resolve(found)),
  );
}

async function held(): Promise<void> {
  await part(
    "held open by a reader: goes through, the reader reads on",
    OLDER.map((version) => async () => await checkReader(version)),
  );
  await part(
    "held by who keeps others out: says so, changes nothing",
    OLDER.flatMap((version) =>
      (["writer", "reader"] as const).map((kind) => async () => await checkHolder(version, kind)),
    ),
  );
}

async function refusals(): Promise<void> {
  await part(
    "a newer version: refused with the next step, every byte as before",
    COMMANDS.flatMap((words) =>
      UNKNOWN_VERSIONS.flatMap((version) =>
        (["settled", "logged"] as const).map(
          (state) => async () => await checkRefusal(words, version, state),
        ),
      ),
    ),
  );
  await part(
    "a newer version in the way of an import",
    UNKNOWN_VERSIONS.map((version) => async () => await checkImportRefusal(version)),
  );
}

async function describeVersions(): Promise<string> {
  const kept = await readManifest();
  const lines = kept.map(async ({ version, commit }): Promise<(string | number)[]> => {
    using folder = temporaryFolder();
    const content = contentOf(await unpackDatabase(version, folder.file("mvm.db")));
    const count = (name: string): number => content.get(name)?.length ?? 0;
    const of = ["blocks", "missed", "orphans", "tallies"].map(count);
    return [version, commit, content.size, ...of];
  });
  const head = ["version", "made by", "tables", "blocks", "missed slots", "orphans", "tallies"];
  return table(head, await Promise.all(lines));
}

if (process.argv.includes("--make")) {
  const version = await makeDatabase(join(import.meta.dir, "../.."));
  process.stderr.write(`made the database of version ${version}\n`);
} else {
  await upgrades();
  if (!process.argv.includes("--quick")) await withOldCode();
  await drafts();
  await failures();
  await held();
  await refusals();
  for (const each of faults) process.stderr.write(`wrong: ${each}\n`);
  const total = rows.reduce((sum, [, cases]) => sum + cases, 0);
  await writeSection(
    "migrations",
    [
      `${total} cases, ${faults.length} faults. Each database was made by the last code that had its version, from one seeded chain (seed "migrations") with reorganisations, epochs and a runtime upgrade.`,
      await describeVersions(),
      table(["what", "cases", "wrong"], rows),
      provenance("bun test/reliability/migrations.ts"),
    ].join("\n\n"),
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
