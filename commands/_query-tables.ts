// The lists of `mvm query`: columns as text, fields of CSV, and what is said when there is nothing.
import type { BlockRecord } from "../core/queries/blocks.ts";
import type { SeatRecord } from "../core/queries/committee.ts";
import type { EpochRecord } from "../core/queries/epochs.ts";
import type { Gap } from "../core/queries/gaps.ts";
import type { KeyChange } from "../core/queries/key-changes.ts";
import type { MissedRecord } from "../core/queries/missed.ts";
import type { End } from "../core/queries/summary.ts";
import type { DayRecord } from "../core/queries/trends.ts";
import type { Validator } from "../core/queries/validators.ts";
import type { Column, Screen } from "./_output.ts";
import { formatKey, formatPercent, formatTime } from "./_output.ts";

export interface Ends {
  first: End | null;
  last: End | null;
}

export const NO_BLOCKS = "no blocks yet: run mvm sync";

/** In place of an empty list. */
export function describeNothing(what: string, { first, last }: Ends): string {
  if (first === null || last === null) return NO_BLOCKS;
  const to = last.time === null ? "" : `, up to ${formatTime(last.time)} UTC`;
  return `no ${what} there: the database holds ${first.number} to ${last.number}${to}`;
}

export function formatEnd(number: number, time: string | null): string {
  return time === null ? String(number) : `${number} (${formatTime(time)} UTC)`;
}

export function formatSince({ sinceBlock, sinceTime }: Validator): string {
  if (sinceBlock !== null) return `since block ${formatEnd(sinceBlock, sinceTime)}`;
  return sinceTime === null ? NO_BLOCKS : `since ${formatTime(sinceTime)} UTC`;
}

export function text(value: number | null): string {
  return value === null ? "" : String(value);
}

/** On a terminal a label says more than a key; the digits tell apart those that share it. */
function formatName(aura: string, label: string | null, screen: Screen): string {
  if (label === null || !screen.terminal) return formatKey(aura, screen);
  return `${label} ${aura.slice(2, 8)}`;
}

interface Owned {
  authorAura: string | null;
  label: string | null;
}

function formatAuthor({ authorAura, label }: Owned, screen: Screen): string {
  return authorAura === null ? "unknown" : formatName(authorAura, label, screen);
}

function labelColumn(screen: Screen): Column<{ label: string | null }>[] {
  return screen.terminal ? [] : [{ title: "label", cell: (row) => row.label ?? "" }];
}

const oursColumn = { title: "", cell: (row: { ours: boolean }) => (row.ours ? "*" : "") };

export const BLOCK_FIELDS = [
  "number",
  "hash",
  "parentHash",
  "slot",
  "epoch",
  "mainchainEpoch",
  "time",
  "authorAura",
  "authorSidechain",
  "label",
  "ours",
  "attribution",
  "sealVerified",
  "canonical",
  "finalized",
  "extrinsics",
] as const satisfies readonly (keyof BlockRecord)[];

export function blockColumns(screen: Screen): Column<BlockRecord>[] {
  return [
    { title: "block", right: true, cell: (block) => String(block.number) },
    { title: "time (UTC)", cell: (block) => formatTime(block.time) },
    { title: "slot", right: true, cell: (block) => String(block.slot) },
    { title: "author", cell: (block) => formatAuthor(block, screen) },
    ...labelColumn(screen),
    { title: "known by", cell: describeProof },
    { title: "final", cell: (block) => (block.finalized ? "yes" : "no") },
    { title: "epoch", right: true, optional: true, cell: (block) => text(block.epoch) },
    { title: "ext", right: true, optional: true, cell: (block) => text(block.extrinsics) },
    { title: "hash", optional: true, cell: (block) => formatKey(block.hash, screen) },
  ];
}

function describeProof({ attribution, sealVerified }: BlockRecord): string {
  if (attribution === "unknown") return "";
  if (sealVerified === null) return attribution;
  return `${attribution} ${sealVerified ? "✓" : "✗"}`;
}

export const VALIDATOR_FIELDS = [
  "rank",
  "aura",
  "auras",
  "sidechain",
  "grandpa",
  "label",
  "ours",
  "registration",
  "blocks",
  "expected",
  "missed",
  "orphaned",
  "share",
  "reliability",
  "lastBlock",
  "lastBlockTime",
  "sinceBlock",
  "sinceTime",
] as const satisfies readonly (keyof Validator)[];

export function validatorColumns(screen: Screen): Column<Validator>[] {
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
    ...labelColumn(screen),
  ];
}

export function performanceColumns(screen: Screen): Column<Validator>[] {
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
    ...labelColumn(screen),
  ];
}

export const MISSED_FIELDS = [
  "slot",
  "epoch",
  "mainchainEpoch",
  "time",
  "authorAura",
  "authorSidechain",
  "label",
  "ours",
  "what",
  "orphanHash",
] as const satisfies readonly (keyof MissedRecord)[];

export function missedColumns(screen: Screen): Column<MissedRecord>[] {
  return [
    { title: "slot", right: true, cell: (row) => String(row.slot) },
    { title: "time (UTC)", cell: (row) => formatTime(row.time) },
    oursColumn,
    { title: "whose turn", cell: (row) => formatAuthor(row, screen) },
    ...labelColumn(screen),
    { title: "what happened", cell: (row) => row.what },
    { title: "epoch", right: true, optional: true, cell: (row) => text(row.epoch) },
    {
      title: "orphan",
      optional: true,
      cell: (row) => (row.orphanHash === null ? "" : formatKey(row.orphanHash, screen)),
    },
  ];
}

export const EPOCH_FIELDS = [
  "epoch",
  "time",
  "mainchainEpoch",
  "seats",
  "committeeSize",
  "expected",
  "made",
  "missed",
  "orphaned",
  "reliability",
  "blocks",
  "share",
  "luck",
] as const satisfies readonly (keyof EpochRecord)[];

export const EPOCH_COLUMNS: Column<EpochRecord>[] = [
  { title: "epoch", right: true, cell: (row) => String(row.epoch) },
  { title: "began (UTC)", cell: (row) => formatTime(row.time) },
  { title: "seats", right: true, cell: (row) => (row.seats === null ? "unknown" : `${row.seats}`) },
  { title: "made", right: true, cell: (row) => String(row.made) },
  { title: "expected", right: true, cell: (row) => String(row.expected) },
  { title: "missed", right: true, cell: (row) => String(row.missed) },
  { title: "orphaned", right: true, optional: true, cell: (row) => String(row.orphaned) },
  { title: "share %", right: true, cell: (row) => formatPercent(row.share) },
  { title: "luck %", right: true, cell: (row) => formatPercent(row.luck) },
];

export const SEAT_FIELDS = [
  "epoch",
  "aura",
  "sidechain",
  "label",
  "ours",
  "registration",
  "seats",
  "seatShare",
  "positions",
] as const satisfies readonly (keyof SeatRecord)[];

export function seatColumns(screen: Screen): Column<SeatRecord>[] {
  return [
    oursColumn,
    { title: "validator", cell: (row) => formatName(row.aura, row.label, screen) },
    { title: "seats", right: true, cell: (row) => String(row.seats) },
    { title: "seats %", right: true, cell: (row) => formatPercent(row.seatShare) },
    { title: "registration", cell: (row) => row.registration },
    ...labelColumn(screen),
    { title: "on seats", optional: true, cell: ({ positions }) => positions.join(" ") },
  ];
}

export const DAY_FIELDS = [
  "day",
  "expected",
  "made",
  "missed",
  "orphaned",
  "reliability",
  "blocks",
  "share",
  "partial",
] as const satisfies readonly (keyof DayRecord)[];

export const DAY_COLUMNS: Column<DayRecord>[] = [
  { title: "day (UTC)", cell: (row) => row.day },
  { title: "made", right: true, cell: (row) => String(row.made) },
  { title: "expected", right: true, cell: (row) => String(row.expected) },
  { title: "missed", right: true, cell: (row) => String(row.missed) },
  { title: "made %", right: true, cell: (row) => formatPercent(row.reliability) },
  { title: "share %", right: true, cell: (row) => formatPercent(row.share) },
  { title: "orphaned", right: true, optional: true, cell: (row) => String(row.orphaned) },
  { title: "", cell: (row) => (row.partial ? "part of a day" : "") },
];

const BARS = "▁▂▃▄▅▆▇█";

/** One bar a day, from the worst day up to all made; a day without a turn is a dot. */
export function formatSparkline(days: readonly DayRecord[]): string {
  const known = days.map(({ reliability }) => reliability).filter((each) => each !== null);
  if (known.length === 0) return "";
  const worst = Math.min(...known);
  const bars = days.map(({ reliability }) => {
    if (reliability === null) return "·";
    const part = worst === 1 ? 1 : (reliability - worst) / (1 - worst);
    return BARS[Math.round(part * (BARS.length - 1))] ?? "";
  });
  return `${bars.join("")}  made ${formatPercent(worst)} to ${formatPercent(Math.max(...known))} % of the turns`;
}

export const KEY_FIELDS = [
  "time",
  "atBlock",
  "source",
  "validator",
  "kind",
  "before",
  "after",
] as const satisfies readonly (keyof KeyChange)[];

export function keyColumns(screen: Screen): Column<KeyChange>[] {
  const short = (word: string | null): string => (word === null ? "none" : formatKey(word, screen));
  return [
    { title: "seen (UTC)", cell: (row) => formatTime(row.time) },
    { title: "at block", right: true, cell: (row) => text(row.atBlock) },
    { title: "what", cell: (row) => row.kind },
    { title: "before", cell: (row) => short(row.before) },
    { title: "after", cell: (row) => short(row.after) },
    { title: "source", optional: true, cell: (row) => row.source },
  ];
}

export const GAP_FIELDS = ["from", "to", "missing"] as const satisfies readonly (keyof Gap)[];

export const GAP_COLUMNS: Column<Gap>[] = [
  { title: "from", right: true, cell: (gap) => String(gap.from) },
  { title: "to", right: true, cell: (gap) => String(gap.to) },
  { title: "missing", right: true, cell: (gap) => String(gap.missing) },
];
