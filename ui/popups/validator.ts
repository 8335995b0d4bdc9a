// Everything known about one validator, its epochs included.
import type { ValidatorEpoch, ValidatorFacts } from "../../core/view/messages.ts";
import { sparkline } from "../chart.ts";
import type { OurRow } from "../models/our-rows.ts";
import { registrationOf } from "../models/ours.ts";
import { selectionModel } from "../models/selection.ts";
import type { Span } from "../painter.ts";
import { barOf } from "../painter.ts";
import { formatAda, formatNumber, formatShare, pad } from "../text.ts";
import type { Role } from "../theme.ts";

export function validatorLines(facts: ValidatorFacts): Span[][] {
  const { validator, recentBlocks, missedSlots, epochs } = facts;
  return [
    ...identityLines(facts),
    [],
    [["Recent blocks  ", "title"], [listOf(recentBlocks.map(({ number }) => `#${number}`))]],
    [
      ["Missed slots   ", "title"],
      [listOf(missedSlots.map(({ slot }) => String(slot))), "warn"],
    ],
    [],
    [
      ["Epochs", "title"],
      [`  (luck: turns, of what is usual for it)`, "muted"],
    ],
    ...(validator.expected === 0
      ? [[["never had a turn", "muted"] as const]]
      : [...chartLines(epochs), ...epochLines(epochs)]),
  ];
}

/** What the checks tell of one of ours, where there is no file to count in. */
export function ourLines(row: OurRow): Span[][] {
  const { registration, seatsNow, seatsNext } = row;
  const { glyph, role, text } = registrationOf(registration);
  return [
    ...keyLines(row),
    line("Registration", [`${glyph} ${text}`, role]),
    line("Seats", [`${formatNumber(seatsNow)} now, ${formatNumber(seatsNext)} next epoch`]),
  ];
}

const line = (name: string, ...value: Span[]): Span[] => [[name.padEnd(15), "muted"], ...value];

function keyLines(row: OurRow): Span[][] {
  const { label, ours, aura, grandpa, sidechain } = row;
  return [
    line("Label", [label ?? "none", ours ? "ours" : "muted"], [ours ? "  ★ ours" : "", "ours"]),
    line("Aura", [aura]),
    line("GRANDPA", [grandpa ?? "? not known"]),
    line("Cross-chain", [sidechain ?? "? not known"]),
  ];
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(" ");
}

function stakeOf({ validator, stake, stakeRank, stakeShare }: ValidatorFacts): Span[] {
  if (validator.registration === "permissioned") return [["– (permissioned)"]];
  if (stakeRank === null) return [[formatAda(stake)]];
  return [
    [formatAda(stake)],
    [`   rank #${stakeRank}, ${formatShare(stakeShare)} of all stake known`, "muted"],
  ];
}

/** What the lottery gave it, in the epochs below. */
function selectionLine(epochs: readonly ValidatorEpoch[]): Span[] {
  const { selected, turns, average, gap, last, ...all } = selectionModel(epochs);
  if (average === null) return line("Selected", [`in none of ${all.epochs} epochs`]);
  const every = gap === null ? "" : `, every ${gap.toFixed(1)} epochs`;
  return line(
    "Selected",
    [`in ${selected} of ${all.epochs} epochs`],
    [`   ${turns} turns, ${average.toFixed(1)} each${every}, last in ${last}`, "muted"],
  );
}

function identityLines(facts: ValidatorFacts): Span[][] {
  const { validator: v, invalidReason, epochs } = facts;
  const registration = registrationOf(v.registration);
  const reason: Span[] = invalidReason === null ? [] : [[`  ${invalidReason}`, "bad"]];
  const rank = v.rank === null ? "never had a turn" : `#${v.rank}`;
  return [
    ...keyLines(v),
    line(
      "Registration",
      [`${registration.glyph} ${registration.text}`, registration.role],
      ...reason,
    ),
    line("Stake", ...stakeOf(facts)),
    line("Seats", [`${formatNumber(v.seatsNow)} now, ${formatNumber(v.seatsNext)} next epoch`]),
    selectionLine(epochs),
    line(
      "Rank",
      [rank],
      [`   share ${formatShare(v.share)}`],
      [`   reliability ${formatShare(v.reliability)}`],
    ),
    line(
      "Blocks",
      [`${v.blocks} made of ${v.expected} expected, `],
      [`${v.missed} missed`, v.missed > 0 ? "warn" : "text"],
      [`, ${v.orphaned} orphaned`],
    ),
  ];
}

/** Oldest on the left. */
function chartLines(epochs: readonly ValidatorEpoch[]): Span[][] {
  const oldestFirst = epochs.toReversed();
  const most = Math.max(1, ...epochs.map(({ expected }) => expected));
  const luck = oldestFirst.map((each) => each.luck);
  const highest = Math.max(1, ...luck.map((each) => each ?? 0));
  return [
    [
      ["Turns   ", "muted"],
      [
        sparkline(
          oldestFirst.map((each) => each.expected),
          most,
        ),
        "accent",
      ],
    ],
    [
      ["Made    ", "muted"],
      [
        sparkline(
          oldestFirst.map((each) => each.made),
          most,
        ),
        "ok",
      ],
    ],
    [
      ["Missed  ", "muted"],
      [
        sparkline(
          oldestFirst.map((each) => each.missed),
          most,
        ),
        "bad",
      ],
    ],
    [
      ["Luck    ", "muted"],
      [sparkline(luck, highest), "epoch"],
    ],
  ];
}

const WIDTHS = [8, 6, 6, 7, 6, 6, 6];
const TITLES = ["Epoch", "Turns", "Made", "Missed", "Orph", "Ratio", "Luck"];

function epochLines(epochs: readonly ValidatorEpoch[]): Span[][] {
  const header = TITLES.map((title, i) => pad(title, WIDTHS[i] ?? 0, true)).join(" ");
  const most = Math.max(1, ...epochs.map(({ expected }) => expected));
  return [
    [[header, "muted"]],
    ...epochs.map((epoch): Span[] => {
      const ratio = epoch.expected === 0 ? null : epoch.made / epoch.expected;
      const { luck } = epoch;
      const cells = [
        String(epoch.epoch),
        String(epoch.expected),
        String(epoch.made),
        String(epoch.missed),
        String(epoch.orphaned),
      ].map((text, i) => pad(text, WIDTHS[i] ?? 0, true));
      return [
        [`${cells.join(" ")} `],
        [pad(ratio === null ? "–" : formatShare(ratio, 0), 6, true), ratioRole(ratio)],
        [` ${pad(luck === null ? "?" : luck.toFixed(2), 6, true)}  `],
        [barOf(epoch.expected / most, 12).replaceAll("░", " "), ratioRole(ratio)],
      ];
    }),
  ];
}

/** At or above nine tenths well, at or above seven a warning. */
function ratioRole(ratio: number | null): Role {
  if (ratio === null) return "muted";
  return ratio >= 0.9 ? "ok" : ratio >= 0.7 ? "warn" : "bad";
}
