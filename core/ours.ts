// Our validators: which keys the operator says are ours, by configured entry.

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
}
