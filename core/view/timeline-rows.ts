// One line of the time line from one row of the file.
import type { Database } from "bun:sqlite";

import type { BlockRecord } from "../queries/blocks.ts";
import { decodeFlags, toHex } from "../storage/codes.ts";
import type { TimelineRow } from "./messages.ts";

export const NOTHING = {
  number: null,
  hash: null,
  author: null,
  label: null,
  ours: false,
  finalized: false,
  seal: null,
  extrinsics: null,
  slots: 1,
} satisfies Partial<TimelineRow>;

export function toRow(record: BlockRecord): TimelineRow {
  const { number, hash, slot, label, ours, finalized, extrinsics } = record;
  return {
    key: `block ${number}`,
    kind: "block",
    ...{ number, hash, slot, label, ours, finalized, extrinsics },
    author: record.authorAura,
    seal: record.sealVerified,
    slots: 1,
  };
}

/** Of two for one slot the canonical one comes first. */
export function newestFirst(a: TimelineRow, b: TimelineRow): number {
  return b.slot - a.slot || ORDER[a.kind] - ORDER[b.kind];
}

const ORDER = { block: 0, orphan: 1, missed: 2, skipped: 3 };

interface OrphanRecord {
  slot: number;
  aura: Uint8Array | null;
  label: string | null;
  ours: number | null;
  number: number;
  hash: Uint8Array;
  flags: number;
  extrinsics: number | null;
}

/** By slot: that has an index, a height has none. */
const ORPHANS = `
  SELECT o.number, o.hash, o.slot, o.flags, o.extrinsics, a.aura, a.label, a.ours
  FROM orphans o LEFT JOIN authorities a ON a.id = o.author WHERE o.slot BETWEEN ? AND ?`;

/** Blocks that lost, in these slots, both included. */
export function readOrphanRows(db: Database, from: number, to: number): TimelineRow[] {
  return db
    .query<OrphanRecord, [number, number]>(ORPHANS)
    .all(from, to)
    .map(({ number, slot, label, extrinsics, ...row }) => {
      const { seal } = decodeFlags(row.flags);
      const hash = toHex(row.hash);
      return {
        ...NOTHING,
        ...{ key: `orphan ${hash}`, kind: "orphan", number, hash, slot, label, extrinsics },
        author: row.aura === null ? null : toHex(row.aura),
        ours: row.ours === 1,
        seal: seal === "unchecked" ? null : seal === "verified",
      };
    });
}
