// Whose key an id of the `authorities` table is: read once, so that rows by the million need no join.
import type { Database } from "bun:sqlite";

import { toHex } from "../storage/codes.ts";

interface Owner {
  aura: string | null;
  sidechain: string | null;
  label: string | null;
  ours: boolean;
}

const NOBODY: Owner = { aura: null, sidechain: null, label: null, ours: false };

export type OwnerOf = (author: number | null) => Owner;

interface Row {
  id: number;
  aura: Uint8Array;
  sidechain: Uint8Array | null;
  label: string | null;
  ours: number;
}

export function readOwners(db: Database): OwnerOf {
  const owners = new Map<number | null, Owner>();
  for (const row of db
    .query<Row, []>("SELECT id, aura, sidechain, label, ours FROM authorities")
    .iterate()) {
    owners.set(row.id, {
      aura: toHex(row.aura),
      sidechain: row.sidechain === null ? null : toHex(row.sidechain),
      label: row.label,
      ours: row.ours === 1,
    });
  }
  return (author) => owners.get(author) ?? NOBODY;
}
