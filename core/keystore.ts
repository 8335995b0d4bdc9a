// Keys of a node's keystore, from file names alone. The contents are secrets and are never opened.
import { readdirSync } from "node:fs";

import { MonitorError } from "./errors.ts";

export interface KeystoreKeys {
  /** sr25519, 0x hex, 32 bytes. Several are normal: old ones stay behind. */
  aura: string[];
  grandpa: string[];
  /** Cross-chain (sidechain) ecdsa keys, 33 bytes. */
  sidechain: string[];
}

// Four letters of the key type, then the public key. Old tools printed an 0x between the two.
const FILE_NAME = /^(61757261|6772616e|63726368)(?:0x)?([0-9a-f]{64,66})$/i;
const KINDS = { "61757261": "aura", "6772616e": "grandpa", "63726368": "sidechain" } as const;

/** Throws `config` when the folder cannot be listed. */
export function readKeystore(path: string): KeystoreKeys {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (cause) {
    throw new MonitorError("config", `cannot list the keystore ${path}`, {
      hint: "name the node's keystore folder; list permission on the folder is enough",
      cause,
    });
  }
  const keys: KeystoreKeys = { aura: [], grandpa: [], sidechain: [] };
  for (const name of names) {
    const [, type, key] = FILE_NAME.exec(name) ?? [];
    if (type === undefined || key === undefined) continue;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pattern allows these three alone
    const kind = KINDS[type.toLowerCase() as keyof typeof KINDS];
    if (key.length !== (kind === "sidechain" ? 66 : 64)) continue;
    keys[kind].push(`0x${key.toLowerCase()}`);
  }
  return keys;
}
