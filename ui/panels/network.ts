// Dashboard panel: where the network stands.
import type { NetworkModel, Period } from "../models/network.ts";
import type { Painter, Span } from "../painter.ts";
import { barOf, paintRule } from "../painter.ts";
import { formatAge, formatBlock, formatCountdown, formatNumber, formatShare } from "../text.ts";

export const NETWORK_ROWS = 5;

export function paintNetwork(painter: Painter, model: NetworkModel): void {
  const { chain, nodeVersion, peers, slot, epoch, sync } = model;
  const epochText: Span[] = [
    ["Epoch: ", "muted"],
    [formatNumber(epoch?.number ?? null), "epoch"],
    ["   Slot: ", "muted"],
    [formatNumber(slot), "epoch"],
  ];
  paintRule(painter, 0, `Network: ${chain ?? "?"}`, epochText);
  const half = Math.floor(painter.width / 2);
  const left = painter.inside(1, 1, half - 1, 4);
  const right = painter.inside(half, 1, painter.width - half - 1, 4);
  const lag = model.lag === null ? "" : ` (−${model.lag})`;
  const updated = model.updatedMs === null ? "never" : `${formatAge(model.updatedMs)} ago`;
  line(left, 0, "Chain Tip", [[formatBlock(model.tip), "title"]]);
  line(left, 1, "Finalized", [[formatBlock(model.finalized)], [lag, "muted"]]);
  line(right, 0, "Sync Status", [[sync.text, sync.role, { bold: true }]]);
  // While it syncs it is updated all the time: how far it is says more.
  if (sync.part === null) line(right, 1, "Last Update", [[updated]]);
  else line(right, 1, "Progress", progressOf(sync, sync.part, right.width - 13));
  line(left, 2, "Node", [[nodeVersion ?? "?"]]);
  line(right, 2, "Peers", [[formatNumber(peers)]]);
  paintPeriod(left, 3, "Epoch", epoch);
  paintPeriod(right, 3, "Cardano", model.mainchain);
}

function line(painter: Painter, y: number, name: string, value: readonly Span[]): void {
  painter.spans(0, y, [[`${name}:`.padEnd(13), "muted"], ...value]);
}

function progressOf({ rate, leftMs }: NetworkModel["sync"], part: number, room: number): Span[] {
  const left = leftMs === null ? "" : ` ${formatCountdown(leftMs)}`;
  const speed = rate === null ? "" : ` ${Math.round(rate)}/s`;
  // Never "100%" while something is missing.
  const rest = ` ${formatShare(Math.min(part, 0.999), 1)}${speed}${left}`;
  return [
    [barOf(part, Math.max(3, Math.min(30, room - rest.length))), "accent"],
    [rest, "muted"],
  ];
}

/** Number, bar, share and what is left; the bar takes what room there is. */
function paintPeriod(painter: Painter, y: number, name: string, period: Period | null): void {
  if (period === null) return line(painter, y, name, [["?", "muted"]]);
  const number = `${period.number} `;
  const rest = ` ${formatShare(period.part, 0)} ${formatCountdown(period.leftMs)}`;
  const room = Math.min(30, painter.width - 13 - number.length - rest.length - 1);
  line(painter, y, name, [
    [number, "epoch"],
    [barOf(period.part, Math.max(3, room)), period.part > 0.9 ? "warn" : "accent"],
    [rest, "muted"],
  ]);
}
