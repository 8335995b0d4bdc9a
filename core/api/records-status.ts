// The answer of `mvm status` as a schema.
import type { HealthFacts, ValidatorReport } from "../health/facts.ts";
import type { HealthReport } from "../health/health.ts";
import type { KeyReport } from "../health/key-report.ts";
import type { MachineFacts } from "../health/machine.ts";
import type { Check } from "../health/report.ts";
import { CHECKS } from "../health/report.ts";
import type { JsonSchema } from "./schema.ts";
import { COUNT, FLAG, HEX, list, nullable, NUMBER, record, TEXT, TIME, words } from "./schema.ts";

const VERDICT = words("ok", "warning", "critical", "unknown");
const MAYBE_COUNT = nullable(COUNT);

const CHECK = record<Check>({
  name: words(...CHECKS),
  subject: nullable(TEXT),
  verdict: VERDICT,
  value: nullable(NUMBER),
  unit: nullable(
    words("ms", "s", "blocks", "slots", "seats", "peers", "keys", "nodes", "%", "bytes"),
  ),
  message: TEXT,
  hint: nullable(TEXT),
});

const KEY = record<KeyReport>({
  kind: words("sidechain", "aura", "grandpa"),
  key: HEX,
  held: FLAG,
  loaded: nullable(FLAG),
  registered: nullable(FLAG),
  seated: nullable(FLAG),
  stale: nullable(FLAG),
  marked: nullable(FLAG),
});

const VALIDATOR = record<ValidatorReport>({
  id: TEXT,
  label: nullable(TEXT),
  keystore: nullable(TEXT),
  keysProblem: nullable(TEXT),
  keys: list(KEY),
  registration: words("permissioned", "registered", "invalid", "pending", "none", "unknown"),
  registrationReason: nullable(TEXT),
  eligibleFrom: MAYBE_COUNT,
  stake: nullable(NUMBER),
  seats: MAYBE_COUNT,
  seatsTotal: MAYBE_COUNT,
  nextSeats: MAYBE_COUNT,
  nextSeatsTotal: MAYBE_COUNT,
  turns: MAYBE_COUNT,
  made: MAYBE_COUNT,
  missed: MAYBE_COUNT,
  orphaned: MAYBE_COUNT,
  total: nullable(
    record<NonNullable<ValidatorReport["total"]>>({ made: COUNT, missed: COUNT, orphaned: COUNT }),
  ),
  lastBlock: MAYBE_COUNT,
  nextSlot: MAYBE_COUNT,
  nextSlotTime: nullable(TIME),
  voting: nullable(FLAG),
});

const MACHINE = record<MachineFacts>({
  peerId: nullable(TEXT),
  address: nullable(TEXT),
  startedAt: nullable(TIME),
  peersIn: MAYBE_COUNT,
  peersOut: MAYBE_COUNT,
  bytesIn: nullable(NUMBER),
  bytesOut: nullable(NUMBER),
  poolReady: MAYBE_COUNT,
  load: nullable(NUMBER),
  memoryUsedPercent: nullable(NUMBER),
  diskFreePercent: nullable(NUMBER),
});

const PLACE = record<HealthFacts["sidechain"]>({ epoch: MAYBE_COUNT, slot: MAYBE_COUNT });

const FACTS = record<HealthFacts>({
  node: record<HealthFacts["node"]>({
    url: TEXT,
    chain: nullable(TEXT),
    version: nullable(TEXT),
    specVersion: MAYBE_COUNT,
    transport: nullable(words("websocket", "http")),
    latencyMs: MAYBE_COUNT,
    peers: MAYBE_COUNT,
    syncing: nullable(FLAG),
    best: MAYBE_COUNT,
    finalized: MAYBE_COUNT,
    target: MAYBE_COUNT,
    proposed: MAYBE_COUNT,
  }),
  machine: MACHINE,
  sidechain: PLACE,
  mainchain: PLACE,
  database: record<HealthFacts["database"]>({
    path: TEXT,
    first: MAYBE_COUNT,
    last: MAYBE_COUNT,
    lastTime: nullable(TIME),
    finalized: MAYBE_COUNT,
    bytes: MAYBE_COUNT,
  }),
  validators: list(VALIDATOR),
});

export const STATUS: JsonSchema = record<HealthReport>({
  at: TIME,
  worst: VERDICT,
  checks: list(CHECK),
  facts: FACTS,
});
