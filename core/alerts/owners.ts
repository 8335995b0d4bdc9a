// Which rows of the file are about which of our validators.
import type { Database } from "bun:sqlite";

import type { OurValidator } from "../ours.ts";
import { toHex } from "../storage/codes.ts";

export interface Owners {
  /** Row of `authorities` → validator. */
  byId: Map<number, string>;
  /** What key_changes calls it → validator. */
  byName: Map<string, string>;
}

/** `ours` null: whom the file marks as ours, by label. */
export function readOwners(db: Database, ours: readonly OurValidator[] | null): Owners {
  const rows = db
    .query<
      { id: number; aura: Uint8Array; sidechain: Uint8Array | null; label: string | null },
      []
    >("SELECT id, aura, sidechain, label FROM authorities WHERE ours = 1")
    .all();
  const byKey = new Map(ours?.flatMap(({ id, aura }) => aura.map((key) => [key, id] as const)));
  const byId = new Map<number, string>();
  const byName = new Map<string, string>();
  for (const { id, aura, sidechain, label } of rows) {
    const key = toHex(aura);
    const validator = byKey.get(key) ?? label ?? key;
    byId.set(id, validator);
    if (sidechain !== null) byName.set(toHex(sidechain), validator);
  }
  for (const { id, sidechain, keystore } of ours ?? []) {
    for (const key of sidechain) byName.set(key, id);
    if (keystore !== null) byName.set(keystore, id);
  }
  return { byId, byName };
}
