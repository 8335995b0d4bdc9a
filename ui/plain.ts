// The dashboard as plain lines: for a pipe, a cron job, a screen reader.
import type { DashboardFacts } from "../core/view/messages.ts";
import type { Known } from "./feed.ts";
import { factsOf } from "./feed.ts";
import { banners } from "./models/banners.ts";
import { healthModel } from "./models/health.ts";
import type { NetworkModel } from "./models/network.ts";
import { networkModel } from "./models/network.ts";
import type { OurModel } from "./models/ours.ts";
import { formatNextTurn, oursModel } from "./models/ours.ts";
import { productionModel } from "./models/production.ts";
import { dashboardFacts } from "./models/standing.ts";
import {
  clean,
  formatAge,
  formatCountdown,
  formatNumber,
  formatShare,
  formatTime,
} from "./text.ts";

const RECENT = 10;
const SLOTS = 100;

/** Models of one moment; their names are a contract of `--json`. */
export function snapshot(known: Known, nowMs: number) {
  const facts = dashboardFacts(known, nowMs);
  const isStored = factsOf(known, "dashboard") !== null;
  const { cells: _, ...production } = productionModel(facts.recent, SLOTS);
  return {
    time: new Date(nowMs).toISOString(),
    warnings: banners(known, nowMs).map(({ text }) => text),
    network: networkModel(known, facts.chain, nowMs),
    validators: facts.ours === null ? null : oursModel(facts, known.health, nowMs),
    // Nobody counted is not nobody.
    ranked: isStored ? facts.ranked : null,
    recentBlocks: facts.recent.slice(0, RECENT),
    production,
    health: known.health?.checks ?? null,
    alerts: facts.alerts,
    epochs: facts.epochs,
    turns: facts.turns,
  };
}

export function formatSnapshot(known: Known, nowMs: number): string {
  const { warnings, network, validators, ranked, recentBlocks, production, alerts } = snapshot(
    known,
    nowMs,
  );
  const health = healthModel(known.health?.checks ?? null);
  const open = alerts?.filter((alert) => alert.open);
  return [
    `Midnight Validator Monitor, ${formatTime(nowMs)} UTC`,
    ...warnings,
    "",
    ...networkLines(network),
    "",
    `Our validators: ${formatNumber(validators === null ? null : validators.length)}`,
    ...(validators ?? []).flatMap((each) => validatorLines(each, ranked)),
    "",
    "Recent blocks:",
    ...recentBlocks.map((row) => `  ${recentLine(row)}`),
    "",
    `Last ${production.made + production.missed} slots: ${production.made} made, of these ${production.ours} ours; ` +
      `${production.missed} missed, of these ${production.oursMissed} ours; ${production.orphaned} orphaned`,
    `Health: ${health.mark.glyph} ${health.text}`,
    `Alerts open: ${open === undefined ? "?" : open.length}`,
    ...(open ?? []).map(({ message }) => `  ▲ ${message}`),
  ]
    .map(clean)
    .join("\n");
}

function networkLines({
  chain,
  nodeVersion,
  tip,
  finalized,
  slot,
  epoch,
  mainchain,
  sync,
  peers,
}: NetworkModel): string[] {
  const period = (each: NetworkModel["epoch"]): string =>
    each === null
      ? "unknown"
      : `${each.number}, ${formatShare(each.part, 0)} over, ${formatCountdown(each.leftMs)} left`;
  return [
    `Network: ${chain ?? "unknown"}, node ${nodeVersion ?? "unknown"}, ${formatNumber(peers)} peers`,
    `Chain tip: ${tip === null ? "unknown" : `#${tip}`}`,
    `Finalized: ${finalized === null ? "unknown" : `#${finalized}`}`,
    `Slot: ${slot ?? "unknown"}`,
    `Epoch: ${period(epoch)}`,
    `Cardano epoch: ${period(mainchain)}`,
    `Sync: ${sync.text}`,
  ];
}

function validatorLines(
  { row, name, registration, keys, grandpa, ...model }: OurModel,
  ranked: number | null,
): string[] {
  const last = model.lastBlockAgoMs;
  return [
    `  ${name ?? "no label"} ${row.aura}`,
    `    ${registration.text}, keys ${keys.glyph}, GRANDPA ${grandpa.glyph}, rank ${row.rank === null ? "none" : `#${row.rank}`} of ${formatNumber(ranked)}`,
    `    blocks ${formatNumber(row.blocks)}, share ${formatShare(row.share)}, missed ${formatNumber(row.missed)}; this epoch made ${formatNumber(row.epochMade)}, missed ${formatNumber(row.epochMissed)}`,
    `    seats ${formatNumber(row.seatsNow)} now, ${formatNumber(row.seatsNext)} next; last block ${last === null ? "none" : `${formatAge(last)} ago`}; next slot ${formatNextTurn(model.nextTurnMs)}`,
  ];
}

function recentLine({
  kind,
  number,
  slot,
  author,
  label,
  ours,
  slots,
}: DashboardFacts["recent"][number]): string {
  const who = `${ours ? "★ " : ""}${label === null ? "" : `${label} `}${author ?? "unknown"}`;
  if (kind === "skipped") return `slot ${slot}: ${slots} more missed`;
  if (kind === "missed") return `slot ${slot}: missed by ${who}`;
  return `#${number} slot ${slot} ${kind === "orphan" ? "orphaned, " : ""}by ${who}`;
}
