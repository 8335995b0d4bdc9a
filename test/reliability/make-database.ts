// Makes the database of one schema version: the code of a folder follows the chain of all of them, reorganisations included.
import { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import type { DevnetProcess } from "../helpers/devnet-process.ts";
import {
  addToManifest,
  FOLLOWED,
  hashMigration,
  packedPath,
  startOldNode,
} from "../helpers/old-databases.ts";

/** In the file as the name of the keystore: the same whoever makes it. */
const KEYSTORE = "/tmp/mvm-fixture-keystore";
const LONGEST_MS = 30_000;
const LONGEST_ALERT_MS = 150_000;

interface Tip {
  last: number | null;
  finalized: number | null;
}

function tipOf(file: string): Tip {
  try {
    using db = new Database(file, { readonly: true });
    const tip = db
      .query<Tip, []>(
        "SELECT (SELECT max(number) FROM blocks) AS last, (SELECT finalized_number FROM state) AS finalized",
      )
      .get();
    return tip ?? { last: null, finalized: null };
  } catch {
    return { last: null, finalized: null };
  }
}

async function caughtUp(node: DevnetProcess, file: string): Promise<void> {
  const { best, finalized } = await node.truth();
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    const tip = tipOf(file);
    if (tip.last === best && tip.finalized === finalized) return;
    if (performance.now() > deadline)
      throw new Error(`stays at ${JSON.stringify(tip)}, not at ${best} and ${finalized}`);
    await Bun.sleep(20);
  }
}

/** Of the node that is away, where the version knows of alerts; a lookout has to see it twice. */
async function alertRaised(file: string): Promise<void> {
  using db = new Database(file, { readonly: true });
  if (db.query("SELECT 1 FROM sqlite_schema WHERE name = 'alerts'").get() === null) return;
  const raised = db.query("SELECT 1 FROM deliveries");
  const deadline = performance.now() + LONGEST_ALERT_MS;
  while (raised.get() === null) {
    if (performance.now() > deadline) throw new Error("no alert was raised");
    await Bun.sleep(100);
  }
}

/** Alerts that are raised and go nowhere. A version that knows of none pays no heed. */
const ALERTS = {
  MVM_ALERTS_ENABLED: "true",
  MVM_ALERTS_NODE_DOWN_SECS: "1",
  MVM_ALERTS_WEBHOOK_URL: "http://127.0.0.1:1/nobody",
};

function startSyncOf(tree: string, node: DevnetProcess, file: string): AsyncDisposable {
  const words = ["-r", node.url, "-d", file, "-K", KEYSTORE, "--label", "ours since long"];
  const nobody = { HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" };
  const sync = Bun.spawn([process.execPath, join(tree, "commands/sync.ts"), ...words], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] ?? "", ...nobody, ...ALERTS },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      sync.kill("SIGTERM");
      await sync.exited;
    },
  };
}

/** Follows the chain of all old databases with the sync of a source tree. */
async function follow(tree: string, file: string): Promise<void> {
  rmSync(KEYSTORE, { recursive: true, force: true });
  mkdirSync(KEYSTORE, { recursive: true });
  try {
    await using node = await startOldNode("--keystore", KEYSTORE);
    {
      await using _sync = startSyncOf(tree, node, file);
      await caughtUp(node, file);
      for (const each of FOLLOWED.slice(0, -1)) {
        await node.command(each);
        await caughtUp(node, file);
      }
    }
    // Another key while nobody looked.
    writeFileSync(join(KEYSTORE, `61757261${"ab".repeat(32)}`), '"no secret"');
    await using _sync = startSyncOf(tree, node, file);
    await node.command(FOLLOWED.at(-1) ?? "");
    await caughtUp(node, file);
    await node.kill("SIGTERM");
    await alertRaised(file);
  } finally {
    rmSync(KEYSTORE, { recursive: true, force: true });
  }
}

/** One file, as small as it can be, without a log beside it. */
function settle(file: string): void {
  using db = new Database(file);
  for (const each of ["wal_checkpoint(TRUNCATE)", "integrity_check"]) db.run(`PRAGMA ${each}`);
  db.run("VACUUM");
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** The migrations a source tree has. */
export async function migrationsOf(tree: string): Promise<readonly string[]> {
  const script = `const { MIGRATIONS } = await import(${JSON.stringify(join(tree, "core/storage/migrations.ts"))});
    console.log(JSON.stringify(MIGRATIONS));`;
  const { stdout } = Bun.spawnSync([process.execPath, "-e", script], { cwd: tree });
  const found: unknown = JSON.parse(stdout.toString());
  if (!Array.isArray(found)) throw new Error(`${tree} has no migrations`);
  return found.map(String);
}

/** Adds the database of the version a source tree has, in place of one that may be there. Returns its version. */
export async function makeDatabase(tree: string): Promise<number> {
  const migrations = await migrationsOf(tree);
  const version = migrations.length;
  const folder = mkdtempSync(join(tmpdir(), "mvm-fixture-"));
  try {
    const file = join(folder, `v${version}.db`);
    await follow(tree, file);
    settle(file);
    const packed = await Bun.zstdCompress(await Bun.file(file).bytes(), { level: 19 });
    await Bun.write(packedPath(version), packed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const commit = Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: tree });
  await addToManifest({
    version,
    commit: commit.stdout.toString().trim().slice(0, 12),
    migration: hashMigration(migrations.at(-1) ?? ""),
  });
  return version;
}
