// The case of an import: whoever was stopped in it says the same words again.
import { Database } from "bun:sqlite";
import { copyFileSync } from "node:fs";

import { join } from "pathe";

import { MonitorError } from "../../../core/errors.ts";
import { importFromRust } from "../../../core/import/import.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "../../core/chain/small-devnet.ts";
import { writeRustDatabase } from "../../core/import/rust-database.ts";
import { openListLog } from "../../helpers/list-log.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { sameBytes } from "./folder.ts";
import type { Case, Checked } from "./world.ts";
import { checkLeft, checkSynced, textOf, writer } from "./world.ts";

const BLOCKS = 80;
/** Every seal is looked at when a sync goes on from what no node was asked about. */
const BLOCKS_ALONE = 16;

/** What the Rust tool kept: three labels and one mark. */
const NAMES = "SELECT count(label) AS labels, sum(ours) AS ours FROM authorities";

function missingNames(file: string): string[] {
  using db = new Database(file, { readonly: true });
  const found = db.query<{ labels: number; ours: number | null }, []>(NAMES).get();
  return found?.labels === 3 && found.ours === 1
    ? []
    : [`of labels and marks are left: ${JSON.stringify(found)}`];
}

async function importAgain(source: string, target: string, url: string): Promise<void> {
  try {
    await importFromRust(
      { source, target, nodes: url === "" ? null : [url], timeoutMs: 5000, dryRun: false },
      { log: openListLog("error"), onProgress: () => undefined },
      new AbortController().signal,
    );
  } catch (error) {
    // Done already: what is there is looked at.
    if (!(error instanceof MonitorError && error.code === "usage")) throw error;
  }
}

export const importing = (withNode: boolean): Case => ({
  name: `import ${withNode ? "with a node" : "by the file alone"}`,
  open: async () => {
    const devnet = await startSmallDevnet({ history: withNode ? BLOCKS : BLOCKS_ALONE });
    const truth = devnet.truth();
    const url = withNode ? devnet.url : "";
    const place = temporaryFolder();
    const theirs = place.file("theirs.db");
    writeRustDatabase(devnet, { file: theirs, slotsPerEpoch: SLOTS_PER_EPOCH });
    const check = async (folder: string): Promise<Checked> => {
      const [source, file] = [join(folder, "theirs.db"), join(folder, "mvm.db")];
      const left = checkLeft(file, 0);
      try {
        await importAgain(source, file, url);
        const faults = [...left.faults, ...missingNames(file), ...sameBytes(theirs, source)];
        const synced = await checkSynced(file, 0, devnet.url, truth, withNode);
        return { ...left, faults: [...faults, ...synced.faults] };
      } catch (error) {
        return { ...left, faults: [...left.faults, `not imported again: ${textOf(error)}`] };
      }
    };
    return {
      prepare: (folder) => copyFileSync(theirs, join(folder, "theirs.db")),
      program: (folder) => writer("import", join(folder, "theirs.db"), join(folder, "mvm.db"), url),
      check,
      [Symbol.asyncDispose]: async () => {
        place[Symbol.dispose]();
        await devnet.stop();
      },
    };
  },
});
