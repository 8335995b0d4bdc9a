// Production by epoch, as bars.
import type { EpochRow, ValidatorEpoch } from "../../core/view/messages.ts";
import type { Bar } from "../chart.ts";

export interface EpochChart {
  title: string;
  bars: Bar[];
  max: number;
}

/** Everybody: blocks made, missed slots, and blocks by us, oldest first. */
export function epochCharts(epochs: readonly EpochRow[]): EpochChart[] {
  const made = epochs.map(({ made: value }): Bar => ({ value, role: "accent" }));
  const missed = epochs.map(({ missed: value }): Bar => ({ value, role: "warn" }));
  const ours = epochs.map(({ oursMade, oursMissed }): Bar => ({
    value: oursMade,
    role: oursMissed > 0 ? "bad" : "ours",
  }));
  return [
    chart("Blocks per epoch", made),
    chart("Missed slots per epoch", missed),
    chart("Our blocks per epoch (red: one missed)", ours),
  ];
}

function chart(title: string, bars: Bar[]): EpochChart {
  return { title, bars, max: Math.max(1, ...bars.map(({ value }) => value)) };
}

/**
 * Turns had, against an even share of all turns among those who had any: 1 is average. It says how the
 * committee lottery went, not how well the node works.
 */
export function luckOf({ expected, turns, holders }: ValidatorEpoch): number | null {
  return turns === 0 || holders === 0 ? null : expected / (turns / holders);
}
