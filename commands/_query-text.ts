// The answers of `mvm query` as text.
import type { BlockRecord } from "../core/queries/blocks.ts";
import type { Gap } from "../core/queries/gaps.ts";
import type { End, Summary } from "../core/queries/summary.ts";
import type { EpochProduction, MissedTurn, ValidatorDetails } from "../core/queries/validator.ts";
import type { Validator } from "../core/queries/validators.ts";
import type { Column, Screen } from "./_output.ts";
import {
  formatBytes,
  formatKey,
  formatPairs,
  formatPercent,
  formatTable,
  formatTime,
} from "./_output.ts";

interface Ends {
  first: End | null;
  last: End | null;
}

const NO_BLOCKS = "no blocks yet: run mvm sync";

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
      ["first", empty ? null : at(firstBlock, summary.firstBlockTime)],
      ["last", lastBlock === null ? null : at(lastBlock, summary.lastBlockTime)],
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

function at(number: number, time: string | null): string {
  return time === null ? String(number) : `${number} (${formatTime(time)} UTC)`;
}

export function formatBlocks(
  blocks: readonly BlockRecord[],
  { first, last }: Ends,
  orphans: boolean,
  screen: Screen,
): string {
  if (first === null || last === null) return NO_BLOCKS;
  if (blocks.length > 0) return formatTable(blocks, blockColumns(screen), screen);
  return orphans
    ? "no orphaned blocks there"
    : `no blocks there: the database holds ${first.number} to ${last.number}`;
}

function blockColumns(screen: Screen): Column<BlockRecord>[] {
  return [
    { title: "block", right: true, cell: (block) => String(block.number) },
    { title: "time (UTC)", cell: (block) => formatTime(block.time) },
    { title: "slot", right: true, cell: (block) => String(block.slot) },
    { title: "author", cell: (block) => formatAuthor(block, screen) },
    ...(screen.terminal ? [] : [labelColumn]),
    { title: "known by", cell: describeProof },
    { title: "final", cell: (block) => (block.finalized ? "yes" : "no") },
    { title: "epoch", right: true, optional: true, cell: (block) => text(block.epoch) },
    { title: "ext", right: true, optional: true, cell: (block) => text(block.extrinsics) },
    { title: "hash", optional: true, cell: (block) => formatKey(block.hash, screen) },
  ];
}

const labelColumn = { title: "label", cell: (row: { label: string | null }) => row.label ?? "" };

function formatAuthor({ authorAura, label }: BlockRecord, screen: Screen): string {
  return authorAura === null ? "unknown" : formatName(authorAura, label, screen);
}

/** On a terminal a label says more than a key; the digits tell apart those that share it. */
function formatName(aura: string, label: string | null, screen: Screen): string {
  if (label === null || !screen.terminal) return formatKey(aura, screen);
  return `${label} ${aura.slice(2, 8)}`;
}

function describeProof({ attribution, sealVerified }: BlockRecord): string {
  if (attribution === "unknown") return "";
  if (sealVerified === null) return attribution;
  return `${attribution} ${sealVerified ? "✓" : "✗"}`;
}

function text(value: number | null): string {
  return value === null ? "" : String(value);
}

const oursColumn = { title: "", cell: (row: { ours: boolean }) => (row.ours ? "*" : "") };

export function formatValidators(rows: readonly Validator[], ends: Ends, screen: Screen): string {
  return withSince(rows, ends, (each) => formatTable(each, validatorColumns(screen), screen));
}

function validatorColumns(screen: Screen): Column<Validator>[] {
  return [
    { title: "rank", right: true, cell: (row) => text(row.rank) },
    oursColumn,
    { title: "validator", cell: (row) => formatName(row.aura, row.label, screen) },
    { title: "blocks", right: true, cell: (row) => String(row.blocks) },
    { title: "last", right: true, cell: (row) => text(row.lastBlock) },
    { title: "registration", cell: (row) => row.registration },
    {
      title: "sidechain key",
      optional: true,
      cell: (row) => (row.sidechain === null ? "" : formatKey(row.sidechain, screen)),
    },
    { title: "last at (UTC)", optional: true, cell: (row) => formatTime(row.lastBlockTime) },
    ...(screen.terminal ? [] : [labelColumn]),
  ];
}

export function formatPerformance(rows: readonly Validator[], ends: Ends, screen: Screen): string {
  return withSince(rows, ends, (each) => formatTable(each, performanceColumns(screen), screen));
}

function performanceColumns(screen: Screen): Column<Validator>[] {
  return [
    { title: "rank", right: true, cell: (row) => text(row.rank) },
    oursColumn,
    { title: "validator", cell: (row) => formatName(row.aura, row.label, screen) },
    { title: "made", right: true, cell: (row) => String(row.blocks) },
    { title: "expected", right: true, cell: (row) => String(row.expected) },
    { title: "missed", right: true, cell: (row) => String(row.missed) },
    { title: "made %", right: true, cell: (row) => formatPercent(row.reliability) },
    { title: "share %", right: true, cell: (row) => formatPercent(row.share) },
    { title: "orphaned", right: true, optional: true, cell: (row) => String(row.orphaned) },
    ...(screen.terminal ? [] : [labelColumn]),
  ];
}

/** A list with what it counts from; in place of an empty list, what to do. */
function withSince(
  rows: readonly Validator[],
  { first }: Ends,
  table: (rows: readonly Validator[]) => string,
): string {
  if (rows.length > 0) {
    const since = first === null ? NO_BLOCKS : `since block ${at(first.number, first.time)}`;
    const legend = rows.some((row) => row.ours) ? "; * = ours" : "";
    return `${table(rows)}\n\n${since}${legend}`;
  }
  if (first === null) return NO_BLOCKS;
  return "none of the known validators is ours: run mvm sync with --keystore";
}

export function formatValidator(
  details: ValidatorDetails,
  { first }: Ends,
  screen: Screen,
): string {
  const { rank, lastBlock, lastBlockTime } = details;
  const pairs = formatPairs(
    [
      ["aura", details.aura],
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
      ["last block", lastBlock === null ? "none" : at(lastBlock, lastBlockTime)],
      ["since", first === null ? NO_BLOCKS : `block ${at(first.number, first.time)}`],
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

export function formatGaps(gaps: readonly Gap[], { first, last }: Ends, screen: Screen): string {
  if (first === null || last === null) return NO_BLOCKS;
  if (gaps.length > 0) return formatTable(gaps, GAPS, screen);
  return `no gaps: all blocks from ${first.number} to ${last.number} are stored`;
}

const GAPS: Column<Gap>[] = [
  { title: "from", right: true, cell: (gap) => String(gap.from) },
  { title: "to", right: true, cell: (gap) => String(gap.to) },
  { title: "missing", right: true, cell: (gap) => String(gap.missing) },
];
