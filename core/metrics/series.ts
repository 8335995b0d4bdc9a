// The series themselves: names, help and how a snapshot fills them. Names follow what Midnight operators already use.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import type { Verdict } from "../health/report.ts";
import type { Snapshot, ValidatorFigures } from "./snapshot.ts";

/** Value of `mvm_check_status`: the monitoring-plugin numbers. */
const STATUS: Record<Verdict, number> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

const RPC_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** [name, help, value]; a value that is not known leaves the series out. */
type Row<T> = readonly [name: string, help: string, value: (from: T) => number | null];

const SECONDS = 1000;
function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / SECONDS;
}

const GAUGES: readonly Row<Snapshot>[] = [
  ["mvm_node_block_height", "Best block of the node.", (s) => s.nodeBlock],
  ["mvm_node_finalized_height", "Last finalized block.", (s) => s.finalizedBlock],
  ["mvm_node_peers", "Peers of the node.", (s) => s.nodePeers],
  ["mvm_node_synced", "1 when the node follows its chain.", (s) => verdictOf(s, "node.syncing")],
  ["mvm_sync_last_block", "Last block stored.", (s) => s.lastBlock],
  ["mvm_sync_last_block_time_seconds", "Its slot's time.", (s) => seconds(s.lastBlockTimeMs)],
  ["mvm_sync_blocks_behind", "Blocks of the node not stored yet.", blocksBehind],
  ["mvm_sync_rate_bps", "Blocks stored a second, over the last minute.", (s) => s.blocksPerSecond],
  ["mvm_sidechain_epoch", "Epoch of the last block.", (s) => s.epoch?.number ?? null],
  ["mvm_sidechain_epoch_progress", "Share of it gone, 0 to 1.", (s) => s.epoch?.progress ?? null],
  ["mvm_mainchain_epoch", "Cardano epoch.", (s) => s.mainchainEpoch?.number ?? null],
  [
    "mvm_mainchain_epoch_progress",
    "Share gone, 0 to 1.",
    (s) => s.mainchainEpoch?.progress ?? null,
  ],
  ["mvm_blocks_unattributed", "Stored blocks whose author is not known.", (s) => s.unattributed],
  ["mvm_missed_slots", "Slots without a canonical block, whole chain stored.", (s) => s.missed],
  ["mvm_orphaned_blocks", "Blocks seen off the canonical chain.", (s) => s.orphaned],
  ["mvm_database_bytes", "Size of the database.", (s) => s.databaseBytes],
];

const VALIDATOR_GAUGES: readonly Row<ValidatorFigures>[] = [
  ["mvm_validator_blocks_epoch", "Blocks made this epoch.", (v) => v.epochBlocks],
  ["mvm_validator_missed_epoch", "Slots missed this epoch.", (v) => v.epochMissed],
  ["mvm_validator_expected_epoch", "Turns so far this epoch.", (v) => v.epochExpected],
  ["mvm_validator_committee_seats", "Seats in the committee.", (v) => v.seats],
  ["mvm_validator_committee_seats_next", "Seats in the next committee.", (v) => v.nextSeats],
  ["mvm_validator_is_registered", "1 when registered or permissioned.", (v) => flag(v.registered)],
  ["mvm_validator_next_slot_time_seconds", "Next slot.", (v) => seconds(v.nextSlotTimeMs)],
  ["mvm_validator_last_block", "Number of its last block.", (v) => v.lastBlock],
];

/** Counts over all stored blocks. They can fall by a block in a reorganisation; `rate` takes that for a restart. */
const VALIDATOR_COUNTERS: readonly Row<ValidatorFigures>[] = [
  ["mvm_validator_blocks_total", "Canonical blocks made.", (v) => v.blocks],
  ["mvm_validator_missed_total", "Slots missed.", (v) => v.missed],
  ["mvm_validator_orphaned_total", "Blocks orphaned.", (v) => v.orphaned],
];

function flag(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}

function blocksBehind({ nodeBlock, lastBlock }: Snapshot): number | null {
  return nodeBlock === null || lastBlock === null ? null : Math.max(0, nodeBlock - lastBlock);
}

function verdictOf({ checks }: Snapshot, name: string): number | null {
  const verdict = checks.find((check) => check.name === name)?.verdict ?? "unknown";
  return verdict === "unknown" ? null : Number(verdict === "ok");
}

export interface Series {
  observeRequest: (method: string, ms: number, outcome: string) => void;
  /** A session ended, or a chore was left for later, for what the node said or did not say. */
  countRefusal: (reason: string) => void;
  render: (snapshot: Snapshot) => Promise<{ body: string; contentType: string }>;
}

export function openSeries(build: { version: string; commit: string }): Series {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectProcess(registry);
  const registers = [registry];
  const fillers = [
    fillNode(registers),
    fillValidators(registers),
    fillChecks(registers),
    fillAlerts(registers),
  ];
  const requests = new Histogram({
    ...{ name: "mvm_rpc_request_duration_seconds", help: "Requests to the node." },
    ...{ labelNames: ["method", "outcome"], buckets: RPC_BUCKETS, registers },
  });
  const refusals = new Counter({
    ...{ name: "mvm_node_refusals_total", help: "Sessions and chores the node's answers ended." },
    ...{ labelNames: ["reason"], registers },
  });
  new Gauge({
    ...{ name: "mvm_build_info", help: "Version of this mvm.", labelNames: ["version", "commit"] },
    registers,
  }).set(build, 1);
  return {
    observeRequest: (method, ms, outcome) => requests.observe({ method, outcome }, ms / SECONDS),
    countRefusal: (reason) => refusals.inc({ reason }),
    render: async (snapshot) => {
      for (const fill of fillers) fill(snapshot);
      return { body: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

type OpenMetrics = Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>;
type Fill = (snapshot: Snapshot) => void;

function fillNode(registers: OpenMetrics[]): Fill {
  const gauges = GAUGES.map(([name, help, value]) => ({
    gauge: new Gauge({ name, help, labelNames: ["chain"], registers }),
    value,
  }));
  return (snapshot) => {
    for (const { gauge, value } of gauges) {
      gauge.reset();
      const known = value(snapshot);
      if (known !== null) gauge.set({ chain: snapshot.chain }, known);
    }
  };
}

function fillValidators(registers: OpenMetrics[]): Fill {
  const labelNames = ["chain", "validator"] as const;
  const gauges = VALIDATOR_GAUGES.map(([name, help, value]) => ({
    gauge: new Gauge({ name, help, labelNames, registers }),
    value,
  }));
  const counters = VALIDATOR_COUNTERS.map(([name, help, value]) => ({
    counter: new Counter({ name, help, labelNames, registers }),
    value,
  }));
  return ({ chain, validators }) => {
    for (const { gauge, value } of gauges) {
      gauge.reset();
      for (const each of validators) {
        const known = value(each);
        if (known !== null) gauge.set({ chain, validator: each.id }, known);
      }
    }
    for (const { counter, value } of counters) {
      counter.reset();
      for (const each of validators) {
        const known = value(each);
        if (known !== null) counter.inc({ chain, validator: each.id }, known);
      }
    }
  };
}

function fillChecks(registers: OpenMetrics[]): Fill {
  const status = new Gauge({
    ...{ name: "mvm_check_status", help: "0 ok, 1 warning, 2 critical, 3 unknown." },
    ...{ labelNames: ["check", "validator"], registers },
  });
  const numbers = new Gauge({
    ...{ name: "mvm_check_value", help: "The number behind a check, in its unit." },
    ...{ labelNames: ["check", "validator", "unit"], registers },
  });
  return ({ checks }) => {
    status.reset();
    numbers.reset();
    for (const { name, subject, verdict, value, unit } of checks) {
      const labels = { check: name, validator: subject ?? "" };
      status.set(labels, STATUS[verdict]);
      if (value !== null) numbers.set({ ...labels, unit: unit ?? "" }, value);
    }
  };
}

function fillAlerts(registers: OpenMetrics[]): Fill {
  const open = new Gauge({
    ...{ name: "mvm_alerts_open", help: "Alerts not ended.", labelNames: ["severity"], registers },
  });
  return ({ openAlerts }) => {
    open.reset();
    for (const [severity, count] of Object.entries(openAlerts)) open.set({ severity }, count);
  };
}

/** The library's own figures, without those of V8's heap: there is none here, and zeros are no answer. */
function collectProcess(registry: OpenMetrics): void {
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    if (!name.startsWith("process_")) registry.removeSingleMetric(name);
  }
}
