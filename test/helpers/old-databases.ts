// A database of every schema version, each made by the code of its time on one and the same chain.
import { writeFileSync } from "node:fs";

import { join } from "pathe";

import { type DevnetProcess, startDevnetProcess } from "./devnet-process.ts";

const DATABASES = join(import.meta.dir, "../fixtures/databases");

/** Written out in full: what a devnet does when not told may change, this chain may not. */
const CHAIN = [
  ...["--seed", "migrations", "--history", "300", "--end-slot", "297000340"],
  ...["--slots-per-epoch", "8", "--seats", "8", "--validators", "12", "--permissioned", "3"],
  ...["--miss-rate", "0.03", "--fork-rate", "0.01", "--fork-depth", "3", "--finality-lag", "2"],
  ...["--spec-version", "1000000", "--upgrade-at", "150", "--upgrade-to", "1001000"],
  // As devnets had them then.
  ...["--pruning", "archive", "--opaque-bodies"],
];

/** What happens while it is followed: branches that lose, one of them across the end of an epoch. */
export const FOLLOWED = ["step 10", "fork 2", "step 5", "fork 3 1", "step 12", "step 18"] as const;

/** The node those databases were made from, at the start of what was followed. */
export const startOldNode = async (...flags: string[]): Promise<DevnetProcess> =>
  await startDevnetProcess(...CHAIN, ...flags);

interface OldDatabase {
  version: number;
  /** The last commit that had this version, or the one it was made at. */
  commit: string;
  /** SHA-256 of the migration that leads to it. */
  migration: string;
}

const manifest = join(DATABASES, "manifest.json");

export async function readManifest(): Promise<OldDatabase[]> {
  if (!(await Bun.file(manifest).exists())) return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written below
  return (await Bun.file(manifest).json()) as OldDatabase[];
}

export async function addToManifest(entry: OldDatabase): Promise<void> {
  const others = (await readManifest()).filter(({ version }) => version !== entry.version);
  const all = [...others, entry].sort((a, b) => a.version - b.version);
  await Bun.write(manifest, `${JSON.stringify(all, null, 2)}\n`);
}

export function hashMigration(sql: string): string {
  return new Bun.CryptoHasher("sha256").update(sql).digest("hex");
}

export const packedPath = (version: number): string => join(DATABASES, `v${version}.db.zst`);

/** A copy of its own. */
export async function unpackDatabase(version: number, file: string): Promise<string> {
  const bytes = Bun.zstdDecompressSync(await Bun.file(packedPath(version)).bytes());
  writeFileSync(file, bytes);
  return file;
}
