// Are the keys of one of ours where they must be: on disk, in the node, on the chain? Pure.
import { mainchainEpochTimeMs } from "../time.ts";
import type { RegisteredCandidate } from "../types.ts";
import type { Finding } from "./check.ts";
import { check, count, formatSeconds, unknown } from "./check.ts";
import type { RegistrationFacts } from "./registration.ts";
import type { Check } from "./report.ts";
import type { Situation } from "./situation.ts";
import { describeMissing, valueOf } from "./told.ts";
import type { ValidatorFacts } from "./validator-facts.ts";

export const KINDS = ["sidechain", "aura", "grandpa"] as const;
export type Kind = (typeof KINDS)[number];

export function checkKeys(facts: ValidatorFacts, situation: Situation): Check[] {
  const { id, keystore, problem } = facts.our;
  const named = keystore !== null || problem !== undefined;
  return [
    ...(named ? [checkKeystore(facts)] : []),
    check("validator.loaded", id, judgeLoaded(facts, situation)),
    check("validator.keys-match", id, judgeMatch(facts)),
    check("validator.registration", id, judgeRegistration(facts, situation)),
  ];
}

export function checkKeystore(facts: ValidatorFacts): Check {
  return check("validator.keystore", facts.our.id, judgeKeystore(facts));
}

function judgeKeystore({ our }: ValidatorFacts): Finding {
  if (our.problem !== undefined) {
    return {
      verdict: "warning",
      message: our.problem,
      hint: "mvm reads file names alone: permission to list the folder is enough",
    };
  }
  const absent = KINDS.filter((kind) => our[kind].length === 0);
  const value = KINDS.reduce((sum, kind) => sum + our[kind].length, 0);
  if (absent.length > 0) {
    return {
      verdict: "critical",
      value,
      unit: "keys",
      message: `no ${absent.join(" and no ")} key in ${our.keystore ?? "the keystore"}`,
      hint: "is it the keystore of this node? `mvm keys show`",
    };
  }
  const stale = value > KINDS.length ? "; old ones among them do no harm" : "";
  return { verdict: "ok", value, unit: "keys", message: `${count(value, "key")}${stale}` };
}

function judgeLoaded({ our, registration }: ValidatorFacts, { observation }: Situation): Finding {
  const { loaded } = observation;
  if ("missing" in loaded) {
    const hint =
      loaded.missing.reason === "unsafe"
        ? "nothing is wrong with that; ask on the node's machine if you must"
        : undefined;
    return unknown("whether the node has loaded them is not known", loaded.missing, hint);
  }
  const entry = valueOf(registration)?.entry ?? null;
  const absent = KINDS.filter((kind) => {
    // The registered key must be there; where none is known, any of its kind will do.
    const registered = our[kind].filter((key) => key === entry?.[kind]);
    const wanted = registered.length > 0 ? registered : our[kind];
    return wanted.length > 0 && !wanted.some((key) => loaded.value.get(key) === true);
  });
  if (absent.length === 0) return { verdict: "ok", message: "the node has loaded them" };
  return {
    verdict: "critical",
    message: `the node has not loaded the ${absent.join(" and ")} key`,
    hint: "does the node run on this keystore? compare --base-path and --keystore-path of the node",
  };
}

/** Kinds of keys whose registered one we do not hold. */
export function findWrongKeys(
  our: ValidatorFacts["our"],
  entry: RegisteredCandidate,
): { kind: Kind; registered: string }[] {
  return KINDS.flatMap((kind) => {
    const registered = entry[kind];
    return registered === null || our[kind].includes(registered) ? [] : [{ kind, registered }];
  });
}

function judgeMatch({ our, registration }: ValidatorFacts): Finding {
  if ("missing" in registration) {
    return unknown("the registered keys are not known", registration.missing);
  }
  const { entry } = registration.value;
  if (entry === null) return unknown("nothing to compare", "no key of ours is registered");
  const wrong = findWrongKeys(our, entry);
  if (wrong.length === 0) return { verdict: "ok", message: "ours are the registered keys" };
  const [first] = wrong;
  return {
    verdict: "critical",
    value: wrong.length,
    unit: "keys",
    message: `the registered ${wrong.map(({ kind }) => kind).join(" and ")} key is not ours: ${first?.registered ?? ""}`,
    hint: "put that key into the keystore, or register anew with the keys that are there; `mvm keys verify`",
  };
}

function judgeRegistration({ registration }: ValidatorFacts, situation: Situation): Finding {
  if ("missing" in registration) {
    const { reason } = registration.missing;
    const hint =
      reason === "db-sync" ? "the node asks its db-sync for it: see chain.db-sync" : undefined;
    return unknown("the registration is not known", describeMissing(registration.missing), hint);
  }
  const facts = registration.value;
  switch (facts.state) {
    case "permissioned":
      return { verdict: "ok", message: "permissioned candidate" };
    case "registered":
      return judgeRegistered(facts);
    case "pending":
      return { verdict: "ok", message: describePending(facts, situation) };
    case "invalid":
      return {
        verdict: "critical",
        message: `registered but INVALID: ${facts.entry?.invalidReason ?? "no reason is given"}`,
        hint: "StakeError: the pool needs stake; InvalidRegistrationData: register anew; it counts two Cardano epochs later",
      };
    case "none":
      return {
        verdict: "critical",
        message: "not registered: none of our keys is on the chain's list of candidates",
        hint: "register on Cardano, or check that these are the validator's keys: `mvm keys show`",
      };
  }
}

function judgeRegistered({ entry, newerInvalid }: RegistrationFacts): Finding {
  const stake = entry?.stake ?? null;
  const told = stake === null ? "" : `, stake ${formatStake(stake)}`;
  if (newerInvalid === null) return { verdict: "ok", message: `registered (valid)${told}` };
  return {
    verdict: "warning",
    message: `registered (valid)${told}; a newer registration is INVALID: ${newerInvalid}`,
    hint: "the older one still counts; register anew to replace the invalid one",
  };
}

function describePending({ eligibleFrom }: RegistrationFacts, situation: Situation): string {
  const { mainchain, nowMs } = situation;
  if (eligibleFrom === null || mainchain === null) return "registered, not yet eligible";
  const seconds = (mainchainEpochTimeMs(eligibleFrom, mainchain) - nowMs) / 1000;
  return `registered, eligible from Cardano epoch ${eligibleFrom} (in ${formatSeconds(seconds)})`;
}

/** Lovelace; a million of them is one coin, whatever network gives it its name. */
function formatStake(lovelace: number): string {
  return `${(lovelace / 1e6).toLocaleString("en", { maximumFractionDigits: 0 })} ADA`;
}
