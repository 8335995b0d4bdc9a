// The node's process and its machine: totals as told, rates and trends from the last looks.
import type { MachineFacts } from "../../core/health/machine.ts";
import type { Known } from "../feed.ts";

export interface MachineModel {
  facts: MachineFacts;
  /** How long the process runs. */
  uptimeMs: number | null;
  /** Bytes a second. */
  rateIn: number | null;
  rateOut: number | null;
  /** Where the memory in use is going. */
  memory: "up" | "down" | "level" | null;
}

/** More per cent between the first and the last look than this is a direction. */
const LEVEL_PERCENT = 1;

/** Null before the first look. */
export function machineModel({ machine }: Known, nowMs: number): MachineModel | null {
  const last = machine.at(-1);
  if (last === undefined) return null;
  const { facts } = last;
  const startedAtMs = facts.startedAt === null ? null : Date.parse(facts.startedAt);
  return {
    facts,
    uptimeMs: startedAtMs === null ? null : Math.max(0, nowMs - startedAtMs),
    rateIn: rateOf(machine, ({ bytesIn }) => bytesIn),
    rateOut: rateOf(machine, ({ bytesOut }) => bytesOut),
    memory: trendOf(machine),
  };
}

/** Null where the node started anew meanwhile: its counters began at nothing. */
function rateOf(
  looks: Known["machine"],
  valueOf: (facts: MachineFacts) => number | null,
): number | null {
  const [before, last] = looks.slice(-2);
  if (before === undefined || last === undefined) return null;
  const [from, to] = [valueOf(before.facts), valueOf(last.facts)];
  const seconds = (last.atMs - before.atMs) / 1000;
  return from === null || to === null || to < from || seconds <= 0 ? null : (to - from) / seconds;
}

function trendOf(looks: Known["machine"]): MachineModel["memory"] {
  const used = looks.flatMap(({ facts: { memoryUsedPercent } }) => memoryUsedPercent ?? []);
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined || used.length < 2) return null;
  if (Math.abs(last - first) <= LEVEL_PERCENT) return "level";
  return last > first ? "up" : "down";
}
