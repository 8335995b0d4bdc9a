// View 3: every validator the chain ever named.
import type { ValidatorRow } from "../../core/view/messages.ts";
import { registrationOf } from "../models/ours.ts";
import type { Sortable } from "../models/validators.ts";
import { SORTS, validatorsModel } from "../models/validators.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatNumber, formatShare, shortKey } from "../text.ts";
import type { Screen, Ui, View } from "../view.ts";
import { factsIn } from "../view.ts";

export const validators: View = {
  id: "validators",
  title: "Validators",
  short: "Valid",
  question: () => ({ about: "validators" }),
  rows: (screen) => shown(screen).map(({ aura }) => aura),
  sorts: SORTS,
  filters: true,
  paint: (painter, screen) => {
    const facts = factsIn(screen, "validators");
    const rows = shown(screen);
    const seated = rows.filter(({ seatsNow }) => (seatsNow ?? 0) > 0).length;
    const size = facts?.committees.now ?? null;
    paintRule(painter, 0, screen.ui.oursOnly ? "Validators: ours" : "Validators", [
      [`${rows.length} known, ${seated} seated of ${formatNumber(size)} seats`, "muted"],
    ]);
    return paintTable(painter.inside(0, 1, painter.width, painter.height - 1), {
      columns: COLUMNS,
      rows,
      keyOf: ({ aura }) => aura,
      list: screen.ui.lists.validators,
      sorted: sortOf(screen),
      reversed: orderOf(screen.ui).reversed,
      empty: facts === null ? "not read yet" : "none known yet: `mvm sync` finds them",
    });
  },
  open: (_, key) => ({ kind: "validator", aura: key }),
  copy: (_, key) => key,
  matches: (screen, key, text) => matches(screen, key, text),
};

function sortOf({ ui }: Screen): Sortable {
  return SORTS[(ui.sort.validators ?? 0) % SORTS.length] ?? "Rank";
}

function shown(screen: Screen): ValidatorRow[] {
  const all = factsIn(screen, "validators")?.validators ?? [];
  return validatorsModel(all, sortOf(screen), orderOf(screen.ui));
}

/** What was chosen for all lists of validators, and for this one. */
export function orderOf({ view, oursOnly, reversed }: Ui): {
  oursOnly: boolean;
  reversed: boolean;
} {
  return { oursOnly, reversed: reversed[view] ?? false };
}

function matches(screen: Screen, key: string, text: string): boolean {
  const row = shown(screen).find(({ aura }) => aura === key);
  return row !== undefined && isWanted(row, text);
}

/** By the beginning of a key, or any part of a label. */
export function isWanted(row: ValidatorRow, text: string): boolean {
  const wanted = text.toLowerCase();
  const hex = wanted.replace(/^0x/, "");
  const keys = [row.aura, row.sidechain, row.grandpa].filter((key) => key !== null);
  const byKey = hex.length >= 2 && keys.some((key) => key.slice(2).startsWith(hex));
  return byKey || (row.label?.toLowerCase().includes(wanted) ?? false);
}

export function nameColumn(width: number): Column<ValidatorRow> {
  return {
    title: "Validator",
    width,
    upTo: 66,
    cell: ({ aura, label, ours }) => {
      const name = label === null ? aura : `${label} ${aura}`;
      const text = `${ours ? "★ " : "  "}${label === null ? shortKey(name, 66) : name}`;
      return [text, ours ? "ours" : "text"];
    },
  };
}

const COLUMNS: readonly Column<ValidatorRow>[] = [
  { title: "Rank", width: 5, right: true, cell: ({ rank }) => (rank === null ? "–" : `#${rank}`) },
  nameColumn(20),
  {
    title: "Reg",
    width: 4,
    cell: ({ registration }) => {
      const { glyph, role } = registrationOf(registration);
      return [`${glyph} ${registration === "permissioned" ? "P" : ""}`, role];
    },
  },
  { title: "Seats", width: 5, right: true, cell: ({ seatsNow }) => formatNumber(seatsNow) },
  { title: "Next", width: 4, right: true, cell: ({ seatsNext }) => formatNumber(seatsNext) },
  { title: "Blocks", width: 8, right: true, cell: ({ blocks }) => String(blocks) },
  {
    title: "Missed",
    width: 7,
    right: true,
    cell: ({ missed }) => [String(missed), missed > 0 ? "warn" : "muted"],
  },
  { title: "Share", width: 7, right: true, cell: ({ share }) => formatShare(share) },
  {
    title: "Reliab.",
    width: 8,
    right: true,
    optional: 2,
    cell: ({ reliability }) => (reliability === null ? "–" : formatShare(reliability)),
  },
  {
    title: "Epoch",
    width: 7,
    right: true,
    optional: 1,
    cell: ({ epochMade, epochMissed }) => [
      `${epochMade}/${epochMissed}`,
      epochMissed > 0 ? "bad" : "text",
    ],
  },
  {
    title: "Last block",
    width: 11,
    right: true,
    optional: 3,
    cell: ({ lastBlock }) => (lastBlock === null ? "–" : `#${lastBlock}`),
  },
];
