// The candidates: real keys, all derived from the seed.
import {
  cryptoWaitReady,
  ed25519PairFromSeed,
  encodeAddress,
  secp256k1PairFromSeed,
  sr25519PairFromSeed,
  sr25519Sign,
} from "@polkadot/util-crypto";

import { DRAW, draw, seedNumber, sequence } from "./random.ts";
import { blake2, toHex } from "./scale.ts";

export interface Candidate {
  index: number;
  permissioned: boolean;
  valid: boolean;
  /** Lovelace; 0 for permissioned candidates. */
  stake: number;
  auraPair: { publicKey: Uint8Array; secretKey: Uint8Array };
  gran: Uint8Array;
  sidechain: Uint8Array;
  mainchain: Uint8Array;
  auraHex: string;
  granHex: string;
  sidechainHex: string;
  mainchainHex: string;
  /** ss58 account made from the sidechain key. */
  accountId: string;
}

const systemRandom = crypto.getRandomValues.bind(crypto);

/** Key derivation costs about 2 ms a candidate; one process may start many devnets. */
const derived = new Map<string, Candidate[]>();

export async function deriveCandidates(
  seed: string,
  validators: number,
  permissioned: number,
): Promise<Candidate[]> {
  await cryptoWaitReady();
  const name = JSON.stringify([seed, validators, permissioned]);
  const known = derived.get(name);
  if (known) return known;
  const made = Array.from({ length: validators }, (_, index) =>
    deriveCandidate(seed, index, index < permissioned, index - permissioned),
  );
  derived.set(name, made);
  return made;
}

export function deriveCandidate(
  seed: string,
  index: number,
  permissioned: boolean,
  registeredIndex: number,
): Candidate {
  const secret = (kind: string): Buffer => blake2(Buffer.from(`${seed}|${kind}|${index}`));
  const auraPair = sr25519PairFromSeed(secret("aura"));
  const gran = ed25519PairFromSeed(secret("gran")).publicKey;
  const sidechain = secp256k1PairFromSeed(secret("sidechain")).publicKey;
  const mainchain = secret("mainchain");
  // A long-tailed stake: a few large pools, many small ones.
  const luck = draw(seedNumber(seed), DRAW.stake, index);
  const stake = permissioned ? 0 : Math.round(1_000_000_000 * (1 + 400 * luck ** 4));
  return {
    index,
    permissioned,
    valid: permissioned || registeredIndex % 40 !== 39,
    stake,
    auraPair,
    gran,
    sidechain,
    mainchain,
    auraHex: toHex(auraPair.publicKey),
    granHex: toHex(gran),
    sidechainHex: toHex(sidechain),
    mainchainHex: toHex(mainchain),
    accountId: encodeAddress(blake2(sidechain), 42),
  };
}

/**
 * An sr25519 signature that is the same each time. The library takes its nonce from
 * crypto.getRandomValues and offers no other way in, so the call is answered here, for the length
 * of one synchronous signature, from the hash of secret and message.
 */
export function signSeal(candidate: Candidate, message: Uint8Array): Uint8Array {
  const nonce = sequence(Buffer.concat([candidate.auraPair.secretKey, message]));
  crypto.getRandomValues = <T extends ArrayBufferView | null>(array: T): T => {
    if (array)
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(
        nonce.bytes(array.byteLength),
      );
    return array;
  };
  try {
    return sr25519Sign(message, candidate.auraPair);
  } finally {
    crypto.getRandomValues = systemRandom;
  }
}
