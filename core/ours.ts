// Our validators: which keys the operator says are ours, by configured entry.
import { isCode } from "./errors.ts";
import type { KeystoreKeys } from "./keystore.ts";
import { readKeysFile, readKeystore } from "./keystore.ts";

/** One configured validator. Several keys of a kind are normal: old ones stay in a keystore. */
export interface OurValidator {
  /** Label, else the keystore's path, else the first key: unique among ours, stable across restarts. */
  id: string;
  label: string | null;
  /** Folder the keys were read from; null when they came from a keys file. */
  keystore: string | null;
  /** Aura keys, 0x hex. */
  aura: readonly string[];
  grandpa: readonly string[];
  /** Cross-chain (sidechain) keys, 33 bytes. */
  sidechain: readonly string[];
  /** Why its keys could not be read; absent when they were. */
  problem?: string;
}

/** One validator of the configuration: where its keys are named. */
export interface OurEntry {
  keystore_path: string | null;
  keys_file: string | null;
  label: string | null;
}

const NO_KEYS: KeystoreKeys = { aura: [], grandpa: [], sidechain: [] };

/**
 * Reads the names of our keys. What cannot be read is no reason to keep silent about the others: such an
 * entry has no keys and says why. Entries that name nothing are passed over.
 */
export function readOurs(entries: readonly OurEntry[]): OurValidator[] {
  const ours: OurValidator[] = [];
  for (const { keystore_path: keystore, keys_file: file, label } of entries) {
    if (keystore === null && file === null) continue;
    const problems: string[] = [];
    const stored = keystore === null ? NO_KEYS : attempt(() => readKeystore(keystore), problems);
    const listed = file === null ? NO_KEYS : attempt(() => readKeysFile(file), problems);
    const keys = {
      aura: union(stored.aura, listed.aura),
      grandpa: union(stored.grandpa, listed.grandpa),
      sidechain: union(stored.sidechain, listed.sidechain),
    };
    const id = label ?? keystore ?? keys.aura[0] ?? file ?? "";
    ours.push({
      id: unique(id, ours),
      label,
      keystore,
      ...keys,
      ...(problems.length === 0 ? {} : { problem: problems.join("; ") }),
    });
  }
  return ours;
}

function attempt(read: () => KeystoreKeys, problems: string[]): KeystoreKeys {
  try {
    return read();
  } catch (error) {
    if (!isCode(error, "config")) throw error;
    problems.push(error.message);
    return NO_KEYS;
  }
}

/** Sorted: a folder lists its files in any order. */
function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])].sort();
}

function unique(id: string, ours: readonly OurValidator[]): string {
  const same = ours.filter((each) => each.id === id || each.id.startsWith(`${id} #`)).length;
  return same === 0 ? id : `${id} #${same + 1}`;
}
