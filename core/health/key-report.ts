// Key by key: does the node hold it, is it registered, is it seated, does the file know it as ours? Pure.
import type { Kind } from "./checks-keys.ts";
import { findWrongKeys, KINDS } from "./checks-keys.ts";
import type { Situation } from "./situation.ts";
import { valueOf } from "./told.ts";
import type { ValidatorFacts } from "./validator-facts.ts";

export interface KeyReport {
  kind: Kind;
  /** 0x hex. */
  key: string;
  /** Among the operator's keys; false for a registered one that is not there. */
  held: boolean;
  /** By the node; null = not known. */
  loaded: boolean | null;
  registered: boolean | null;
  /** In the committee now or next (Aura), or among the voters (GRANDPA); null = not known. */
  seated: boolean | null;
  /** Held, but neither registered nor seated: left over from before. Null = not known. */
  stale: boolean | null;
  /** Marked as ours in the database (Aura); null: no database, or another kind of key. */
  marked: boolean | null;
}

export function reportKeys(facts: ValidatorFacts, situation: Situation): KeyReport[] {
  const { our, registration } = facts;
  const entry = valueOf(registration)?.entry ?? null;
  const wrong = entry === null ? [] : findWrongKeys(our, entry);
  return KINDS.flatMap((kind) => {
    const foreign = wrong.filter((each) => each.kind === kind).map((each) => each.registered);
    return [...our[kind], ...foreign].map((key): KeyReport => {
      const held = !foreign.includes(key);
      const registered = "missing" in registration ? null : entry?.[kind] === key;
      const seated = isSeated(kind, key, situation);
      return {
        kind,
        key,
        held,
        loaded: valueOf(situation.observation.loaded)?.get(key) ?? null,
        registered,
        seated,
        stale: !held ? false : isStale(registered, seated, kind),
        marked: isMarked(kind, key, situation),
      };
    });
  });
}

function isSeated(kind: Kind, key: string, { observation }: Situation): boolean | null {
  const { authorities, nextSeats, votes } = observation;
  const next = valueOf(nextSeats)?.members ?? [];
  if (next.some((member) => member[kind] === key)) return true;
  if (kind === "aura") return valueOf(authorities)?.includes(key) ?? null;
  if (kind === "grandpa") return valueOf(votes)?.voters.includes(key) ?? null;
  return null;
}

function isStale(registered: boolean | null, seated: boolean | null, kind: Kind): boolean | null {
  if (registered === true || seated === true) return false;
  // A sidechain key has no seat of its own: its registration alone tells.
  if (registered === null || (seated === null && kind !== "sidechain")) return null;
  return true;
}

function isMarked(kind: Kind, key: string, { file }: Situation): boolean | null {
  if (file === null || kind !== "aura") return null;
  return file.marked.some(({ aura }) => aura === key);
}
