// Whole syncs over nodes and proxies that cannot do everything.
import { describe, expect, test } from "bun:test";

import type { Faults } from "../../../examples/devnet/devnet.ts";
import { startSync, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { complaints, faultsIn, grow, startSmallDevnet } from "./small-devnet.ts";

describe("a sync equals the truth", () => {
  const limits: [string, Partial<Faults>][] = [
    ["behind a proxy that refuses WebSocket upgrades", { rejectWebSocket: true }],
    ["without batches", { noBatch: true }],
    ["without lists of heights", { noHashList: true }],
    [
      "with HTTP alone, no batches and no lists",
      { rejectWebSocket: true, noBatch: true, noHashList: true },
    ],
    ["with WebSocket, no batches and no lists", { noBatch: true, noHashList: true }],
  ];
  for (const [what, faults] of limits) {
    test(`${what}, catching up and following`, async () => {
      await using devnet = await startSmallDevnet();
      devnet.setFaults(faults);
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      const said = await syncOnce(devnet.url, file);
      expect(said).toContain(faults.rejectWebSocket === true ? "by http" : "by websocket");

      await using sync = startSync(devnet.url, file, "--poll-interval", "1", "--timeout", "3000");
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 30);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(complaints(sync.log())).toEqual([]);
      expect(faultsIn(file, devnet)).toEqual([]);
    }, 30_000);
  }
});
