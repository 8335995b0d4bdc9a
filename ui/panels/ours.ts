// Dashboard panel: our validators.
import type { ListState } from "../list.ts";
import { settle } from "../list.ts";
import type { OurModel } from "../models/ours.ts";
import { formatNextTurn } from "../models/ours.ts";
import type { ShownFacts } from "../models/standing.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";
import {
  fit,
  formatAge,
  formatCountdown,
  formatNumber,
  formatShare,
  pad,
  shortKey,
} from "../text.ts";

/** Rows wanted: one validator has room for every word, several get a line each under a header. */
export function oursRows(count: number): number {
  return count <= 1 ? 4 : 2 + count;
}

export function paintOurs(
  painter: Painter,
  { ranked, ours: known }: ShownFacts,
  ours: readonly OurModel[],
  list: ListState,
): number {
  const [first] = ours;
  const best = Math.min(...ours.map(({ row }) => row.rank ?? Infinity));
  const rank: Span[] = Number.isFinite(best)
    ? [
        ["Performance Rank: ", "muted"],
        [`#${best}/${ranked}`, "ours"],
      ]
    : [];
  paintRule(painter, 0, `Our Validators (${known === null ? "?" : ours.length})`, rank);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (first === undefined) {
    const why = "none is known as ours: run `mvm sync` with --keystore DIR";
    body.text(0, 0, known === null ? "? the database has not said who they are" : why, "muted");
    return 0;
  }
  if (ours.length === 1) {
    paintOne(body, first);
    return 1;
  }
  return paintMany(body, ours, list);
}

function paintOne(painter: Painter, model: OurModel): void {
  const { row, name, registration, grandpa, keys } = model;
  const half = Math.floor(painter.width / 2);
  const left = painter.inside(0, 0, half - 1, painter.height);
  const right = painter.inside(half, 0, painter.width - half, painter.height);
  const key = shortKey(row.aura, 21);
  left.spans(0, 0, [
    ["★ ", "ours"],
    [name === null ? key : `${fit(name, left.width - key.length - 3)} `, "ours", { bold: true }],
    [name === null ? "" : key, "muted"],
  ]);
  left.spans(0, 1, [
    [`${registration.glyph} ${registration.text}`, registration.role],
    ["  Keys ", "muted"],
    [keys.glyph, keys.role],
    ["  GRANDPA ", "muted"],
    [grandpa.glyph, grandpa.role],
  ]);
  left.spans(0, 2, [
    ["Seats ", "muted"],
    [`${formatNumber(row.seatsNow)} → ${formatNumber(row.seatsNext)}`],
    ["  This epoch ", "muted"],
    [`${row.epochMade}✓ `, "ok"],
    [`${row.epochMissed}✗`, row.epochMissed > 0 ? "bad" : "muted"],
  ]);
  right.spans(0, 0, [
    ["Blocks: ", "muted"],
    [`${row.blocks}`, "title"],
    ["  Share: ", "muted"],
    [formatShare(row.share)],
    ["  Missed: ", "muted"],
    [`${row.missed}`, row.missed > 0 ? "warn" : "text"],
  ]);
  right.spans(0, 1, [["Recent:    ", "muted"], ...recentOf(model)]);
  right.spans(0, 2, [["Next slot: ", "muted"], nextOf(model)]);
}

function recentOf({ row, lastBlockAgoMs }: OurModel): Span[] {
  if (row.lastBlock === null || lastBlockAgoMs === null) return [["no block yet", "muted"]];
  return [[`${formatAge(lastBlockAgoMs)} ago`], [` (#${row.lastBlock})`, "muted"]];
}

function nextOf({ nextTurnMs }: OurModel): Span {
  return [formatNextTurn(nextTurnMs), typeof nextTurnMs === "number" ? "title" : "muted"];
}

const HEADER = ["Rank", "Blocks", "Share", "Reg", "Seats", "Ep ✓/✗", "K", "G", "Last", "Next"];
const WIDTHS = [5, 7, 7, 3, 9, 7, 1, 1, 5, 9];

function paintMany(painter: Painter, ours: readonly OurModel[], list: ListState): number {
  const nameWidth = Math.max(8, painter.width - WIDTHS.reduce((sum, w) => sum + w + 1, 0) - 2);
  const header = HEADER.map((title, i) => pad(title, WIDTHS[i] ?? 0, true));
  painter.text(2, 0, [pad("Validator", nameWidth), ...header].join(" "), "muted", { bold: true });
  const room = Math.max(1, painter.height - 1);
  const { index, top } = settle(
    list,
    ours.map(({ key }) => key),
    room,
  );
  for (const [y, model] of ours.slice(top, top + room).entries()) {
    const selected = top + y === index;
    if (selected) painter.clear({ y: y + 1, height: 1 }, { selected });
    const cells = cellsOf(model).flatMap(([text, role], i): Span[] => [
      [" "],
      [pad(text, WIDTHS[i] ?? 0, true), role],
    ]);
    const name = model.name ?? shortKey(model.key, nameWidth);
    painter.spans(
      0,
      y + 1,
      [[selected ? "▶ " : "★ ", "ours"], [pad(name, nameWidth), "ours"], ...cells],
      { selected },
    );
  }
  return room;
}

function cellsOf({ row, registration, keys, grandpa, ...model }: OurModel): Span[] {
  const last = model.lastBlockAgoMs;
  const next = model.nextTurnMs;
  return [
    [row.rank === null ? "–" : `#${row.rank}`],
    [`${row.blocks}`],
    [formatShare(row.share)],
    [registration.glyph, registration.role],
    [`${formatNumber(row.seatsNow)}→${formatNumber(row.seatsNext)}`],
    [`${row.epochMade}/${row.epochMissed}`, row.epochMissed > 0 ? "bad" : "text"],
    [keys.glyph, keys.role],
    [grandpa.glyph, grandpa.role],
    [last === null ? "–" : formatAge(last)],
    [next === null ? "?" : typeof next === "number" ? formatCountdown(next) : "none"],
  ];
}
