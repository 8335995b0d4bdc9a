// The numbers beside the verdicts, as screens and scripts want them. Plain data; null = not known.
import { findValue } from "../chain/metrics.ts";
import { epochOf, slotAt, slotTimeMs } from "../time.ts";
import type { KeyReport } from "./key-report.ts";
import { reportKeys } from "./key-report.ts";
import type { RegistrationState } from "./registration.ts";
import type { Situation } from "./situation.ts";
import type { Told } from "./told.ts";
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
  const { our, production } = facts;
  const registration = valueOf(facts.registration);
  const turn = valueOf(facts.nextTurn)?.turn ?? null;
  const votes = valueOf(facts.votes);
  const time =
    turn === null || situation.chain === null ? null : slotTimeMs(turn.slot, situation.chain);
  return {
    id: our.id,
    label: our.label,
    keystore: our.keystore,
    keys: reportKeys(facts, situation),
    registration: registration?.state ?? "unknown",
    registrationReason: explain(facts.registration),
    eligibleFrom: registration?.eligibleFrom ?? null,
    stake: registration?.entry?.stake ?? null,
    seats: valueOf(facts.committee)?.seats ?? null,
    seatsTotal: valueOf(facts.committee)?.total ?? null,
    nextSeats: valueOf(facts.next)?.seats ?? null,
    nextSeatsTotal: valueOf(facts.next)?.total ?? null,
    turns: facts.turns,
    made: production?.made ?? null,
    missed: production?.missed ?? null,
    orphaned: production?.orphaned ?? null,
    total: production?.total ?? null,
    lastBlock: production?.lastBlock ?? null,
    nextSlot: turn?.slot ?? null,
    nextSlotTime: time === null ? null : new Date(time).toISOString(),
    voting: votes === "voting" ? true : votes === "silent" ? false : null,
  };
}

function explain(registration: ValidatorFacts["registration"]): string | null {
  if ("missing" in registration) return describeMissing(registration.missing);
  const { state, entry, newerInvalid } = registration.value;
  return state === "invalid" ? (entry?.invalidReason ?? null) : newerInvalid;
}
