// sr25519 seals: a proof of who made a block that needs no state at all.
import type { Header } from "../types.ts";

/** Whether the key sealed the header. */
export type SealVerifier = (header: Header, auraKey: string) => boolean;

/** Whether the key (0x hex) signed the message; the seal is hex without 0x. */
type SignatureVerifier = (message: Uint8Array, seal: string, auraKey: string) => boolean;

/**
 * Loads the signature library on first need: 40 ms and some 15 MB that a sync without seals
 * does not pay. The signing context is "substrate" (the library's).
 */
export async function loadSignatureVerifier(): Promise<SignatureVerifier> {
  const { cryptoWaitReady } = await import("@polkadot/util-crypto/crypto");
  const { sr25519Verify } = await import("@polkadot/util-crypto/sr25519/verify");
  await cryptoWaitReady();
  return (message, seal, auraKey) => {
    try {
      return sr25519Verify(message, Buffer.from(seal, "hex"), auraKey);
    } catch {
      return false; // a key or signature that is no curve point: not the signer's
    }
  };
}

/** The signed message is blake2-256 of the header without its seal. */
export async function loadSealVerifier(): Promise<SealVerifier> {
  const fits = await loadSignatureVerifier();
  return (header, auraKey) => {
    const { seal } = header.digest;
    return seal !== null && fits(header.preHash(), seal, auraKey);
  };
}
