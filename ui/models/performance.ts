// Production by epoch, as bars.
import type { EpochRow, ValidatorEpoch } from "../../core/view/messages.ts";
import type { Bar } from "../chart.ts";

export interface EpochChart {
  title: string;
  bars: Bar[];
  max: number;
  /** Epoch of a bar. */
  nameOf: (index: number) => string;
}

export const WE_MISSED = ["✗", "bad"] as const;

/** Everybody: blocks made and missed slots; ours: made of the turns there were. Oldest first. */
export function epochCharts(epochs: readonly EpochRow[]): EpochChart[] {
  const nameOf = (index: number): string => String(epochs[index]?.epoch ?? "");
  const chart = (title: string, bars: Bar[]): EpochChart => {
    const highest = bars.map(({ value, of }) => Math.max(value, of ?? 0));
    return { title, bars, max: Math.max(1, ...highest), nameOf };
  };
  return [
    chart("Our blocks (░ turns, ✗ missed)", epochs.map(oursOf)),
    chart(
      "Blocks per epoch",
      epochs.map(({ made }) => ({ value: made, role: "accent" })),
    ),
    chart(
      "Missed slots per epoch",
      epochs.map(({ missed }) => ({ value: missed, role: "warn" })),
    ),
  ];
}

function oursOf({ oursMade, oursMissed }: EpochRow): Bar {
  const bar: Bar = { value: oursMade, of: oursMade + oursMissed, role: "ours" };
  return oursMissed > 0 ? { ...bar, mark: WE_MISSED } : bar;
}

/**
 * Turns had, against an even share of all turns among those who had any: 1 is average. It says how the
 * committee lottery went, not how well the node works.
 */
export function luckOf({ expected, turns, holders }: ValidatorEpoch): number | null {
  return turns === 0 || holders === 0 ? null : expected / (turns / holders);
}
