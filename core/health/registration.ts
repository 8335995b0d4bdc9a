// How one of ours stands on the chain's list of candidates. Pure.
import type { OurValidator } from "../ours.ts";
import type { RegisteredCandidate } from "../types.ts";
import type { CandidateList, KeyFacts } from "./observe-keys.ts";
import { entriesOf } from "./our-keys.ts";
import type { Missing } from "./told.ts";

/** `pending`: on the list of a Cardano epoch to come, not yet on that of the present one. */
export type RegistrationState = "permissioned" | "registered" | "invalid" | "pending" | "none";

export interface RegistrationFacts {
  state: RegistrationState;
  /** The entry that counts; null for `none`. */
  entry: RegisteredCandidate | null;
  /** A newer registration of the same pool that does not count, in the chain's words; null: none. */
  newerInvalid: string | null;
  /** Cardano epoch from which a pending one counts. */
  eligibleFrom: number | null;
}

export function findRegistration(
  our: OurValidator,
  { candidates, later }: Pick<KeyFacts, "candidates" | "later">,
): RegistrationFacts | { missing: Missing } {
  if ("missing" in candidates) return candidates;
  const entries = entriesOf(our, candidates.value.candidates);
  // Of several valid ones the last listed is the newest.
  const entry = entries.findLast(({ registration }) => registration !== "invalid");
  if (entry !== undefined) {
    const newer = entries.find(
      ({ registration, pool }) =>
        registration === "invalid" && pool !== null && pool === entry.pool,
    );
    return {
      state: entry.pool === null ? "permissioned" : "registered",
      entry,
      newerInvalid: newer === undefined ? null : (newer.invalidReason ?? "no reason is given"),
      eligibleFrom: null,
    };
  }
  return findPending(our, later) ?? notValid(entries.at(-1));
}

function findPending(our: OurValidator, later: readonly CandidateList[]): RegistrationFacts | null {
  for (const { epoch, candidates } of later) {
    const entry = entriesOf(our, candidates).find(({ registration }) => registration !== "invalid");
    if (entry !== undefined) {
      return { state: "pending", entry, newerInvalid: null, eligibleFrom: epoch };
    }
  }
  return null;
}

function notValid(entry: RegisteredCandidate | undefined): RegistrationFacts {
  const state = entry === undefined ? "none" : "invalid";
  return { state, entry: entry ?? null, newerInvalid: null, eligibleFrom: null };
}
