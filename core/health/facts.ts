// The numbers beside the verdicts, as screens and scripts want them. Plain data; null = not known.
import type { Metrics } from "../chain/metrics.ts";
import { findValue } from "../chain/metrics.ts";
import { hideCredentials } from "../config/value.ts";
import { epochOf, slotAt, slotTimeMs } from "../time.ts";
import type { KeyReport } from "./key-report.ts";
import { reportKeys } from "./key-report.ts";
import type { MachineFacts } from "./machine.ts";
import { describeMachine } from "./machine.ts";
import type { RegistrationState } from "./registration.ts";
import type { Situation } from "./situation.ts";
import { describeMissing, pick, valueOf } from "./told.ts";
import type { ValidatorFacts } from "./validator-facts.ts";

export interface HealthFacts {
  node: {
    /** The one that answered; of several that do not, the preferred one. */
    url: string;
    chain: string | null;
    version: string | null;
    specVersion: number | null;
    transport: "websocket" | "http" | null;
    latencyMs: number | null;
    peers: number | null;
    syncing: boolean | null;
    best: number | null;
    finalized: number | null;
    /** Highest block the node has heard of. */
    target: number | null;
    /** Proposals built by the process since it started, by its metrics; not blocks of the chain. */
    proposed: number | null;
  };
  machine: MachineFacts;
  /** By the node's clock where it tells, else by ours. */
  sidechain: { epoch: number | null; slot: number | null };
  /** Of the latest Cardano block in the node's db-sync. */
  mainchain: { epoch: number | null; slot: number | null };
  database: {
    path: string;
    first: number | null;
    last: number | null;
    lastTime: string | null;
    finalized: number | null;
    bytes: number | null;
  };
  validators: ValidatorReport[];
}

export interface ValidatorReport {
  id: string;
  label: string | null;
  keystore: string | null;
  /** Why its keys could not be listed; null when they were. */
  keysProblem: string | null;
  keys: KeyReport[];
  registration: RegistrationState | "unknown";
  /** Why it is invalid, or why it is not known. */
  registrationReason: string | null;
  /** Cardano epoch from which a pending registration counts. */
  eligibleFrom: number | null;
  /** Lovelace. */
  stake: number | null;
  seats: number | null;
  seatsTotal: number | null;
  nextSeats: number | null;
  nextSeatsTotal: number | null;
  /** Turns in the whole of this epoch. */
  turns: number | null;
  /** Of the epoch of the last stored block, up to it. */
  made: number | null;
  missed: number | null;
  orphaned: number | null;
  /** Since the first stored block. */
  total: { made: number; missed: number; orphaned: number } | null;
  lastBlock: number | null;
  nextSlot: number | null;
  nextSlotTime: string | null;
  voting: boolean | null;
}

export function describeFacts(
  situation: Situation,
  validators: readonly ValidatorFacts[],
): HealthFacts {
  return {
    node: describeNode(situation),
    machine: describeMachine(situation.observation),
    ...describeEpochs(situation),
    database: describeDatabase(situation),
    validators: validators.map((facts) => describeValidator(facts, situation)),
  };
}

function describeNode({ observation }: Situation): HealthFacts["node"] {
  const { metrics, health, syncState, best, finalized, reachable, runtime } = observation;
  const proposed = (told: Metrics): number | null =>
    findValue(told, "proposer_block_constructed_count");
  return {
    url: hideCredentials(observation.url),
    chain: valueOf(observation.chainName),
    version: valueOf(observation.version),
    specVersion: pick(runtime, ({ specVersion }) => specVersion),
    transport: pick(reachable, ({ transport }) => transport),
    latencyMs: pick(reachable, ({ latencyMs }) => Math.round(latencyMs)),
    peers: pick(health, ({ peers }) => peers),
    syncing: pick(health, ({ syncing }) => syncing),
    best: pick(best, ({ number }) => number),
    finalized: pick(finalized, ({ number }) => number),
    target: pick(syncState, ({ highest }) => highest),
    proposed: metrics === null ? null : pick(metrics, proposed),
  };
}

function describeDatabase({ fileState, file }: Situation): HealthFacts["database"] {
  const path = fileState.kind === "read" ? fileState.facts.path : fileState.path;
  if (file === null) {
    return { path, first: null, last: null, lastTime: null, finalized: null, bytes: null };
  }
  const { first, last, finalized, bytes } = file;
  return {
    path,
    first: first?.number ?? null,
    last: last?.number ?? null,
    lastTime: last?.time ?? null,
    finalized,
    bytes,
  };
}

function describeEpochs({
  observation: { status },
  chain,
  nowMs,
}: Situation): Pick<HealthFacts, "sidechain" | "mainchain"> {
  const told = valueOf(status);
  const slot = told?.sidechain.slot ?? (chain === null ? null : slotAt(nowMs, chain));
  const epoch = slot === null || chain === null ? null : epochOf(slot, chain);
  return {
    sidechain: { epoch: told?.sidechain.epoch ?? epoch, slot },
    mainchain: told?.mainchain ?? { epoch: null, slot: null },
  };
}

function describeValidator(facts: ValidatorFacts, situation: Situation): ValidatorReport {
  const { our } = facts;
  return {
    id: our.id,
    label: our.label,
    keystore: our.keystore,
    keysProblem: our.problem ?? null,
    keys: reportKeys(facts, situation),
    ...describeRegistration(facts),
    ...describeSeats(facts),
    ...describeProduction(facts),
    ...describeTurn(facts, situation),
  };
}

function describeRegistration({
  registration,
}: ValidatorFacts): Pick<
  ValidatorReport,
  "registration" | "registrationReason" | "eligibleFrom" | "stake"
> {
  if ("missing" in registration) {
    const registrationReason = describeMissing(registration.missing);
    return { registration: "unknown", registrationReason, eligibleFrom: null, stake: null };
  }
  const { state, entry, newerInvalid, eligibleFrom } = registration.value;
  const invalid = state === "invalid" ? (entry?.invalidReason ?? null) : newerInvalid;
  return {
    registration: state,
    registrationReason: invalid,
    eligibleFrom,
    stake: entry?.stake ?? null,
  };
}

function describeSeats({
  committee,
  next,
  turns,
  votes,
}: ValidatorFacts): Pick<
  ValidatorReport,
  "seats" | "seatsTotal" | "nextSeats" | "nextSeatsTotal" | "turns" | "voting"
> {
  const vote = valueOf(votes);
  return {
    seats: pick(committee, ({ seats }) => seats),
    seatsTotal: pick(committee, ({ total }) => total),
    nextSeats: pick(next, ({ seats }) => seats),
    nextSeatsTotal: pick(next, ({ total }) => total),
    turns,
    voting: vote === "voting" ? true : vote === "silent" ? false : null,
  };
}

function describeProduction({
  production,
}: ValidatorFacts): Pick<ValidatorReport, "made" | "missed" | "orphaned" | "total" | "lastBlock"> {
  if (production === null) {
    return { made: null, missed: null, orphaned: null, total: null, lastBlock: null };
  }
  const { made, missed, orphaned, total, lastBlock } = production;
  return { made, missed, orphaned, total, lastBlock };
}

function describeTurn(
  { nextTurn }: ValidatorFacts,
  { chain }: Situation,
): Pick<ValidatorReport, "nextSlot" | "nextSlotTime"> {
  const turn = valueOf(nextTurn)?.turn ?? null;
  if (turn === null || chain === null) return { nextSlot: null, nextSlotTime: null };
  const time = new Date(slotTimeMs(turn.slot, chain)).toISOString();
  return { nextSlot: turn.slot, nextSlotTime: time };
}
