// Other machines: a row for each validator, and below what troubles the one the cursor is on.
import { clean } from "../../core/harmless.ts";
import type { FleetRow } from "../models/fleet.ts";
import { countVerdicts, fleetRows, troublesOf } from "../models/fleet.ts";
import { markOf } from "../models/health.ts";
import type { Painter } from "../painter.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatAge, formatBlock, formatCountdown, formatNumber } from "../text.ts";
import type { Screen, View } from "../view.ts";
import { selectedKey } from "../view.ts";

/** Lines below the list. */
const DETAILS = 7;

export const fleet: View = {
  id: "fleet",
  title: "Fleet",
  short: "Fleet",
  // Machines tell unasked; there is no file to put a question to.
  question: () => ({ about: "dashboard" }),
  rows: ({ known }) => fleetRows(known.fleet).map(({ key }) => key),
  paint: (painter, screen) => {
    const rows = fleetRows(screen.known.fleet);
    paintRule(painter, 0, "Fleet", summaryOf(screen, rows));
    const height = Math.max(1, painter.height - 1 - DETAILS);
    const room = paintTable(painter.inside(0, 1, painter.width, height), {
      columns: columnsAt(screen.nowMs),
      rows,
      keyOf: ({ key }) => key,
      list: screen.ui.lists.fleet,
      empty: "no machine has answered yet",
    });
    const selected = selectedKey(
      screen,
      rows.map(({ key }) => key),
    );
    const row = rows.find(({ key }) => key === selected);
    if (row !== undefined) paintDetails(painter.inside(0, 1 + height, painter.width, DETAILS), row);
    return room;
  },
  copy: (screen, key) =>
    fleetRows(screen.known.fleet).find((row) => row.key === key)?.machine.url ?? null,
  matches: (_, key, text) => key.toLowerCase().includes(text.toLowerCase()),
};

function summaryOf({ known: { fleet: told }, nowMs }: Screen, rows: readonly FleetRow[]) {
  if (told === null) return [["? asking", "muted"]] as const;
  const counts = countVerdicts(rows);
  const shown = (["critical", "unknown", "warning", "ok"] as const).filter(
    (each) => counts[each] > 0,
  );
  const marks = shown.map(
    (each) => [`${markOf(each).glyph} ${counts[each]} `, markOf(each).role] as const,
  );
  const age = [`${told.machines.length} machines, ${formatAge(nowMs - told.atMs)} ago`] as const;
  return [...marks, age];
}

function columnsAt(nowMs: number): readonly Column<FleetRow>[] {
  return [
    { title: "", width: 1, cell: ({ verdict }) => [markOf(verdict).glyph, markOf(verdict).role] },
    { title: "Machine", width: 14, upTo: 30, cell: ({ machine }) => machine.name },
    {
      title: "Validator",
      width: 12,
      upTo: 30,
      cell: ({ status, validator }) =>
        validator === null ? [status === null ? "?" : "none", "muted"] : validator.id,
    },
    {
      title: "Block",
      width: 9,
      right: true,
      cell: ({ status }) => formatBlock(status?.lastBlock ?? null),
    },
    {
      title: "Age",
      width: 4,
      right: true,
      cell: ({ status }) => ageOf(status?.lastBlockTime ?? null, nowMs),
    },
    {
      title: "Made",
      width: 5,
      right: true,
      cell: ({ validator }) => formatNumber(validator?.made ?? null),
    },
    {
      title: "Missed",
      width: 6,
      right: true,
      cell: ({ validator }) => {
        const missed = validator?.missed ?? null;
        return missed !== null && missed > 0 ? [String(missed), "warn"] : formatNumber(missed);
      },
    },
    {
      title: "Next slot",
      width: 9,
      right: true,
      cell: ({ validator }) => nextOf(validator?.nextSlotTime ?? null, nowMs),
    },
    {
      title: "Seats",
      width: 5,
      right: true,
      optional: 2,
      cell: ({ validator }) => formatNumber(validator?.seats ?? null),
    },
    {
      title: "Looked",
      width: 6,
      right: true,
      optional: 1,
      cell: ({ status }) => ageOf(status?.at ?? null, nowMs),
    },
    {
      title: "Chain",
      width: 16,
      upTo: 24,
      optional: 3,
      cell: ({ status }) => status?.chain ?? "?",
    },
  ];
}

function ageOf(iso: string | null, nowMs: number): string {
  return iso === null ? "?" : formatAge(nowMs - Date.parse(iso));
}

/** One that has come since the machine looked is none to come: the one after it is not told yet. */
function nextOf(iso: string | null, nowMs: number): string {
  const ms = iso === null ? -1 : Date.parse(iso) - nowMs;
  return ms < 0 ? "?" : formatCountdown(ms);
}

function paintDetails(painter: Painter, row: FleetRow): void {
  const { machine, validator } = row;
  const name = validator === null ? machine.name : `${machine.name} · ${validator.id}`;
  paintRule(painter, 0, clean(name), [[machine.url, "muted"]]);
  const lines = troublesOf(row);
  if (lines.length === 0) return void painter.text(1, 1, "✓ nothing to tell", "ok");
  for (const [i, { verdict, text }] of lines.slice(0, painter.height - 1).entries()) {
    const { glyph, role } = markOf(verdict);
    painter.spans(1, 1 + i, [[`${glyph} `, role], [clean(text)]]);
  }
}
