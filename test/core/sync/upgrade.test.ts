// Nodes of every age, and one that changes its runtime under way.
import { describe, expect, test } from "bun:test";

import { openReadable } from "../../../core/storage/open.ts";
import type { DevnetOptions } from "../../../examples/devnet/devnet.ts";
import { startSync, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import {
  complaints,
  faultsIn,
  grow,
  SLOTS_PER_EPOCH,
  startSmallDevnet,
} from "../chain/small-devnet.ts";

const LONG_MS = 60_000;

function rowsOf(file: string, sql: string): unknown[] {
  using db = openReadable(file);
  return db.prepare(sql).values();
}

/** How many keys have which identity. */
function identitiesOf(file: string): Record<string, number> {
  using db = openReadable(file);
  const rows = db
    .prepare<{ registration: string; n: number }, []>(
      "SELECT registration, count(*) AS n FROM authorities GROUP BY registration",
    )
    .all();
  return Object.fromEntries(rows.map(({ registration, n }) => [registration, n]));
}

const RUNTIMES = "SELECT * FROM runtimes ORDER BY from_block";

describe("a runtime upgrade", () => {
  test(
    "in the past is recorded from the first block the new runtime built",
    async () => {
      await using devnet = await startSmallDevnet({ upgradeAt: 150 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      // Batches that end before, at and after the upgrade.
      await syncOnce(devnet.url, file, "--batch-size", "25");
      expect(rowsOf(file, RUNTIMES)).toEqual([
        [1, 1_000_000],
        [151, 1_001_000],
      ]);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "is followed through, onto a runtime with another committee stage",
    async () => {
      const upgrade = { specVersion: 1_000_000, upgradeAt: 310, upgradeTo: 2_001_000 };
      await using devnet = await startSmallDevnet(upgrade);
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 2 * SLOTS_PER_EPOCH);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(complaints(sync.log())).toEqual([]);
      expect(rowsOf(file, RUNTIMES)).toEqual([
        [1, 1_000_000],
        [311, 2_001_000],
      ]);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "on a branch that loses is taken back with it",
    async () => {
      await using devnet = await startSmallDevnet({ upgradeAt: 303, finalityLag: 12, missRate: 0 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("following", () => sync.log().includes("synced at"));
      devnet.fork(6);
      await grow(devnet, sync, file, 30);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(sync.log()).toContain("reorganised");
      expect(rowsOf(file, RUNTIMES)).toEqual([
        [1, 1_000_000],
        [304, 1_001_000],
      ]);
      expect(faultsIn(file, devnet, 301)).toEqual([]);
    },
    LONG_MS,
  );
});

describe("a node", () => {
  const ages: [string, Partial<DevnetOptions>][] = [
    [
      "of runtime 0.12, whose committee states ids alone",
      { specVersion: 12_000, ariadneShape: "old" },
    ],
    [
      "of runtime 0.17, with keys in fields of their own",
      { specVersion: 17_000, ariadneShape: "old" },
    ],
    ["of runtime 0.18, with keys together", { specVersion: 18_000 }],
    ["of runtime 0.22", { specVersion: 22_000 }],
    ["of runtime 2.1", { specVersion: 2_001_000 }],
    ["whose status has no slot", { statusSlot: false }],
  ];
  for (const [what, options] of ages) {
    test(
      `${what} gives right authors and identities`,
      async () => {
        await using devnet = await startSmallDevnet({ history: 150, ...options });
        using folder = temporaryFolder();
        const file = folder.file("mvm.db");
        const said = await syncOnce(devnet.url, file);
        expect(complaints(said)).toEqual([]);
        expect(faultsIn(file, devnet)).toEqual([]);
        const identities = identitiesOf(file);
        expect(identities["permissioned"]).toBe(8);
        expect(identities["registered"]).toBeGreaterThan(8);
        expect(identities["unknown"]).toBeUndefined();
        const { aura, gran, sidechain } = devnet.validator(0);
        const keys = `SELECT '0x' || lower(hex(grandpa)), '0x' || lower(hex(sidechain))
        FROM authorities WHERE '0x' || lower(hex(aura)) = '${aura}'`;
        expect(rowsOf(file, keys)).toEqual([[gran, sidechain]]);
      },
      LONG_MS,
    );
  }

  for (const [cardano, firstEpoch] of [
    ["preview", 0],
    ["preprod", 4],
    ["mainnet", 208],
  ] as const) {
    test(
      `tied to Cardano ${cardano} tells that by its status`,
      async () => {
        await using devnet = await startSmallDevnet({ history: 20, cardano });
        using folder = temporaryFolder();
        const file = folder.file("mvm.db");
        await syncOnce(devnet.url, file);
        const [stored] = rowsOf(file, "SELECT value FROM meta WHERE key = 'mainchain'");
        expect(String(stored)).toContain(`"network":"${cardano}"`);
        expect(String(stored)).toContain(`"firstEpoch":${firstEpoch}`);
      },
      LONG_MS,
    );
  }

  test(
    "whose db-sync is down gives right authors, says what is missing and names them once it is back",
    async () => {
      // A committee of ids alone: without db-sync no key has an identity.
      await using devnet = await startSmallDevnet({ dbSync: false, specVersion: 12_000 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("the warning", () => sync.log().includes("main chain status not available"));
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 20);
      expect(faultsIn(file, devnet)).toEqual([]);
      expect(complaints(sync.log())).toHaveLength(1);
      expect(Object.keys(identitiesOf(file))).toEqual(["unknown"]);

      devnet.setDbSync(true);
      devnet.dropConnections();
      await sync.until("identities", () => identitiesOf(file)["permissioned"] === 8);
      expect(identitiesOf(file)["unknown"]).toBeUndefined();
      await grow(devnet, sync, file, 10);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(faultsIn(file, devnet)).toEqual([]);
    },
    LONG_MS,
  );
});
