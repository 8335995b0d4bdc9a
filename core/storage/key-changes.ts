// Changes of validators' keys and registrations: found against what is stored, and written beside it.
import type { Database } from "bun:sqlite";

import type { RegisteredCandidate, Registration } from "../types.ts";
import { toHex } from "./codes.ts";
import { CANDIDATES_LISTED, readMeta, writeMeta } from "./meta.ts";

type ChangeKind = "aura" | "grandpa" | "sidechain" | "registration";

/** When it was seen, and how far the chain was stored then. */
export interface Seen {
  atMs: number;
  block: number | null;
}

interface Change {
  source: "chain" | "keystore";
  /** Sidechain key, or the keystore's folder. */
  validator: string;
  kind: ChangeKind;
  before: string | null;
  after: string | null;
}

function writeChanges(db: Database, changes: readonly Change[], { atMs, block }: Seen): void {
  const insert = db.prepare(
    `INSERT INTO key_changes (seen_at_ms, at_block, source, validator, kind, before, after)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { source, validator, kind, before, after } of changes) {
    insert.run(atMs, block, source, validator, kind, before, after);
  }
}

/** One registration as it is stored: a sidechain key with the session keys that go with it. */
export interface StoredRegistration {
  sidechain: string;
  aura: string;
  grandpa: string | null;
  registration: Registration;
  invalidReason: string | null;
}

interface Row {
  sidechain: Uint8Array;
  aura: Uint8Array;
  grandpa: Uint8Array | null;
  registration: Registration;
  invalidReason: string | null;
}

/**
 * Registrations the last list of candidates had; keys no longer on it are left out. None before the first list: what is
 * stored by then are the members of a committee, and all the others would seem to be new.
 */
export function readRegistrations(db: Database): StoredRegistration[] {
  if (!wasListed(db)) return [];
  return db
    .prepare<Row, []>(
      `SELECT sidechain, aura, grandpa, registration, invalid_reason AS invalidReason
       FROM authorities WHERE sidechain IS NOT NULL AND registration NOT IN ('none', 'unknown')
       ORDER BY id`,
    )
    .all()
    .map((row) => ({
      ...row,
      sidechain: toHex(row.sidechain),
      aura: toHex(row.aura),
      grandpa: row.grandpa === null ? null : toHex(row.grandpa),
    }));
}

/** A file of an older mvm does not say so; there a stake can be from a list alone. */
function wasListed(db: Database): boolean {
  if (readMeta(db, CANDIDATES_LISTED) !== null) return true;
  return db.prepare("SELECT 1 FROM authorities WHERE stake IS NOT NULL LIMIT 1").get() !== null;
}

/**
 * Writes what changed on the chain since the list before. A first list changes nothing: there is nothing to
 * compare it with. A validator is its sidechain key, which stays while session keys are rotated.
 */
export function writeChainChanges(
  db: Database,
  before: readonly StoredRegistration[],
  now: readonly RegisteredCandidate[],
  seen: Seen,
): number {
  if (before.length === 0) return 0;
  const old = Map.groupBy(before, ({ sidechain }) => sidechain);
  const current = new Map(
    now.flatMap((each) => (each.sidechain === null ? [] : [[each.sidechain, each]])),
  );
  const changes: Change[] = [];
  for (const [validator, each] of current) {
    const rows = old.get(validator) ?? [];
    // A key still seated may stand beside its successor; one that is there in either row did not change.
    const same = rows.find(({ aura }) => aura === each.aura) ?? rows.at(-1);
    const note = (kind: ChangeKind, was: string | null, is: string | null): void => {
      if (was !== is) changes.push({ source: "chain", validator, kind, before: was, after: is });
    };
    if (same !== undefined) {
      note("aura", same.aura, each.aura);
      note("grandpa", same.grandpa, each.grandpa);
    }
    note("registration", same === undefined ? null : inWords(same), inWords(each));
  }
  for (const [validator, rows] of old) {
    const last = rows.at(-1);
    if (current.has(validator) || last === undefined) continue;
    const was = inWords(last);
    changes.push({ source: "chain", validator, kind: "registration", before: was, after: "none" });
  }
  db.transaction(() => writeChanges(db, changes, seen))();
  return changes.length;
}

function inWords({
  registration,
  invalidReason,
}: StoredRegistration | RegisteredCandidate): string {
  return invalidReason === null ? registration : `${registration}: ${invalidReason}`;
}

/** Keys by kind, as a keystore names them. */
export type KeySet = Record<"aura" | "grandpa" | "sidechain", readonly string[]>;

/**
 * Writes how a keystore differs from the last time it was looked at, one row a key that came or went; and
 * remembers it. The first look changes nothing.
 */
export function writeKeystoreChanges(
  db: Database,
  keystore: string,
  keys: KeySet,
  seen: Seen,
): number {
  const name = `keystore ${keystore}`;
  const text = readMeta(db, name);
  const now = { aura: keys.aura, grandpa: keys.grandpa, sidechain: keys.sidechain };
  // Written below alone.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const before = text === null ? now : (JSON.parse(text) as KeySet);
  const changes = (["aura", "grandpa", "sidechain"] as const).flatMap((kind) => {
    const gone = before[kind].filter((key) => !now[kind].includes(key));
    const come = now[kind].filter((key) => !before[kind].includes(key));
    // A key that came while another went took its place.
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, i): Change => ({
      source: "keystore",
      validator: keystore,
      kind,
      before: gone[i] ?? null,
      after: come[i] ?? null,
    }));
  });
  if (text !== null && changes.length === 0) return 0;
  db.transaction(() => {
    writeChanges(db, changes, seen);
    writeMeta(db, name, JSON.stringify(now));
  })();
  return changes.length;
}
