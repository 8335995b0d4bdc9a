// The case of a migration: a file of an older version is opened by the present program.
import { Database } from "bun:sqlite";
import { copyFileSync } from "node:fs";

import { join } from "pathe";

import { MIGRATIONS } from "../../../core/storage/migrations.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { checkInvariants } from "../../helpers/compare.ts";
import { changedRows } from "../../helpers/old-content.ts";
import { FOLLOWED, startOldNode, unpackDatabase } from "../../helpers/old-databases.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { integrityOf } from "../old-versions.ts";
import type { Case, Checked } from "./world.ts";
import { compare, resume, textOf, writer } from "./world.ts";

const LATEST = MIGRATIONS.length;

export const migration = (version: number): Case => ({
  name: `migration from version ${version}`,
  open: async () => {
    const node = await startOldNode();
    for (const each of FOLLOWED) await node.command(each);
    const truth = await node.truth();
    const place = temporaryFolder();
    const before = await unpackDatabase(version, place.file("before.db"));
    return {
      prepare: (folder) => copyFileSync(before, join(folder, "mvm.db")),
      program: (folder) => writer("open", join(folder, "mvm.db")),
      check: async (folder) => {
        const file = join(folder, "mvm.db");
        const left = checkOpening(before, file, version);
        if (left.unopened) return left;
        try {
          await resume(node.url, file);
        } catch (error) {
          return { ...left, faults: [...left.faults, `does not resume: ${textOf(error)}`] };
        }
        return {
          ...left,
          faults: [...left.faults, ...compare(file, truth), ...checkInvariants(file)],
        };
      },
      [Symbol.asyncDispose]: async () => {
        place[Symbol.dispose]();
        await node[Symbol.asyncDispose]();
      },
    };
  },
});

/** One version or the other and the same rows, before and after the next attempt. */
function checkOpening(before: string, file: string, version: number): Checked {
  try {
    const found = versionOf(file);
    const faults = [...changedRows(before, file), ...integrityOf(file)];
    if (found !== version && found !== LATEST) faults.push(`version ${found} is left`);
    openWritable(file)[Symbol.dispose]();
    faults.push(...changedRows(before, file), ...checkInvariants(file));
    return { faults, unopened: false };
  } catch (error) {
    return { faults: [`does not open: ${textOf(error)}`], unopened: true };
  }
}

function versionOf(file: string): number | undefined {
  using db = new Database(file, { readonly: true });
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
}
