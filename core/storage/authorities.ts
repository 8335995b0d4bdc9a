// The dictionary of Aura keys: 32 bytes once, a small id everywhere else.
import type { Database } from "bun:sqlite";

import type { Authorities, Candidate, RegisteredCandidate } from "../types.ts";
import { decodeSeats, encodeSeats, toBytes, toHex } from "./codes.ts";
import { CANDIDATES_LISTED, writeMeta } from "./meta.ts";

export interface KeyDictionary {
  idOf: (aura: string) => number;
  keyOf: (id: number) => string;
  /** All keys ever met, by id. */
  keys: () => string[];
  encode: (authorities: Authorities) => Buffer;
  decode: (seats: Uint8Array) => Authorities;
  /** Ids given inside a transaction that was rolled back are not real. */
  forget: () => void;
}

export function openDictionary(db: Database): KeyDictionary {
  // Candidates add keys beside us, so a key new to this dictionary may be in the table already.
  const insert = db.prepare<{ id: number }, [Uint8Array]>(
    "INSERT INTO authorities (aura) VALUES (?) ON CONFLICT (aura) DO UPDATE SET aura = aura RETURNING id",
  );
  const select = db.prepare<{ id: number; aura: Uint8Array }, []>(
    "SELECT id, aura FROM authorities",
  );
  const ids = new Map<string, number>();
  const keys = new Map<number, string>();

  function remember(id: number, aura: string): number {
    ids.set(aura, id);
    keys.set(id, aura);
    return id;
  }

  function load(): void {
    ids.clear();
    keys.clear();
    for (const row of select.all()) remember(row.id, toHex(row.aura));
  }

  function idOf(aura: string): number {
    const known = ids.get(aura);
    if (known !== undefined) return known;
    const row = insert.get(toBytes(aura));
    if (row === null) throw new Error(`no id for ${aura}`);
    return remember(row.id, aura);
  }

  load();
  return {
    idOf,
    keyOf: (id) => keys.get(id) ?? "",
    keys: () => {
      load();
      return [...ids.keys()];
    },
    encode: (authorities) => encodeSeats(authorities.map(idOf)),
    decode: (seats) => decodeSeats(seats).map((id) => keys.get(id) ?? ""),
    forget: load,
  };
}

/** Writes which keys belong together; returns how many rows changed. */
export function writeCandidates(db: Database, candidates: readonly Candidate[]): number {
  const upsert = db.prepare(`
    INSERT INTO authorities (aura, sidechain, grandpa, registration) VALUES (?, ?, ?, ?)
    ON CONFLICT (aura) DO UPDATE
      SET sidechain = excluded.sidechain, grandpa = excluded.grandpa, registration = excluded.registration
      WHERE sidechain IS NOT excluded.sidechain OR grandpa IS NOT excluded.grandpa
        OR registration IS NOT excluded.registration`);
  return db.transaction(() => {
    let changes = 0;
    for (const { aura, sidechain, grandpa, registration } of candidates) {
      changes += upsert.run(
        toBytes(aura),
        sidechain === null ? null : toBytes(sidechain),
        grandpa === null ? null : toBytes(grandpa),
        registration,
      ).changes;
    }
    return changes;
  })();
}

/** Writes what the chain's list says of each candidate, its stake and its faults included. */
export function writeRegistrations(db: Database, candidates: readonly RegisteredCandidate[]): void {
  const update = db.prepare(
    `UPDATE authorities SET stake = ?2, invalid_reason = ?3
     WHERE aura = ?1 AND (stake IS NOT ?2 OR invalid_reason IS NOT ?3)`,
  );
  db.transaction(() => {
    writeCandidates(db, candidates);
    writeMeta(db, CANDIDATES_LISTED, "yes");
    for (const { aura, stake, invalidReason } of candidates) {
      update.run(toBytes(aura), stake, invalidReason);
    }
  })();
}

export interface OurKey {
  aura: string;
  label: string | null;
}

/** Marks exactly these Aura keys as ours. */
export function writeOurs(db: Database, ours: readonly OurKey[]): void {
  const add = db.prepare(`
    INSERT INTO authorities (aura, ours, label) VALUES (?, 1, ?)
    ON CONFLICT (aura) DO UPDATE SET ours = 1, label = excluded.label`);
  db.transaction(() => {
    db.run("UPDATE authorities SET ours = 0, label = NULL WHERE ours = 1");
    for (const { aura, label } of ours) add.run(toBytes(aura), label);
  })();
}

/** Keys that were candidates and no longer are. */
export function writeMissingCandidates(db: Database, candidates: readonly Candidate[]): void {
  const present = JSON.stringify(candidates.map((candidate) => candidate.aura.slice(2)));
  db.prepare(
    `
    UPDATE authorities SET registration = 'none', stake = NULL, invalid_reason = NULL
    WHERE registration <> 'none' AND lower(hex(aura)) NOT IN (SELECT value FROM json_each(?))`,
  ).run(present);
}

export interface ImportedName {
  /** Where the Aura key is not known, the sidechain key finds it. */
  aura: string | null;
  sidechain: string;
  label: string | null;
  ours: boolean;
}

/** Labels and marks another tool kept. Keys never met are added. Returns how many keys got one. */
export function writeNames(db: Database, names: readonly ImportedName[]): number {
  const find = db.prepare<{ id: number }, [Uint8Array]>(
    "SELECT id FROM authorities WHERE sidechain = ? ORDER BY id",
  );
  const add = db.prepare<{ id: number }, [Uint8Array, Uint8Array]>(
    `INSERT INTO authorities (aura, sidechain) VALUES (?, ?)
     ON CONFLICT (aura) DO UPDATE SET sidechain = coalesce(sidechain, excluded.sidechain) RETURNING id`,
  );
  const mark = db.prepare(
    "UPDATE authorities SET label = coalesce(?, label), ours = max(ours, ?) WHERE id = ?",
  );
  return db.transaction(() => {
    let count = 0;
    for (const { aura, sidechain, label, ours } of names) {
      if (label === null && !ours) continue;
      const ids = find.all(toBytes(sidechain)).map(({ id }) => id);
      const own = aura === null ? null : add.get(toBytes(aura), toBytes(sidechain));
      if (own !== null) ids.push(own.id);
      for (const id of new Set(ids)) count += mark.run(label, ours ? 1 : 0, id).changes;
    }
    return count;
  })();
}
