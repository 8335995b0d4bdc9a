// View 4: the ranking, with charts of the last epochs.
import type { PerformanceFacts, ValidatorRow } from "../../core/view/messages.ts";
import { paintBars } from "../chart.ts";
import { epochCharts } from "../models/performance.ts";
import { validatorsModel } from "../models/validators.ts";
import type { Painter, Span } from "../painter.ts";
import { barOf, paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatShare } from "../text.ts";
import type { Screen, View } from "../view.ts";
import { factsIn } from "../view.ts";
import { isWanted, nameColumn, orderOf } from "./validators.ts";

const SORTS = ["Rank", "Blocks", "Missed", "Reliab."] as const;

export const performance: View = {
  id: "performance",
  title: "Performance",
  short: "Perf",
  question: () => ({ about: "performance" }),
  rows: (screen) => shown(screen).map(({ aura }) => aura),
  sorts: SORTS,
  filters: true,
  paint: (painter, screen) => {
    const facts = factsIn(screen, "performance");
    const chartRows = painter.height < 30 ? 8 : 2 + Math.floor(painter.height / 3);
    paintCharts(painter.inside(0, 0, painter.width, chartRows), facts, screen.ui.chart);
    const rest = painter.inside(0, chartRows, painter.width, painter.height - chartRows);
    paintRule(rest, 0, "Ranking", [["Enter: epochs of one", "muted"]]);
    return paintTable(rest.inside(0, 1, rest.width, rest.height - 1), {
      columns: COLUMNS,
      rows: shown(screen),
      keyOf: ({ aura }) => aura,
      list: screen.ui.lists.performance,
      sorted: sortOf(screen),
      reversed: orderOf(screen.ui).reversed,
      empty: facts === null ? "not read yet" : "none known yet",
    });
  },
  open: (_, key) => ({ kind: "validator", aura: key }),
  copy: (_, key) => key,
  matches: (screen, key, text) => {
    const row = shown(screen).find(({ aura }) => aura === key);
    return row !== undefined && isWanted(row, text);
  },
};

function sortOf({ ui }: Screen): (typeof SORTS)[number] {
  return SORTS[(ui.sort.performance ?? 0) % SORTS.length] ?? "Rank";
}

function shown(screen: Screen): ValidatorRow[] {
  const all = factsIn(screen, "performance")?.validators ?? [];
  const judged = all.filter(({ rank }) => rank !== null);
  return validatorsModel(judged, sortOf(screen), orderOf(screen.ui));
}

/** A chart wants so many columns at least. */
const CHART_COLUMNS = 40;

/** As many charts side by side as there is room for, from the one chosen on. */
function paintCharts(painter: Painter, facts: PerformanceFacts | null, from: number): void {
  const charts = epochCharts(facts?.epochs ?? []);
  const count = Math.min(charts.length, Math.floor(painter.width / CHART_COLUMNS));
  const width = Math.floor(painter.width / count);
  for (let i = 0; i < count; i++) {
    const chart = charts[(from + i) % charts.length];
    if (chart === undefined) continue;
    const isLast = i === count - 1;
    const columns = isLast ? painter.width - i * width : width - 1;
    const part = painter.inside(i * width, 0, columns, painter.height);
    const more: Span[] = isLast && count < charts.length ? [["c: more", "muted"]] : [];
    paintRule(part, 0, chart.title, more);
    const body = part.inside(1, 1, part.width - 2, part.height - 1);
    if (chart.bars.length === 0)
      body.text(0, 0, facts === null ? "not read yet" : "no epoch yet", "muted");
    else paintBars(body, chart.bars, { ...chart, min: 0 });
  }
}

const COLUMNS: readonly Column<ValidatorRow>[] = [
  { title: "Rank", width: 5, right: true, cell: ({ rank }) => (rank === null ? "–" : `#${rank}`) },
  nameColumn(18),
  { title: "Blocks", width: 8, right: true, cell: ({ blocks }) => String(blocks) },
  { title: "Expected", width: 8, right: true, cell: ({ expected }) => String(expected) },
  {
    title: "Missed",
    width: 7,
    right: true,
    cell: ({ missed }) => [String(missed), missed > 0 ? "warn" : "muted"],
  },
  { title: "Orph", width: 4, right: true, optional: 1, cell: ({ orphaned }) => String(orphaned) },
  { title: "Share", width: 7, right: true, cell: ({ share }) => formatShare(share) },
  {
    title: "Reliab.",
    width: 8,
    right: true,
    cell: ({ reliability }) => {
      const role =
        reliability === null
          ? "muted"
          : reliability >= 0.9
            ? "ok"
            : reliability >= 0.7
              ? "warn"
              : "bad";
      return [reliability === null ? "–" : formatShare(reliability), role];
    },
  },
  {
    title: "Made of expected",
    width: 16,
    optional: 2,
    cell: ({ reliability }) => [reliability === null ? "" : barOf(reliability, 16), "accent"],
  },
];
