// The nouns. Plain data; imports nothing.

/** How a block's author became known. `schedule`: slot modulo committee; `seal`: a known key fits the seal. */
export type Attribution = "unknown" | "schedule" | "seal";

/** What checking the sr25519 seal said. `unchecked` is not a verdict. */
export type SealState = "unchecked" | "verified" | "mismatch";

export type Engine = "aura" | "babe";

/** What the digest logs of one header say. Source: header digest, see core/chain/digest.ts. */
export interface Digest {
  /** Absent in genesis only. */
  engine: Engine | null;
  /** Slot number since the Unix epoch; null in genesis only. */
  slot: number | null;
  /** BABE names the author's index; Aura computes it from the slot. */
  authorityIndex: number | null;
  /** The list in force *after* this block, when it rotates the committee. Aura keys, hex, in seat order. */
  newAuthorities: readonly string[] | null;
  /** Spec version of the runtime that built this block (MNSV log). */
  specVersion: number | null;
  /** Signature of the seal log, hex without 0x; null in genesis. */
  seal: string | null;
}

/** A header whose hash we computed ourselves from its SCALE bytes. Hashes are lower-case 0x hex. */
export interface Header {
  number: number;
  hash: string;
  parentHash: string;
  digest: Digest;
  /** What the seal signs: blake2-256 of the header without its seal log. Computed on demand. */
  preHash: () => Uint8Array;
}

export interface Block {
  header: Header;
  /** Number of extrinsics in the body; null when the body was not seen. */
  extrinsics: number | null;
}

/** Aura keys (0x hex) in seat order; duplicates are seats. */
export type Authorities = readonly string[];

/** A place in the chain from which the next block can be judged. */
export interface Position {
  number: number;
  hash: string;
  /** Null at genesis. */
  slot: number | null;
  /** The list in force for the *next* block; null = not known. */
  authorities: Authorities | null;
}

export interface MissedSlot {
  slot: number;
  /** Aura key whose turn it was; null = the list was not known. */
  author: string | null;
}

/** A block with everything that follows from its parent's state. */
export interface JudgedBlock extends Block {
  slot: number;
  author: string | null;
  attribution: Attribution;
  seal: SealState;
  /** Slots since the parent that no block filled. */
  missed: Iterable<MissedSlot>;
  /** The position after this block. */
  position: Position;
}

/** Constants read from the runtime, never written in code. */
export interface ChainConstants {
  slotDurationMs: number;
  slotsPerEpoch: number;
}

/** Cardano epoch arithmetic of the main chain this chain is tied to. */
export interface MainchainParams {
  network: string;
  firstEpochTimestampMs: number;
  firstEpoch: number;
  firstSlot: number;
  epochDurationMs: number;
  slotDurationMs: number;
}

/** Genesis hash alone is not an identity: a chain reset keeps it. Block 1 may not exist yet. */
export interface ChainIdentity {
  name: string;
  genesisHash: string;
  block1Hash: string | null;
}

export type Registration = "permissioned" | "registered" | "invalid" | "none" | "unknown";

/** One committee candidate or member: which keys belong together. All keys 0x hex. */
export interface Candidate {
  aura: string;
  sidechain: string | null;
  grandpa: string | null;
  registration: Registration;
}

/** A candidate as the chain lists it, with what it says of the registration. */
export interface RegisteredCandidate extends Candidate {
  /** Cardano key of the pool that registered it; null = permissioned. */
  pool: string | null;
  /** Lovelace; null = permissioned, or not told. */
  stake: number | null;
  /** Why it is invalid, in the chain's own words; null when it is valid or no reason is given. */
  invalidReason: string | null;
}
