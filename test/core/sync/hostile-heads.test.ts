// Heads are pushed, and a push is only what the node said: it may lie about a height, about finality, and at any rate.
import { expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { seeded } from "../../helpers/seeded.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { startSync, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";
import type { HostileNode } from "../../reliability/hostile-node.ts";
import { startHostileNode } from "../../reliability/hostile-node.ts";
import { complaints, faultsIn, grow, startSmallDevnet } from "../chain/small-devnet.ts";

const LONG_MS = 60_000;

interface Stage {
  devnet: Devnet;
  node: HostileNode;
  sync: SyncProcess;
  file: string;
}

/** A follower at the tip, behind a node that is honest until told otherwise. */
async function following(work: (stage: Stage) => Promise<void>): Promise<void> {
  await using devnet = await startSmallDevnet();
  await using node = startHostileNode(devnet, seeded(1));
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(node.url, file);
  await sync.until("the tip", () => sync.log().includes("synced at"));
  await grow(devnet, sync, file, 5);
  await work({ devnet, node, sync, file });
  sync.kill("SIGTERM");
  expect(await sync.exited).toBe(0);
  expect(faultsIn(file, devnet)).toEqual([]);
}

test(
  "a side head at another height than its parent's next is dropped, and costs no session",
  async () => {
    await following(async ({ devnet, node, sync, file }) => {
      const lie = (pushed: string): string =>
        pushed.includes("chain_allHead")
          ? pushed.replace(/"number":"0x([0-9a-f]+)"/, (_, digits: string) => {
              return `"number":"0x${(Number.parseInt(digits, 16) - 3).toString(16)}"`;
            })
          : pushed;
      expect(await node.flood(20, lie)).toBe(20);
      await grow(devnet, sync, file, 20);
      expect(complaints(sync.log())).toEqual([]);
    });
  },
  LONG_MS,
);

test(
  "a best head pushed as a final one is not kept as final",
  async () => {
    await following(async ({ devnet, node, sync, file }) => {
      let final = "";
      const lie = (pushed: string): string => {
        if (pushed.includes("chain_finalizedHead")) final = pushed;
        const best = /"result":(\{.*\})\}\}$/.exec(pushed)?.[1];
        if (final === "" || best === undefined) return pushed;
        return final.replace(/"result":\{.*\}\}\}$/, `"result":${best}}}`);
      };
      expect(await node.flood(40, lie)).toBe(40);
      // What is pushed later has been read after it.
      await devnet.step(1);
      await sync.until("the next block", () => storedHeights(file).last === devnet.truth().best);
      expect(storedHeights(file).finalized).toBeLessThanOrEqual(devnet.truth().finalized);
      expect(complaints(sync.log())).toEqual([]);
      await grow(devnet, sync, file, 5);
    });
  },
  LONG_MS,
);

test(
  "more heads at once than a chain has end the session, and the next one goes on",
  async () => {
    await following(async ({ devnet, node, sync, file }) => {
      const madeUp = (pushed: string, i: number): string =>
        pushed.replace(/"stateRoot":"[^"]+"/, `"stateRoot":"0x${String(i).padStart(64, "0")}"`);
      const sides = (pushed: string, i: number): string =>
        pushed.includes("chain_allHead") ? madeUp(pushed, i) : pushed;
      await node.flood(5000, sides);
      await sync.until("the complaint", () => sync.log().includes("more heads at once"));
      await grow(devnet, sync, file, 20);
      expect(complaints(sync.log())).toHaveLength(1);
    });
  },
  LONG_MS,
);

test(
  "where db-sync is away at first, its first list of candidates is no news of any of them",
  async () => {
    await using devnet = await startSmallDevnet({ dbSync: false });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const changes = (): unknown => {
      using db = openReadable(file);
      const listed = db.prepare("SELECT count(*) AS n FROM authorities WHERE stake > 0").get();
      return { listed, changes: db.prepare("SELECT * FROM key_changes").all() };
    };
    for (const isThere of [false, true, true]) {
      devnet.setDbSync(isThere);
      await using sync = startSync(devnet.url, file, "--once");
      expect(await sync.exited).toBe(0);
    }
    expect(changes()).toEqual({ listed: { n: 12 }, changes: [] });
  },
  LONG_MS,
);
