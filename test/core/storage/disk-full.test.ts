// A disk that fills up while a sync is under way: a small one of its own, made and mounted for the test.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { startSync, storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

function run(...command: string[]): boolean {
  return Bun.spawnSync(command, { stdio: ["ignore", "ignore", "ignore"] }).exitCode === 0;
}

const folder = temporaryFolder();
const disk = folder.path;
const mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
if (!mounted) process.stderr.write("no small disk can be mounted here: its test is skipped\n");

afterAll(() => {
  if (mounted) run("umount", disk);
  folder[Symbol.dispose]();
});

describe.skipIf(!mounted)("a full disk", () => {
  test("is said once; with space freed the sync goes on where it was, without a hole", async () => {
    await using devnet = await startSmallDevnet({ history: 3000 });
    const file = join(disk, "mvm.db");
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(850 * 1024));
    const slow = ["--batch-size", "50", "--concurrency", "1"];
    await using sync = startSync(devnet.url, file, ...slow);
    await sync.until("the complaint", () => sync.log().includes("no space left"));
    const stuck = storedHeights(file).last;
    expect(stuck).toBeLessThan(3000);
    // It tries again in vain at least once more before there is room.
    const requests = devnet.rpcCount()["system_version"] ?? 0;
    await sync.until(
      "another try",
      () => (devnet.rpcCount()["system_version"] ?? 0) > requests + 1,
    );
    expect(sync.log().match(/no space left/g)).toHaveLength(1);
    expect(sync.log()).toContain("free some space");
    expect(storedHeights(file).last).toBe(stuck);

    rmSync(ballast);
    run("mount", "-o", "remount,size=16m", disk);
    await sync.until("the tip", () => storedHeights(file).last === 3000);
    await sync.until("the good news", () => sync.log().includes("synced at"));
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
    const found = compareWithTruth(file, devnet.truth());
    expect(found).toMatchObject({ wrong: [], unknownAuthors: 0, unknownTurns: 0 });
    expect(checkInvariants(file)).toEqual([]);
  }, 60_000);
});
