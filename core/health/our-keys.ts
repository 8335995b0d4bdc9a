// Which of the chain's entries are ours. Pure.
import type { OurValidator } from "../ours.ts";
import type { Candidate } from "../types.ts";

export function hasAnyKey({ aura, grandpa, sidechain }: OurValidator): boolean {
  return aura.length + grandpa.length + sidechain.length > 0;
}

/** Entries that name any key of this validator; those that name its sidechain key first. */
export function entriesOf<T extends Candidate>(our: OurValidator, candidates: readonly T[]): T[] {
  const bySidechain = candidates.filter(
    ({ sidechain }) => sidechain !== null && our.sidechain.includes(sidechain),
  );
  const bySession = candidates.filter(
    (each) =>
      !bySidechain.includes(each) &&
      (our.aura.includes(each.aura) ||
        (each.grandpa !== null && our.grandpa.includes(each.grandpa))),
  );
  return [...bySidechain, ...bySession];
}
