// What came and went in our keystores since the last start or reload.
import type { Database } from "bun:sqlite";

import type { KeySet } from "../storage/key-changes.ts";
import { writeKeystoreChanges } from "../storage/key-changes.ts";
import { readRange } from "../storage/position.ts";

/** Returns how many keys came, went or were replaced. */
export function recordKeystores(db: Database, keystores: ReadonlyMap<string, KeySet>): number {
  const seen = { atMs: Date.now(), block: readRange(db).last };
  let changes = 0;
  for (const [folder, keys] of keystores) changes += writeKeystoreChanges(db, folder, keys, seen);
  return changes;
}
