// sr25519 seals: a proof of who made a block that needs no state at all.
import type { Header } from "../types.ts";

/** Whether the key sealed the header. */
export type SealVerifier = (header: Header, auraKey: string) => boolean;

/**
 * Loads the signature library on first need: 40 ms and some 15 MB that a sync without seals
 * does not pay. The signed message is blake2-256 of the header without its seal, in the signing
 * context "substrate" (the library's).
 */
export async function loadSealVerifier(): Promise<SealVerifier> {
  const { cryptoWaitReady } = await import("@polkadot/util-crypto/crypto");
  const { sr25519Verify } = await import("@polkadot/util-crypto/sr25519/verify");
  await cryptoWaitReady();
  return (header, auraKey) => {
    const { seal } = header.digest;
    if (seal === null) return false;
    try {
      return sr25519Verify(header.preHash(), Buffer.from(seal, "hex"), auraKey);
    } catch {
      return false; // a key or signature that is no curve point: not the signer's
    }
  };
}
