// Another program takes the database for itself while it is being written: a backup, a shell left open in a transaction.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";

import { startSync, storedHeights, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
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

test("at the start too, by a daemon; anyone else is told who must let go", async () => {
  await using devnet = await startSmallDevnet();
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  await syncOnce(devnet.url, file);
  const keystore = folder.file("keystore");
  mkdirSync(keystore);
  await devnet.writeKeystore(keystore, 0);
  const holder = new Database(file);
  holder.run("BEGIN IMMEDIATE");
  const words = ["--keystore", keystore, "--label", "home"];
  await using patient = startSync(devnet.url, file, ...words, "--daemon");
  await patient.until("the complaint", () => patient.log().includes("waiting for it"));
  patient.kill("SIGTERM");
  expect(await patient.exited).toBe(0);
  await using hasty = startSync(devnet.url, file, ...words);
  expect(await hasty.exited).toBe(74);
  expect(hasty.log()).toContain("locked by another program");

  holder.close();
  await using late = startSync(devnet.url, file, ...words, "--daemon");
  await devnet.step(5);
  await reachTip(devnet, late, file);
  expect(faultsIn(file, devnet)).toEqual([]);
}, 60_000);
