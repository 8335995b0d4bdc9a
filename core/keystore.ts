// Our public keys: a keystore's from its file names alone, whose contents are secrets and never opened; or a list's.
import { readdirSync } from "node:fs";

import { MonitorError } from "./errors.ts";
import { parseHex, parseObject, parseString } from "./parse.ts";
import { readRegularFile } from "./regular-file.ts";

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

/**
 * The node's own list of its public keys, in either of its forms:
 * `{sidechain_pub_key, aura_pub_key, grandpa_pub_key}`, or since partner-chains 1.8
 * `{partner_chains_key, keys: {aura, gran}}`. Throws `config` when it is neither.
 */
export function readKeysFile(path: string): KeystoreKeys {
  try {
    const file = parseObject(readJson(path), path);
    const keys = parseObject(file["keys"] ?? {}, `${path}: keys`);
    return {
      aura: [parseKey(keys["aura"] ?? file["aura_pub_key"], `${path}: the Aura key`, 32)],
      grandpa: [parseKey(keys["gran"] ?? file["grandpa_pub_key"], `${path}: the GRANDPA key`, 32)],
      sidechain: [
        parseKey(
          file["partner_chains_key"] ?? file["sidechain_pub_key"],
          `${path}: the sidechain key`,
          33,
        ),
      ],
    };
  } catch (cause) {
    // What is in it is not repeated: a file named by mistake may be a key's, which holds the secret phrase.
    const what =
      cause instanceof MonitorError
        ? cause.message.replace(/, found .*$/s, "")
        : `cannot read the keys file ${path}${codeOf(cause)}`;
    throw new MonitorError("config", what, {
      hint: "name the node's partner-chains-public-keys.json; it holds public keys alone",
    });
  }
}

const LARGEST_KEYS_BYTES = 64 * 1024;

function readJson(path: string): unknown {
  const file = readRegularFile(path, LARGEST_KEYS_BYTES);
  if ("refused" in file) throw new MonitorError("config", `${path} is no list of keys`);
  const text = new TextDecoder().decode(file.bytes);
  try {
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- JSON.parse is typed any; unknown from here on
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new MonitorError("config", `${path} is no JSON`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
}

/** Tools differ on whether they write the 0x. */
function parseKey(value: unknown, path: string, bytes: number): string {
  const text = parseString(value, path);
  return parseHex(text.startsWith("0x") ? text : `0x${text}`, path, bytes);
}
