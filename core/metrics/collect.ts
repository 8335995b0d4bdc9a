// From the file and the last look to the numbers that are exported.
import type { Database } from "bun:sqlite";

import type { ValidatorReport } from "../health/facts.ts";
import type { HealthReport } from "../health/health.ts";
import { readProduction } from "../queries/production.ts";
import type { End } from "../queries/summary.ts";
import { readEnds, readSize } from "../queries/summary.ts";
import { readOpenTroubles } from "../storage/alerts.ts";
import { readConstants, readIdentity, readMainchain } from "../storage/meta.ts";
import { readFinalized } from "../storage/position.ts";
import { readRecords } from "../storage/records.ts";
import { epochFirstSlot, epochOf, mainchainEpochAt, slotAt } from "../time.ts";
import type { EpochFigures, Snapshot, ValidatorFigures } from "./snapshot.ts";

/** A performance record older than two minutes says nothing of now. */
const RECORD_MS = 120_000;

/** `report`: the last look at node and validators, null before the first. */
export function collectSnapshot(
  db: Database,
  report: HealthReport | null,
  nowMs: number,
): Snapshot {
  const { last } = readEnds(db);
  const { missed, orphaned, unattributed } = readProduction(db);
  return {
    chain: readIdentity(db)?.name ?? "",
    ...lastFigures(last),
    finalizedBlock: readFinalized(db)?.number ?? null,
    ...nodeFigures(report, last?.number ?? 0),
    blocksPerSecond: readRate(db, nowMs),
    ...readEpochs(db, nowMs),
    ...{ unattributed, missed, orphaned, databaseBytes: readSize(db) },
    checks: report?.checks ?? [],
    openAlerts: countOpen(db),
    validators: (report?.facts.validators ?? []).map(figuresOf),
  };
}

function lastFigures(last: End | null): Pick<Snapshot, "lastBlock" | "lastBlockTimeMs"> {
  if (last === null) return { lastBlock: null, lastBlockTimeMs: null };
  return {
    lastBlock: last.number,
    lastBlockTimeMs: last.time === null ? null : Date.parse(last.time),
  };
}

/** The last look may be older than the last block stored. */
function nodeFigures(
  report: HealthReport | null,
  lastBlock: number,
): Pick<Snapshot, "nodeBlock" | "nodePeers"> {
  const { best = null, peers = null } = report?.facts.node ?? {};
  return { nodeBlock: best === null ? null : Math.max(best, lastBlock), nodePeers: peers };
}

function readRate(db: Database, nowMs: number): number | null {
  const records = readRecords(db, { sinceMs: nowMs - RECORD_MS });
  const rate = records.findLast(({ fields }) => "blocksPerSecond" in fields)?.fields[
    "blocksPerSecond"
  ];
  return typeof rate === "number" ? rate : null;
}

function readEpochs(
  db: Database,
  nowMs: number,
): { epoch: EpochFigures | null; mainchainEpoch: EpochFigures | null } {
  const chain = readConstants(db);
  const mainchain = readMainchain(db);
  let epoch: EpochFigures | null = null;
  if (chain !== null) {
    const slot = slotAt(nowMs, chain);
    const number = epochOf(slot, chain);
    epoch = { number, progress: (slot - epochFirstSlot(number, chain)) / chain.slotsPerEpoch };
  }
  if (mainchain === null) return { epoch, mainchainEpoch: null };
  const { firstEpochTimestampMs, epochDurationMs } = mainchain;
  const progress = ((nowMs - firstEpochTimestampMs) % epochDurationMs) / epochDurationMs;
  return { epoch, mainchainEpoch: { number: mainchainEpochAt(nowMs, mainchain), progress } };
}

function countOpen(db: Database): Record<string, number> {
  const counts: Record<string, number> = { warning: 0, critical: 0 };
  for (const { severity } of readOpenTroubles(db)) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}

function figuresOf(report: ValidatorReport): ValidatorFigures {
  const { id, total, made, missed, seats, nextSeats, registration, nextSlotTime } = report;
  return {
    ...{ id, blocks: total?.made ?? null, missed: total?.missed ?? null },
    ...{ orphaned: total?.orphaned ?? null, epochBlocks: made, epochMissed: missed },
    epochExpected: made === null || missed === null ? null : made + missed,
    ...{ seats, nextSeats },
    registered:
      registration === "unknown"
        ? null
        : registration === "permissioned" || registration === "registered",
    nextSlotTimeMs: nextSlotTime === null ? null : Date.parse(nextSlotTime),
    lastBlock: report.lastBlock,
  };
}
