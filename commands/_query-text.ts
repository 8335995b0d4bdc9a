// The single answers of `mvm query` as text.
import type { Coverage } from "../core/queries/coverage.ts";
import type { Summary } from "../core/queries/summary.ts";
import type { EpochProduction, MissedTurn, ValidatorDetails } from "../core/queries/validator.ts";
import type { Column, Screen } from "./_output.ts";
import { formatBytes, formatPairs, formatPercent, formatTable, formatTime } from "./_output.ts";
import { blockColumns, formatEnd, formatSince, NO_BLOCKS, text } from "./_query-tables.ts";

export function formatSummary(summary: Summary, screen: Screen): string {
  const { blocks, firstBlock, lastBlock, finalizedBlock, chain, attributedShare } = summary;
  const finalized = finalizedBlock === null ? "none known yet" : String(finalizedBlock);
  const runtimes = summary.runtimes.map((each) => `${each.specVersion} from ${each.fromBlock}`);
  const empty = firstBlock === null;
  const text = formatPairs(
    [
      ["chain", chain.name],
      ["genesis", chain.genesisHash],
      ["slots", describeSlots(summary)],
      ["blocks", String(blocks)],
      ["first", empty ? null : formatEnd(firstBlock, summary.firstBlockTime)],
      ["last", lastBlock === null ? null : formatEnd(lastBlock, summary.lastBlockTime)],
      ["finalized", empty ? null : finalized],
      ["gaps", summary.gaps === 0 ? "none" : `${summary.gaps}: see mvm query gaps`],
      ["attributed", empty ? null : `${summary.attributed} (${formatPercent(attributedShare)} %)`],
      ["unattributed", String(summary.unattributed)],
      ["missed slots", String(summary.missedSlots)],
      ["orphaned", String(summary.orphaned)],
      ["validators", `${summary.validators}, of which ours: ${summary.ourValidators}`],
      ["runtimes", runtimes.length === 0 ? null : runtimes.join(", ")],
      ["database", formatBytes(summary.databaseBytes)],
    ],
    screen,
  );
  return empty ? `${text}\n\n${NO_BLOCKS}` : text;
}

function describeSlots({ chain }: Summary): string | null {
  if (chain.slotDurationMs === null || chain.slotsPerEpoch === null) return null;
  return `${chain.slotDurationMs / 1000} s each, ${chain.slotsPerEpoch} in an epoch`;
}

export function formatCoverage(coverage: Coverage, screen: Screen): string {
  const { blocks, sinceBlock, lastBlock, attributedShare, sealVerifiedShare } = coverage;
  if (sinceBlock === null || lastBlock === null) return NO_BLOCKS;
  return formatPairs(
    [
      ["since block", formatEnd(sinceBlock, coverage.sinceTime)],
      ["up to block", formatEnd(lastBlock, coverage.lastTime)],
      [
        "finalized",
        coverage.finalizedBlock === null ? "none known yet" : `${coverage.finalizedBlock}`,
      ],
      ["blocks", String(blocks)],
      ["gaps", coverage.gaps === 0 ? "none" : `${coverage.gaps}: see mvm query gaps`],
      ["attributed", `${coverage.attributed} (${formatPercent(attributedShare)} %)`],
      ["unattributed", String(coverage.unattributed)],
      ["seal verified", `${coverage.sealVerified} (${formatPercent(sealVerifiedShare)} %)`],
      ["seal mismatched", String(coverage.sealMismatched)],
      ["seal unchecked", String(coverage.sealUnchecked)],
      ["missed slots", `${coverage.missedSlots}, turn unknown: ${coverage.turnsUnknown}`],
    ],
    screen,
  );
}

export function formatValidator(details: ValidatorDetails, screen: Screen): string {
  const { rank, lastBlock, lastBlockTime, auras } = details;
  const pairs = formatPairs(
    [
      ["aura", details.aura],
      ...auras.slice(1).map((former) => ["former aura", former] as const),
      ["sidechain", details.sidechain],
      ["grandpa", details.grandpa],
      ["label", details.label],
      ["ours", details.ours ? "yes" : "no"],
      ["registered", details.registration],
      ["rank", rank === null ? "none: it had no turn yet" : String(rank)],
      ["made", `${details.blocks} of ${details.expected} expected${part(details.reliability)}`],
      ["missed", String(details.missed)],
      ["orphaned", String(details.orphaned)],
      ["share", details.share === null ? null : `${formatPercent(details.share)} % of all blocks`],
      ["last block", lastBlock === null ? "none" : formatEnd(lastBlock, lastBlockTime)],
      ["since", formatSince(details).replace(/^since /, "")],
    ],
    screen,
  );
  return [pairs, ...sections(details, screen)].join("\n\n");
}

function part(reliability: number | null): string {
  return reliability === null ? "" : ` (${formatPercent(reliability)} %)`;
}

function sections(details: ValidatorDetails, screen: Screen): string[] {
  const { recentBlocks, missedSlots, epochs } = details;
  const theirs = blockColumns(screen).filter(
    ({ title }) => title !== "author" && title !== "label",
  );
  return [
    section("recent blocks", recentBlocks, theirs, screen),
    section("recent missed slots", missedSlots, MISSED, screen),
    section("last epochs", epochs, EPOCHS, screen),
  ].filter((each) => each !== "");
}

function section<T>(
  title: string,
  rows: readonly T[],
  columns: readonly Column<T>[],
  screen: Screen,
): string {
  return rows.length === 0 ? "" : `${title}\n${formatTable(rows, columns, screen)}`;
}

const MISSED: Column<MissedTurn>[] = [
  { title: "slot", right: true, cell: (turn) => String(turn.slot) },
  { title: "time (UTC)", cell: (turn) => formatTime(turn.time) },
  { title: "epoch", right: true, cell: (turn) => text(turn.epoch) },
];

const EPOCHS: Column<EpochProduction>[] = [
  { title: "epoch", right: true, cell: (each) => String(each.epoch) },
  { title: "made", right: true, cell: (each) => String(each.made) },
  { title: "expected", right: true, cell: (each) => String(each.expected) },
  { title: "missed", right: true, cell: (each) => String(each.missed) },
  { title: "orphaned", right: true, cell: (each) => String(each.orphaned) },
];
