// The numbers beside the verdicts, as screens and scripts want them. Plain data; null = not known.
import { findValue } from "../chain/metrics.ts";
import { epochOf, slotAt, slotTimeMs } from "../time.ts";
import type { KeyReport } from "./key-report.ts";
import { reportKeys } from "./key-report.ts";
import type { RegistrationState } from "./registration.ts";
import type { Situation } from "./situation.ts";
import { describeMissing, valueOf } from "./told.ts";
import type { ValidatorFacts } from "./validator-facts.ts";

export interface HealthFacts {
  node: {
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
  const { fileState, file } = situation;
  return {
    node: describeNode(situation),
    ...describeEpochs(situation),
    database: {
      path: fileState.kind === "read" ? fileState.facts.path : fileState.path,
      first: file?.first?.number ?? null,
      last: file?.last?.number ?? null,
      lastTime: file?.last?.time ?? null,
      finalized: file?.finalized ?? null,
      bytes: file?.bytes ?? null,
    },
    validators: validators.map((facts) => describeValidator(facts, situation)),
  };
}

function describeNode({ observation, nodeUrl }: Situation): HealthFacts["node"] {
  const { metrics, health, syncState, best, finalized, reachable } = observation;
  const scraped = metrics === null ? null : valueOf(metrics);
  const link = valueOf(reachable);
  return {
    url: nodeUrl,
    chain: valueOf(observation.chainName),
    version: valueOf(observation.version),
    specVersion: valueOf(observation.runtime)?.specVersion ?? null,
    transport: link?.transport ?? null,
    latencyMs: link === null ? null : Math.round(link.latencyMs),
    peers: valueOf(health)?.peers ?? null,
    syncing: valueOf(health)?.syncing ?? null,
    best: valueOf(best)?.number ?? null,
    finalized: valueOf(finalized)?.number ?? null,
    target: valueOf(syncState)?.highest ?? null,
    proposed: scraped === null ? null : findValue(scraped, "proposer_block_constructed_count"),
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
  const now = valueOf(committee);
  const then = valueOf(next);
  const vote = valueOf(votes);
  return {
    seats: now?.seats ?? null,
    seatsTotal: now?.total ?? null,
    nextSeats: then?.seats ?? null,
    nextSeatsTotal: then?.total ?? null,
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
