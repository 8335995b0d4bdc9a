// All that is known of one of ours, before it is judged. Pure.
import type { OurValidator } from "../ours.ts";
import type { OurProduction } from "../queries/ours.ts";
import type { ScheduledSlot } from "../schedule.ts";
import { hasVoted } from "./observe-keys.ts";
import type { RegistrationFacts } from "./registration.ts";
import { findRegistration } from "./registration.ts";
import type { Situation } from "./situation.ts";
import type { Missing, Told } from "./told.ts";
import { missing, valueOf } from "./told.ts";
import type { Horizon } from "./turns.ts";
import { countTurns, findNextTurn, readHorizon } from "./turns.ts";

interface SeatCount {
  seats: number;
  total: number;
  epoch: number | null;
}

export interface ValidatorFacts {
  our: OurValidator;
  registration: Told<RegistrationFacts>;
  /** In the list in force. */
  committee: Told<SeatCount>;
  next: Told<SeatCount>;
  /** Turns in the whole of the present epoch, by the list in force; null = not known. */
  turns: number | null;
  /** First turn from now on; null value: none as far as the lists reach. */
  nextTurn: Told<{ turn: ScheduledSlot | null; horizon: Horizon }>;
  /** In the epoch of the last stored block. */
  production: OurProduction | null;
  /** `absent`: not among the voters. */
  votes: Told<"voting" | "silent" | "absent">;
}

export function gatherFacts(our: OurValidator, situation: Situation): ValidatorFacts {
  const { observation, file } = situation;
  const found = findRegistration(our, observation);
  const registration: Told<RegistrationFacts> = "missing" in found ? found : { value: found };
  const entry = valueOf(registration)?.entry ?? null;
  // A registered key of ours counts even where the keystore does not hold it.
  const aura = new Set([...our.aura, ...(entry === null ? [] : [entry.aura])]);
  const grandpa = new Set([...our.grandpa, ...(entry?.grandpa ? [entry.grandpa] : [])]);
  const horizon = readHorizon(situation);
  return {
    our,
    registration,
    committee: countCommittee(situation, aura, horizon),
    next: countNext(situation, aura),
    turns: "missing" in horizon ? null : countTurns(horizon.value, aura),
    nextTurn: map(horizon, (value) => ({ turn: findNextTurn(value, aura), horizon: value })),
    production: file?.production.get(our.id) ?? null,
    votes: map(observation.votes, ({ voters, looks }) => judgeVotes(voters, looks, grandpa)),
  };
}

function map<T, U>(told: Told<T>, change: (value: T) => U): Told<U> {
  return "missing" in told ? told : { value: change(told.value) };
}

function countCommittee(
  { observation: { authorities } }: Situation,
  aura: ReadonlySet<string>,
  horizon: Told<Horizon>,
): Told<SeatCount> {
  return map(authorities, (list) => ({
    seats: list.filter((key) => aura.has(key)).length,
    total: list.length,
    epoch: valueOf(horizon)?.epoch ?? null,
  }));
}

function countNext(
  { observation: { nextSeats } }: Situation,
  aura: ReadonlySet<string>,
): Told<SeatCount> {
  if ("missing" in nextSeats) return nextSeats;
  if (nextSeats.value === null) return { missing: NOT_SET };
  const { epoch, members } = nextSeats.value;
  const seats = members.filter((member) => aura.has(member.aura)).length;
  return { value: { seats, total: members.length, epoch } };
}

const NOT_SET: Missing = missing("failed", "the chain tells none yet").missing;

function judgeVotes(
  voters: readonly string[],
  looks: Parameters<typeof hasVoted>[0],
  grandpa: ReadonlySet<string>,
): "voting" | "silent" | "absent" {
  const voter = voters.find((key) => grandpa.has(key));
  if (voter === undefined) return "absent";
  return hasVoted(looks, voter) ? "voting" : "silent";
}
