// View 1: everything at a glance.
import type { Bar } from "../chart.ts";
import { paintBars } from "../chart.ts";
import { machineModel } from "../models/machine.ts";
import { networkModel } from "../models/network.ts";
import { oursModel } from "../models/ours.ts";
import { WE_MISSED } from "../models/performance.ts";
import type { ShownFacts } from "../models/standing.ts";
import { dashboardFacts, oursOf } from "../models/standing.ts";
import type { Painter } from "../painter.ts";
import { paintRule } from "../painter.ts";
import { paintAlerts, paintHealth } from "../panels/health.ts";
import { MACHINE_ROWS, paintMachine } from "../panels/machine.ts";
import { NETWORK_ROWS, paintNetwork } from "../panels/network.ts";
import { oursRows, paintOurs } from "../panels/ours.ts";
import { paintProduction, PRODUCTION_ROWS } from "../panels/production.ts";
import { paintRecent } from "../panels/recent.ts";
import type { Screen, View } from "../view.ts";

/** From here on there are two columns. */
const WIDE = 120;
const TALL = 34;

export const dashboard: View = {
  id: "dashboard",
  title: "Dashboard",
  short: "Dash",
  question: () => ({ about: "dashboard" }),
  rows: ({ known }) => oursOf(known)?.map(({ aura }) => aura) ?? [],
  paint: (painter, screen) => {
    const facts = dashboardFacts(screen.known, screen.nowMs);
    return painter.width >= WIDE
      ? paintWide(painter, screen, facts)
      : paintNarrow(painter, screen, facts);
  },
  open: (_, key) => ({ kind: "validator", aura: key }),
  copy: (_, key) => key,
};

/** One column: every panel has its least height, and what is left goes to those that can use it. */
function paintNarrow(painter: Painter, screen: Screen, facts: ShownFacts): number {
  const { known, ui, nowMs } = screen;
  const ours = oursModel(facts, known.health, nowMs);
  const fixed = NETWORK_ROWS + PRODUCTION_ROWS;
  const [oursHeight = 0, recent = 0, health = 0, alerts = 0, machine = 0] = share(
    painter.height - fixed,
    [
      { least: 4, fair: 4, most: oursRows(ours.length, painter.width) },
      { least: 4, fair: 6, most: 24 },
      { least: 2, fair: 2, most: 5 },
      { least: 2, fair: 2, most: 6 },
      // Only a tall screen has room for it.
      { least: 0, fair: painter.height >= TALL ? MACHINE_ROWS : 0, most: 0 },
    ],
  );
  const slice = slicer(painter);
  paintNetwork(slice(NETWORK_ROWS), networkModel(known, facts.chain, nowMs));
  const room = paintOurs(slice(oursHeight), facts, ours, ui.lists.dashboard);
  keepRecent(slice(recent), facts);
  keepProduction(slice(PRODUCTION_ROWS), facts);
  paintHealth(slice(health), known.health, nowMs);
  paintAlerts(slice(alerts), facts.alerts, nowMs);
  if (machine > 0) paintMachine(slice(machine), machineModel(known, nowMs));
  return room;
}

/** Two columns under the strip: us and our health on the left, the chain on the right. */
function paintWide(painter: Painter, screen: Screen, facts: ShownFacts): number {
  const { known, ui, nowMs } = screen;
  const ours = oursModel(facts, known.health, nowMs);
  const half = Math.floor(painter.width / 2);
  const slice = slicer(painter);
  paintNetwork(slice(NETWORK_ROWS), networkModel(known, facts.chain, nowMs));
  const oursHeight = Math.min(oursRows(ours.length, painter.width), Math.floor(painter.height / 3));
  const room = paintOurs(slice(oursHeight), facts, ours, ui.lists.dashboard);
  keepProduction(slice(PRODUCTION_ROWS), facts);
  const rest = slice(painter.height);
  const left = slicer(rest.inside(0, 0, half - 1, rest.height));
  const [chart = 0, machine = 0, health = 0, alerts = 0] = share(rest.height, [
    { least: 6, fair: 8, most: 12 },
    { least: 2, fair: MACHINE_ROWS, most: MACHINE_ROWS },
    { least: 3, fair: 4, most: 14 },
    { least: 2, fair: 3, most: 40 },
  ]);
  left(chart).keep("epochs", [facts.epochs], (part) => paintEpochs(part, facts));
  paintMachine(left(machine), machineModel(known, nowMs));
  paintHealth(left(health), known.health, nowMs);
  paintAlerts(left(alerts), facts.alerts, nowMs);
  keepRecent(rest.inside(half, 0, painter.width - half, rest.height), facts);
  return room;
}

// These change with a block, not with the second.

function keepRecent(painter: Painter, { recent, chain }: ShownFacts): void {
  const { constants } = chain;
  painter.keep("recent", [recent, constants], (part) => paintRecent(part, recent, constants));
}

function keepProduction(painter: Painter, { recent }: ShownFacts): void {
  painter.keep("production", [recent], (part) => paintProduction(part, recent));
}

/** Blocks of each epoch: how evenly the chain goes. The epoch under way is short by nature. */
function paintEpochs(painter: Painter, { epochs }: Pick<ShownFacts, "epochs">): void {
  paintRule(painter, 0, `Blocks per Epoch (last ${epochs.length}; ✗ we missed one)`, []);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (epochs.length === 0) return void body.text(0, 0, "no epoch yet", "muted");
  const bars = epochs.map(({ made, oursMissed }): Bar => {
    const bar: Bar = { value: made, role: "accent" };
    return oursMissed > 0 ? { ...bar, mark: WE_MISSED } : bar;
  });
  paintBars(body, bars, {
    min: 0,
    max: Math.max(...epochs.map(({ made }) => made)),
    format: String,
    nameOf: (index) => String(epochs[index]?.epoch ?? ""),
  });
}

interface Wish {
  least: number;
  /** What everybody gets before anybody gets more. */
  fair: number;
  most: number;
}

/** Rows dealt out: to each the least, then what is fair, then one at a time to those that can use more. */
export function share(rows: number, wishes: readonly Wish[]): number[] {
  const heights = wishes.map(() => 0);
  let left = rows;
  const give = (i: number, upTo: number): boolean => {
    const more = Math.max(0, Math.min(left, upTo - (heights[i] ?? 0)));
    heights[i] = (heights[i] ?? 0) + more;
    left -= more;
    return more > 0;
  };
  for (const [i, { least }] of wishes.entries()) give(i, least);
  for (const [i, { fair }] of wishes.entries()) give(i, fair);
  const giveOne = (): boolean =>
    wishes.map(({ most }, i) => give(i, Math.min(most, (heights[i] ?? 0) + 1))).includes(true);
  while (left > 0 && giveOne());
  return heights;
}

/** Cuts rows off the top, one panel after another. */
function slicer(painter: Painter): (rows: number) => Painter {
  let y = 0;
  return (rows) => {
    const part = painter.inside(0, y, painter.width, Math.min(rows, painter.height - y));
    y += rows;
    return part;
  };
}
