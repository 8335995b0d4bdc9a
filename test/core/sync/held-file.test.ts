// Another program takes the database for itself while it is being written: a backup, a shell left open in a transaction.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { startSync, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";
import { faultsIn, reachTip, startSmallDevnet } from "../chain/small-devnet.ts";

test("a file that another program holds is waited for, in the middle of it and at a new beginning", async () => {
  await using devnet = await startSmallDevnet();
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  const holder = new Database(file);
  holder.run("BEGIN IMMEDIATE");
  const before = storedHeights(file).last;
  devnet.dropConnections();
  await devnet.step(10);
  await sync.until("the complaint", () => sync.log().includes("is locked by another program"));
  expect(storedHeights(file).last).toBe(before);

  holder.close();
  await reachTip(devnet, sync, file);
  await sync.until("the good news", () => sync.log().includes("all is well again"));
  sync.kill("SIGTERM");
  expect(await sync.exited).toBe(0);
  expect(faultsIn(file, devnet)).toEqual([]);
}, 60_000);
