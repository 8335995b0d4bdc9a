// Dashboard panel: our validators.
import { sparkline } from "../chart.ts";
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
export function oursRows(count: number, width: number): number {
  if (count > 1) return 2 + count;
  return width >= ROOMY ? 5 : 4;
}

/** From here on one validator's epochs are drawn too, and each key has its name. */
const ROOMY = 120;
const SPARK_EPOCHS = 24;

export function paintOurs(
  painter: Painter,
  facts: ShownFacts,
  ours: readonly OurModel[],
  list: ListState,
): number {
  const [first] = ours;
  const known = facts.ours;
  const room = Math.max(1, painter.height - 2);
  const { top } = settle(
    list,
    ours.map(({ key }) => key),
    room,
  );
  const part = ours.length > 1 && ours.length > room ? ` ${top + 1}–${top + room} of` : "";
  const count = known === null ? "?" : `${part} ${ours.length}`.trim();
  paintRule(painter, 0, `Our Validators (${count})`, rankOf(ours, facts));
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (first === undefined) {
    const why = "none is known as ours: run `mvm sync` with --keystore DIR";
    body.text(0, 0, known === null ? "? neither database nor checks have said yet" : why, "muted");
    return 0;
  }
  if (ours.length === 1) {
    paintOne(body, first, facts);
    return 1;
  }
  return paintMany(body, ours, list);
}

function rankOf(ours: readonly OurModel[], { ranked, chain }: ShownFacts): Span[] {
  const best = Math.min(...ours.map(({ row }) => row.rank ?? Infinity));
  if (!Number.isFinite(best)) return [];
  // All counts are of what is stored: where that begins belongs to them.
  const since = chain.first === null ? "" : `  since #${chain.first.number}`;
  return [
    ["Performance Rank: ", "muted"],
    [`#${best}/${ranked}`, "ours"],
    [since, "muted"],
  ];
}

function paintOne(painter: Painter, model: OurModel, { epochs }: ShownFacts): void {
  const { row } = model;
  const half = Math.floor(painter.width / 2);
  const left = painter.inside(0, 0, half - 1, painter.height);
  const right = painter.inside(half, 0, painter.width - half, painter.height);
  paintName(left, model);
  painter.place(0, 0, painter.width, { kind: "row", key: model.key });
  left.spans(0, 1, [...standingOf(model, left.width)]);
  left.spans(0, 2, [...seatsOf(model)]);
  right.spans(0, 0, [
    ["Blocks: ", "muted"],
    [formatNumber(row.blocks), "title"],
    ["  Share: ", "muted"],
    [formatShare(row.share)],
    ["  Missed: ", "muted"],
    [formatNumber(row.missed), (row.missed ?? 0) > 0 ? "warn" : "text"],
  ]);
  right.spans(0, 1, [["Recent:    ", "muted"], ...recentOf(model)]);
  right.spans(0, 2, [["Next slot: ", "muted"], nextOf(model)]);
  if (painter.height > 3 && epochs.length > 0) left.spans(0, 3, sparkOf(epochs));
}

function paintName(painter: Painter, { row, name }: OurModel): void {
  const key = shortKey(row.aura, 21);
  painter.spans(0, 0, [
    ["★ ", "ours"],
    [name === null ? key : `${fit(name, painter.width - key.length - 3)} `, "ours", { bold: true }],
    [name === null ? "" : key, "muted"],
  ]);
}

function standingOf({ registration, keys, eachKey, grandpa }: OurModel, width: number): Span[] {
  const named = width >= ROOMY / 2 - 2;
  const marks: Span[] = named
    ? eachKey.flatMap(({ kind, mark }): Span[] => [
        [` ${kind} `, "muted"],
        [mark.glyph, mark.role],
      ])
    : [[" "], [keys.glyph, keys.role]];
  return [
    [`${registration.glyph} ${registration.text}`, registration.role],
    [named ? " " : "  Keys", "muted"],
    ...marks,
    [named ? "  votes " : "  GRANDPA ", "muted"],
    [grandpa.glyph, grandpa.role],
  ];
}

/** Seats of all, now and next; and how this epoch goes. */
function seatsOf({ row, seatsTotal, turns }: OurModel): Span[] {
  const total = seatsTotal === null ? "" : `/${seatsTotal}`;
  const missed = row.epochMissed ?? 0;
  return [
    ["Seats ", "muted"],
    [`${formatNumber(row.seatsNow)}${total} → ${formatNumber(row.seatsNext)}`],
    ["  Epoch ", "muted"],
    [`${formatNumber(row.epochMade)}✓ `, "ok"],
    [`${formatNumber(row.epochMissed)}✗`, missed > 0 ? "bad" : "muted"],
    [turns === null ? "" : ` of ${turns}`, "muted"],
  ];
}

/** Our blocks of the last epochs, against the most turns there were in one. */
function sparkOf(epochs: ShownFacts["epochs"]): Span[] {
  const last = epochs.slice(-SPARK_EPOCHS);
  const most = Math.max(1, ...last.map(({ oursMade, oursMissed }) => oursMade + oursMissed));
  const missed = last.reduce((sum, { oursMissed }) => sum + oursMissed, 0);
  return [
    [`Last ${last.length} epochs `, "muted"],
    [
      sparkline(
        last.map(({ oursMade }) => oursMade),
        most,
      ),
      "ours",
    ],
    [` ${missed}✗`, missed > 0 ? "bad" : "muted"],
  ];
}

function recentOf({ row, lastBlockAgoMs }: OurModel): Span[] {
  if (row.blocks === null) return [["? not known", "muted"]];
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
    painter.place(0, y + 1, painter.width, { kind: "row", key: model.key });
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
    [formatNumber(row.blocks)],
    [formatShare(row.share)],
    [registration.glyph, registration.role],
    [`${formatNumber(row.seatsNow)}→${formatNumber(row.seatsNext)}`],
    [
      `${formatNumber(row.epochMade)}/${formatNumber(row.epochMissed)}`,
      (row.epochMissed ?? 0) > 0 ? "bad" : "text",
    ],
    [keys.glyph, keys.role],
    [grandpa.glyph, grandpa.role],
    [last === null ? "–" : formatAge(last)],
    [next === null ? "?" : typeof next === "number" ? formatCountdown(next) : "none"],
  ];
}
