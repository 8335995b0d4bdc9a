// The dashboard's facts as `--json` prints them. Its names are a contract: nothing of the screen is in it.
import type { Verdict } from "../core/health/report.ts";
import type { ChainConstants } from "../core/types.ts";
import type { TimelineRow, Turns } from "../core/view/messages.ts";
import type { Known } from "./feed.ts";
import { factsOf } from "./feed.ts";
import { banners } from "./models/banners.ts";
import type { Mark } from "./models/health.ts";
import type { NetworkModel, Period } from "./models/network.ts";
import { networkModel } from "./models/network.ts";
import type { OurModel } from "./models/ours.ts";
import { oursModel } from "./models/ours.ts";
import { productionModel } from "./models/production.ts";
import { dashboardFacts } from "./models/standing.ts";
import type { Role } from "./theme.ts";

const RECENT = 10;
const SLOTS = 100;

/** What is known at one moment. Unknown is null. */
export function snapshot(known: Known, nowMs: number) {
  const facts = dashboardFacts(known, nowMs);
  const isStored = factsOf(known, "dashboard") !== null;
  const { cells: _, ...production } = productionModel(facts.recent, SLOTS);
  const ours = facts.ours === null ? null : oursModel(facts, known.health, nowMs);
  return {
    time: new Date(nowMs).toISOString(),
    warnings: banners(known, nowMs).map(({ text }) => text),
    network: describeNetwork(networkModel(known, facts.chain, nowMs)),
    validators: ours?.map((each) => describeOurs(each, nowMs)) ?? null,
    // Nobody counted is not nobody.
    ranked: isStored ? facts.ranked : null,
    recentBlocks: facts.recent.slice(0, RECENT).map(describeRow),
    production,
    health: known.health?.checks ?? null,
    alerts: facts.alerts,
    epochs: facts.epochs,
    turns: facts.turns === null ? null : describeTurns(facts.turns, facts.chain.constants),
  };
}

function describeNetwork({ sync, epoch, mainchain, updatedMs, ...network }: NetworkModel) {
  const { state, part, rate, leftMs } = sync;
  return {
    ...network,
    epoch: describePeriod(epoch),
    mainchain: describePeriod(mainchain),
    sync: { state, part, blocksPerSecond: rate, secondsLeft: secondsOf(leftMs) },
    ageSeconds: secondsOf(updatedMs),
  };
}

function describePeriod(period: Period | null) {
  if (period === null) return null;
  return { epoch: period.number, part: period.part, secondsLeft: secondsOf(period.leftMs) };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}

/** What a colour says, as the checks say it. */
const VERDICTS: Partial<Record<Role, Verdict>> = { ok: "ok", warn: "warning", bad: "critical" };

function verdictOf({ role }: Mark): Verdict {
  return VERDICTS[role] ?? "unknown";
}

function describeOurs(model: OurModel, nowMs: number) {
  const { row, nextTurnMs } = model;
  const isKnown = typeof nextTurnMs === "number";
  return {
    ...{ aura: row.aura, label: model.name, registration: model.registration.text.toLowerCase() },
    keys: verdictOf(model.keys),
    keysByKind: Object.fromEntries(model.eachKey.map(({ kind, mark }) => [kind, verdictOf(mark)])),
    grandpa: verdictOf(model.grandpa),
    ...{ rank: row.rank, blocks: row.blocks, share: row.share },
    ...{ missed: row.missed, orphaned: row.orphaned },
    thisEpoch: {
      ...{ turns: model.turns, made: row.epochMade },
      ...{ missed: row.epochMissed, orphaned: row.epochOrphaned },
    },
    ...{ seats: row.seatsNow, seatsTotal: model.seatsTotal },
    ...{ nextSeats: row.seatsNext, nextSeatsTotal: model.nextTotal },
    ...{ lastBlock: row.lastBlock, lastBlockTime: row.lastBlockTime },
    nextSlotTime: isKnown ? new Date(nowMs + nextTurnMs).toISOString() : null,
    noSlotUntil: isKnown || nextTurnMs === null ? null : UNTIL[nextTurnMs],
  };
}

/** As far as is known there is none. */
const UNTIL = { none: "end of the next epoch", "none left": "end of this epoch" } as const;

function describeRow(line: TimelineRow) {
  const { key: _, seal, ...row } = line;
  return { ...row, sealVerified: seal };
}

function describeTurns({ list, to, nextKnown }: Turns, chain: ChainConstants | null) {
  const timeOf = (slot: number): string | null =>
    chain === null ? null : new Date(slot * chain.slotDurationMs).toISOString();
  return {
    knownUntil: to === null ? null : timeOf(to),
    nextKnown,
    slots: list.map(({ slot, author, label, state, number }) => ({
      ...{ slot, time: timeOf(slot), author, label, state, number },
    })),
  };
}
