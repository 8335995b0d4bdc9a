// Our keys as an operator compares them: hex, and the SS58 address of each.
import type { Kind } from "./health/checks-keys.ts";
import { KINDS } from "./health/checks-keys.ts";
import type { OurValidator } from "./ours.ts";

interface ListedKey {
  kind: Kind;
  scheme: "ecdsa" | "sr25519" | "ed25519";
  /** 0x hex. */
  key: string;
  /** Address with the generic prefix 42; of an ecdsa key, that of its account. */
  ss58: string;
}

export interface KeyList {
  id: string;
  label: string | null;
  keystore: string | null;
  keys: ListedKey[];
  /** Why keys could not be read; null when they were. */
  problem: string | null;
}

const SCHEMES = { sidechain: "ecdsa", aura: "sr25519", grandpa: "ed25519" } as const;

/** Network-independent, which is what chains without a prefix of their own show. */
const GENERIC_PREFIX = 42;

export async function listKeys(ours: readonly OurValidator[]): Promise<KeyList[]> {
  // Loaded here alone: it takes longer than everything else a key list needs.
  const { encodeAddress } = await import("@polkadot/util-crypto/address/encode");
  return ours.map((our) => ({
    id: our.id,
    label: our.label,
    keystore: our.keystore,
    keys: KINDS.flatMap((kind) =>
      our[kind].map((key) => ({
        kind,
        scheme: SCHEMES[kind],
        key,
        ss58: encodeAddress(accountOf(key), GENERIC_PREFIX),
      })),
    ),
    problem: our.problem ?? null,
  }));
}

/** An account is 32 bytes: a 33-byte ecdsa key's is the hash of it. */
function accountOf(key: string): Uint8Array {
  const bytes = Uint8Array.fromHex(key.slice(2));
  return bytes.length === 32 ? bytes : Bun.CryptoHasher.hash("blake2b256", bytes);
}
