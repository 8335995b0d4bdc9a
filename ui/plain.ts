// The dashboard as plain lines: for a pipe, a cron job, a screen reader.
import { clean } from "../core/harmless.ts";
import type { DashboardFacts } from "../core/view/messages.ts";
import type { Known } from "./feed.ts";
import { factsOf } from "./feed.ts";
import { banners } from "./models/banners.ts";
import { healthModel } from "./models/health.ts";
import type { NetworkModel } from "./models/network.ts";
import { networkModel } from "./models/network.ts";
import type { OurModel } from "./models/ours.ts";
import { formatNextTurn, oursModel } from "./models/ours.ts";
import type { ProductionModel } from "./models/production.ts";
import { productionModel } from "./models/production.ts";
import { dashboardFacts } from "./models/standing.ts";
import { formatAge, formatCountdown, formatNumber, formatShare, formatTime } from "./text.ts";

const RECENT = 10;
const SLOTS = 100;

/** Everything a person would look for first. */
export function formatSnapshot(known: Known, nowMs: number): string {
  const facts = dashboardFacts(known, nowMs);
  const ours = facts.ours === null ? null : oursModel(facts, known.health, nowMs);
  // Nobody counted is not nobody.
  const ranked = factsOf(known, "dashboard") === null ? null : facts.ranked;
  const health = healthModel(known.health?.checks ?? null);
  const open = facts.alerts?.filter((alert) => alert.open);
  return [
    `Midnight Validator Monitor, ${formatTime(nowMs)} UTC`,
    ...banners(known, nowMs).map(({ text }) => text),
    "",
    ...networkLines(networkModel(known, facts.chain, nowMs)),
    "",
    `Our validators: ${formatNumber(ours === null ? null : ours.length)}`,
    ...(ours ?? []).flatMap((each) => validatorLines(each, ranked)),
    "",
    "Recent blocks:",
    ...facts.recent.slice(0, RECENT).map((row) => `  ${recentLine(row)}`),
    "",
    productionLine(productionModel(facts.recent, SLOTS)),
    `Health: ${health.mark.glyph} ${health.text}`,
    `Alerts open: ${open === undefined ? "?" : open.length}`,
    ...(open ?? []).map(({ message }) => `  ▲ ${message}`),
  ]
    .map(clean)
    .join("\n");
}

function productionLine({ made, missed, ours, oursMissed, orphaned }: ProductionModel): string {
  return (
    `Last ${made + missed} slots: ${made} made, of these ${ours} ours; ` +
    `${missed} missed, of these ${oursMissed} ours; ${orphaned} orphaned`
  );
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
