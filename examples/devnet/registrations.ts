// How each candidate stands on the list of candidates, and what an operator may change about it.
import { type Candidate, deriveCandidate } from "./keys.ts";

/**
 * - `later`: registered so lately that only later Cardano epochs list it
 * - `renewed`: valid, and registered anew with a mistake that does not count
 */
export type Standing = "valid" | "invalid" | "missing" | "later" | "renewed";

export interface Registrations {
  /** Where it differs from what the seed gave. */
  standing: Map<number, { standing: Standing; eligibleFrom: number }>;
  /** Indexes whose keys were replaced by those of another. */
  retired: Set<number>;
}

/** A registration counts from two Cardano epochs later on. */
export const EPOCHS_UNTIL_ELIGIBLE = 2;

export function openRegistrations(): Registrations {
  return { standing: new Map(), retired: new Set() };
}

/** As the list of one Cardano epoch has it. */
export function standingOf(
  registrations: Registrations,
  candidate: Candidate,
  mainchainEpoch: number,
): Exclude<Standing, "later"> {
  if (registrations.retired.has(candidate.index)) return "missing";
  const changed = registrations.standing.get(candidate.index);
  if (!changed) return candidate.valid ? "valid" : "invalid";
  if (changed.standing !== "later") return changed.standing;
  return mainchainEpoch >= changed.eligibleFrom ? "valid" : "missing";
}

export function mayBeSeated(
  registrations: Registrations,
  candidate: Candidate,
  mainchainEpoch: number,
): boolean {
  const standing = standingOf(registrations, candidate, mainchainEpoch);
  return standing === "valid" || standing === "renewed";
}

/**
 * New session keys for a validator, which keeps its other keys: a candidate of its own, so that what the
 * old keys made stays theirs. Returns its index.
 */
export function rotateKeys(
  seed: string,
  candidates: Candidate[],
  registrations: Registrations,
  index: number,
): number {
  const old = candidates[index];
  if (!old) throw new Error(`devnet: there is no validator ${index}`);
  const next = candidates.length;
  const fresh = deriveCandidate(seed, next, old.permissioned, 0);
  const { sidechain, sidechainHex, mainchain, mainchainHex, accountId, stake, valid } = old;
  candidates.push({
    ...fresh,
    ...{ sidechain, sidechainHex, mainchain, mainchainHex, accountId, stake, valid },
  });
  registrations.retired.add(index);
  return next;
}
