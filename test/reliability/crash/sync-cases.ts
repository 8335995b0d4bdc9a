// Cases of a sync: the first one, one beside the Rust tool's file, one that follows a chain that reorganises.
import { Database } from "bun:sqlite";
import { copyFileSync } from "node:fs";

import { join } from "pathe";

import { placeDatabase } from "../../../core/storage/rust-file.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "../../core/chain/small-devnet.ts";
import { writeRustDatabase } from "../../core/import/rust-database.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { sameBytes } from "./folder.ts";
import type { Case } from "./world.ts";
import { checkSynced, resume, writer } from "./world.ts";

/** In as many commits as its batches are small. */
export const catchUp = (
  name: string,
  history: number,
  batch: number,
  /** A name in the writer's list of what must be found out. */
  broken = "",
): Case => ({
  name,
  open: async () => {
    const devnet = await startSmallDevnet({ history, forkRate: 0.02 });
    const truth = devnet.truth();
    return {
      program: (folder) =>
        writer("catch-up", devnet.url, join(folder, "mvm.db"), String(batch), broken),
      check: async (folder, said) =>
        await checkSynced(join(folder, "mvm.db"), said, devnet.url, truth),
      [Symbol.asyncDispose]: async () => await devnet.stop(),
    };
  },
});

/** The Rust tool's file lies where ours is configured to be: ours is made beside it. */
export const besideTheirs: Case = {
  name: "first sync beside the Rust tool's file",
  open: async () => {
    const devnet = await startSmallDevnet({ history: 40 });
    const truth = devnet.truth();
    const place = temporaryFolder();
    const theirs = place.file("mvm.db");
    writeRustDatabase(devnet, { file: theirs, slotsPerEpoch: SLOTS_PER_EPOCH });
    const ours = (folder: string): string => placeDatabase(join(folder, "mvm.db")).path;
    return {
      prepare: (folder) => copyFileSync(theirs, join(folder, "mvm.db")),
      program: (folder) => writer("catch-up", devnet.url, ours(folder), "20"),
      check: async (folder, said) => {
        const file = ours(folder);
        const found = await checkSynced(file, said, devnet.url, truth);
        const placed = file === join(folder, "mvm.v3.db") ? [] : [`ours is looked for at ${file}`];
        const changed = sameBytes(theirs, join(folder, "mvm.db"));
        return { ...found, faults: [...found.faults, ...placed, ...changed] };
      },
      [Symbol.asyncDispose]: async () => {
        place[Symbol.dispose]();
        await devnet.stop();
      },
    };
  },
};

/** Branches that lose, by how many blocks; 0: none. */
const FORKS = [0, 1, 0, 3, 0, 2];
const SLOTS_EACH = 6;

/** Followed block by block, an epoch's end among them. */
export const follow: Case = {
  name: "follow, with reorganisations",
  moves: true,
  open: async () => {
    const devnet = await startSmallDevnet({ history: 40 });
    return {
      program: (folder) => writer("follow", devnet.url, join(folder, "mvm.db"), "20"),
      drive: async (traced) => {
        await traced.reached(devnet.truth().best);
        for (const depth of FORKS) {
          if (depth > 0) devnet.fork(depth);
          for (let i = 0; i < SLOTS_EACH; i++) {
            await devnet.step();
            await traced.reached(devnet.truth().best);
          }
        }
      },
      check: async (folder, said) =>
        await checkSynced(join(folder, "mvm.db"), said, devnet.url, devnet.truth()),
      [Symbol.asyncDispose]: async () => await devnet.stop(),
    };
  },
};

/** Somebody reads on while the writer is ended, and while the next one resumes: what they share in memory is not made anew. */
export const underReader: Case = {
  name: "sync, while a reader holds the file open",
  open: async () => {
    const devnet = await startSmallDevnet({ history: 60 });
    const place = temporaryFolder();
    const before = place.file("mvm.db");
    await resume(devnet.url, before);
    await devnet.step(60);
    const truth = devnet.truth();
    let reader: Database | null = null;
    const settle = (): void => {
      reader?.close();
      reader = null;
    };
    return {
      prepare: (folder) => {
        settle();
        const file = join(folder, "mvm.db");
        copyFileSync(before, file);
        reader = new Database(file, { readonly: true });
        reader.query("SELECT count(*) FROM blocks").get();
      },
      program: (folder) => writer("catch-up", devnet.url, join(folder, "mvm.db"), "10"),
      check: async (folder, said) => {
        const found = await checkSynced(join(folder, "mvm.db"), said, devnet.url, truth);
        settle();
        return found;
      },
      settle,
      [Symbol.asyncDispose]: async () => {
        settle();
        place[Symbol.dispose]();
        await devnet.stop();
      },
    };
  },
};
