// Dashboard panel: the node as a process on a machine.
import type { MachineModel } from "../models/machine.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";
import { formatAge, formatBytes, formatNumber, shortKey } from "../text.ts";
import type { Role } from "../theme.ts";

export const MACHINE_ROWS = 5;

const TRENDS = { up: "↑", down: "↓", level: "─" } as const;

export function paintMachine(painter: Painter, model: MachineModel | null): void {
  paintRule(painter, 0, "Node", []);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (model === null) return void body.text(0, 0, "not checked yet", "muted");
  const { facts, uptimeMs } = model;
  const { peersIn, peersOut, poolReady, address, peerId } = facts;
  body.spans(0, 0, [
    ...named("Up", uptimeMs === null ? "?" : formatAge(uptimeMs)),
    ...named("  Peers", `↓${formatNumber(peersIn)} ↑${formatNumber(peersOut)}`),
    ...named("  Pool", formatNumber(poolReady)),
  ]);
  body.spans(0, 1, trafficOf(model));
  body.spans(0, 2, [
    ...named("Address", address ?? "? not told"),
    ...named("  Id", peerId === null ? "?" : shortKey(peerId, 15)),
  ]);
  body.spans(0, 3, hostOf(model));
}

function named(name: string, value: string, role: Role = "text"): Span[] {
  return [
    [`${name} `, "muted"],
    [value, role],
  ];
}

function trafficOf({ facts: { bytesIn, bytesOut }, rateIn, rateOut }: MachineModel): Span[] {
  if (bytesIn === null && bytesOut === null) {
    return [["Traffic ", "muted"], ["? set rpc.metrics_url"]];
  }
  const each = (sign: string, rate: number | null, total: number | null): Span[] => [
    [`${sign}${rate === null ? "" : `${formatBytes(rate)}/s`} `],
    [`(${formatBytes(total)}) `, "muted"],
  ];
  return [["Traffic ", "muted"], ...each("↓", rateIn, bytesIn), ...each("↑", rateOut, bytesOut)];
}

function hostOf({ facts, memory }: MachineModel): Span[] {
  const { memoryUsedPercent: used, diskFreePercent: free, load } = facts;
  if (used === null && free === null && load === null) {
    return [["Machine ", "muted"], ["? set rpc.node_exporter_url"]];
  }
  const trend = memory === null ? "" : ` ${TRENDS[memory]}`;
  return [
    ...named("Memory", `${percent(used)}${trend}`, roleOf(used)),
    ...named("  Disk free", percent(free), roleOf(free === null ? null : 100 - free)),
    ...named("  Load", load === null ? "?" : load.toFixed(2)),
  ];
}

function percent(part: number | null): string {
  return part === null ? "?" : `${part}%`;
}

/** @param used per cent */
function roleOf(used: number | null): Role {
  if (used === null || used < 80) return "text";
  return used < 90 ? "warn" : "bad";
}
