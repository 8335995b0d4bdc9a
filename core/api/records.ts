// What the API answers with, as schemas. A field more or less in a type is an error here.
import type { ScheduleAnswer, TurnAnswer } from "../ask/schedule.ts";
import type { NamedKey } from "../forecast.ts";
import type { AlertDelivery, AlertRecord } from "../queries/alerts.ts";
import type { BlockRecord } from "../queries/blocks.ts";
import type { EpochRecord } from "../queries/epochs.ts";
import type { EpochWords } from "../queries/leader.ts";
import type { MissedRecord } from "../queries/missed.ts";
import type { Validator } from "../queries/validators.ts";
import type { PredictionRecord } from "../storage/upcoming.ts";
import {
  ANYTHING,
  COUNT,
  FLAG,
  HEX,
  list,
  nullable,
  NUMBER,
  record,
  TEXT,
  TIME,
  words,
} from "./schema.ts";

const DATE = { epoch: nullable(COUNT), mainchainEpoch: nullable(COUNT), time: nullable(TIME) };

const OWNED = {
  authorAura: nullable(HEX),
  authorSidechain: nullable(HEX),
  label: nullable(TEXT),
  ours: FLAG,
};

export const BLOCK = record<BlockRecord>({
  number: COUNT,
  hash: HEX,
  parentHash: nullable(HEX),
  slot: COUNT,
  ...DATE,
  ...OWNED,
  attribution: words("unknown", "schedule", "seal"),
  sealVerified: nullable(FLAG),
  canonical: FLAG,
  finalized: FLAG,
  extrinsics: nullable(COUNT),
});

export const MISSED = record<MissedRecord>({
  slot: COUNT,
  ...DATE,
  ...OWNED,
  what: words("no block", "orphaned"),
  orphanHash: nullable(HEX),
});

export const VALIDATOR = record<Validator>({
  aura: HEX,
  auras: list(HEX),
  sidechain: nullable(HEX),
  grandpa: nullable(HEX),
  label: nullable(TEXT),
  ours: FLAG,
  registration: words("permissioned", "registered", "invalid", "none", "unknown"),
  blocks: COUNT,
  expected: COUNT,
  missed: COUNT,
  orphaned: COUNT,
  share: nullable(NUMBER),
  reliability: nullable(NUMBER),
  rank: nullable(COUNT),
  lastBlock: nullable(COUNT),
  lastBlockTime: nullable(TIME),
  sinceBlock: nullable(COUNT),
  sinceTime: nullable(TIME),
});

export const EPOCH = record<EpochRecord>({
  epoch: COUNT,
  time: nullable(TIME),
  mainchainEpoch: nullable(COUNT),
  seats: nullable(COUNT),
  committeeSize: nullable(COUNT),
  expected: COUNT,
  made: COUNT,
  missed: COUNT,
  orphaned: COUNT,
  reliability: nullable(NUMBER),
  blocks: COUNT,
  share: nullable(NUMBER),
  luck: nullable(NUMBER),
});

const SEVERITY = words("info", "warning", "critical");

export const ALERT = record<AlertRecord>({
  id: COUNT,
  time: TIME,
  action: words("raise", "recover", "note"),
  kind: TEXT,
  subject: nullable(TEXT),
  severity: SEVERITY,
  message: TEXT,
  details: ANYTHING,
  incident: COUNT,
  open: FLAG,
  deliveries: list(
    record<AlertDelivery>({
      channel: TEXT,
      state: words("pending", "sending", "sent", "dropped"),
      attempts: COUNT,
      sentAt: nullable(TIME),
      error: nullable(TEXT),
    }),
  ),
});

export const SCHEDULE = record<ScheduleAnswer>({
  now: TIME,
  slotNow: COUNT,
  source: words("node", "database"),
  lastBlock: COUNT,
  lastSlot: nullable(COUNT),
  lastBlockTime: nullable(TIME),
  stalled: FLAG,
  predictable: FLAG,
  expectedPerEpoch: nullable(NUMBER),
  validators: list(record<NamedKey>({ aura: HEX, label: nullable(TEXT) })),
  knownUntil: nullable(record<{ slot: number; time: string }>({ slot: COUNT, time: TIME })),
  slots: list(
    record<TurnAnswer>({
      slot: COUNT,
      time: TIME,
      epoch: COUNT,
      author: HEX,
      assumesBlockAt: nullable(COUNT),
    }),
  ),
  quiet: list(
    record<ScheduleAnswer["quiet"][number]>({
      from: TIME,
      to: TIME,
      seconds: NUMBER,
      orLonger: FLAG,
    }),
  ),
  epochs: list(
    record<EpochWords>({
      epoch: COUNT,
      whole: FLAG,
      leader: COUNT,
      ideal: nullable(NUMBER),
      luck: nullable(NUMBER),
      adopted: COUNT,
      confirmed: COUNT,
      missed: COUNT,
      ghosted: COUNT,
      stolen: nullable(COUNT),
    }),
  ),
  predictions: nullable(
    record<PredictionRecord>({ right: COUNT, wrong: COUNT, lastRight: nullable(FLAG) }),
  ),
  notes: list(TEXT),
});
