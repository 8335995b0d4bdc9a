// View 6: where each of our keys is known: keystore, node, chain, committee; and how they changed.
import type { KeyReport } from "../../core/health/key-report.ts";
import type { KeyChange } from "../../core/queries/key-changes.ts";
import type { ValidatorRow } from "../../core/view/messages.ts";
import type { Mark } from "../models/health.ts";
import { markOf, reportOf } from "../models/health.ts";
import type { OurRow } from "../models/our-rows.ts";
import { ourRows } from "../models/our-rows.ts";
import { registrationOf } from "../models/ours.ts";
import type { Painter } from "../painter.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatNumber, formatTime, shortKey } from "../text.ts";
import type { Screen, View } from "../view.ts";
import { factsIn } from "../view.ts";

interface KeyRow {
  id: string;
  validator: OurRow;
  kind: "aura" | "grandpa" | "sidechain";
  key: string | null;
  keystore: Mark;
  node: Mark;
  chain: Mark;
}

const KINDS = ["aura", "grandpa", "sidechain"] as const;

export const keysView: View = {
  id: "keys",
  title: "Keys",
  short: "Keys",
  question: () => ({ about: "keys" }),
  rows: (screen) => shown(screen).map(({ id }) => id),
  paint: (painter, screen) => {
    const facts = factsIn(screen, "keys");
    const changes = facts?.changes ?? [];
    const below = Math.max(4, Math.floor(painter.height / 3));
    const rows = shown(screen);
    const upper = painter.inside(0, 0, painter.width, painter.height - below);
    const unchecked = screen.known.health === null ? "keystore and node: not checked yet" : "";
    const count = new Set(rows.map(({ validator }) => validator.aura)).size;
    const nobodySaid = facts === null && screen.known.health === null;
    paintRule(upper, 0, `Keys of our validators (${nobodySaid ? "?" : count})`, [
      [unchecked, "muted"],
    ]);
    const room = paintTable(upper.inside(0, 1, upper.width, upper.height - 1), {
      columns: COLUMNS,
      rows,
      keyOf: ({ id }) => id,
      list: screen.ui.lists.keys,
      empty: nobodySaid ? "not read yet" : "none is known as ours: run `mvm sync` with --keystore",
    });
    paintChanges(
      painter.inside(0, painter.height - below, painter.width, below),
      changes,
      facts?.ours ?? [],
    );
    return room;
  },
  open: (screen, id) => {
    const row = shown(screen).find((each) => each.id === id);
    return row === undefined ? null : { kind: "validator", aura: row.validator.aura };
  },
  copy: (screen, id) => shown(screen).find((each) => each.id === id)?.key ?? null,
  matches: (screen, id, text) => {
    const row = shown(screen).find((each) => each.id === id);
    const words = `${row?.key ?? ""} ${row?.validator.label ?? ""}`.toLowerCase();
    return words.includes(text.toLowerCase());
  },
};

function shown(screen: Screen): KeyRow[] {
  const { health } = screen.known;
  return (ourRows(factsIn(screen, "keys")?.ours ?? null, health) ?? []).flatMap((validator) => {
    const report = reportOf(health, validator);
    return KINDS.flatMap((kind) => {
      const told = report?.keys.filter((each) => each.kind === kind) ?? [];
      const stored = validator[kind];
      if (told.length === 0) return [rowOf(validator, kind, stored, null)];
      return told.map((each) =>
        rowOf(validator, kind, each.key, { ...each, store: report?.keystore ?? null }),
      );
    });
  });
}

/** @param told null: nobody looked; then the chain's word is the stored one */
function rowOf(
  validator: OurRow,
  kind: KeyRow["kind"],
  key: string | null,
  told: (KeyReport & { store: string | null }) | null,
): KeyRow {
  const unknown = markOf("unknown");
  const stored = key === null ? unknown : registrationOf(validator.registration);
  return {
    ...{ id: `${validator.aura} ${kind} ${key}`, validator, kind, key },
    // Without a keystore to look into, being named is not being held.
    keystore: told === null || told.store === null ? unknown : yesNo(told.held),
    node: told === null ? unknown : yesNo(told.loaded),
    // A key left over from before is no fault.
    chain: told === null ? stored : told.stale === true ? LEFT_OVER : yesNo(told.registered),
  };
}

const LEFT_OVER: Mark = { glyph: "○", role: "muted" };

function yesNo(is: boolean | null): Mark {
  return markOf(is === null ? "unknown" : is ? "ok" : "critical");
}

const COLUMNS: readonly Column<KeyRow>[] = [
  {
    title: "Validator",
    width: 16,
    upTo: 24,
    cell: ({ validator, kind }) =>
      kind === "aura" ? [validator.label ?? shortKey(validator.aura, 16), "ours"] : "",
  },
  { title: "Kind", width: 9, cell: ({ kind }) => [kind, "muted"] },
  { title: "Key", width: 20, upTo: 68, cell: ({ key }) => shortKey(key ?? "? not known", 68) },
  { title: "Keystore", width: 8, cell: ({ keystore }) => [keystore.glyph, keystore.role] },
  { title: "Node", width: 4, cell: ({ node }) => [node.glyph, node.role] },
  { title: "Chain", width: 5, cell: ({ chain }) => [chain.glyph, chain.role] },
  {
    title: "Seats",
    width: 7,
    optional: 1,
    cell: ({ validator, kind }) =>
      kind === "aura"
        ? `${formatNumber(validator.seatsNow)}→${formatNumber(validator.seatsNext)}`
        : "",
  },
];

function paintChanges(
  painter: Painter,
  changes: readonly KeyChange[],
  ours: readonly ValidatorRow[],
): void {
  paintRule(painter, 0, "Rotation history", [[`${changes.length}`, "muted"]]);
  if (changes.length === 0) painter.text(1, 1, "no change seen", "muted");
  const room = painter.height - 1;
  const shown = changes.length > room ? changes.slice(0, room - 1) : changes;
  for (const [y, change] of shown.entries()) {
    const { time, validator, kind, before, after } = change;
    const name = ours.find(({ sidechain }) => sidechain === validator)?.label ?? null;
    painter.spans(1, y + 1, [
      [`${formatTime(Date.parse(time))}  `, "muted"],
      [name ?? shortKey(validator, 15), name === null ? "text" : "ours"],
      [` ${kind} `],
      [`${shortKey(before ?? "none", 15)} → ${shortKey(after ?? "none", 15)}`, "epoch"],
    ]);
  }
  const older = changes.length - shown.length;
  if (older > 0) painter.text(1, room, `${older} older: mvm query keys`, "muted");
}
