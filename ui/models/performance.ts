// Production by epoch, as bars.
import type { EpochRow, LuckyEpoch } from "../../core/view/messages.ts";
import type { Bar } from "../chart.ts";

export interface EpochChart {
  title: string;
  bars: Bar[];
  max: number;
  format: (value: number) => string;
  /** Epoch of a bar. */
  nameOf: (index: number) => string;
}

export const WE_MISSED = ["✗", "bad"] as const;

/** Everybody: blocks made and missed slots; ours: made of the turns there were, and their luck. Oldest first. */
export function epochCharts(epochs: readonly LuckyEpoch[]): EpochChart[] {
  const nameOf = (index: number): string => String(epochs[index]?.epoch ?? "");
  const chart = (title: string, bars: Bar[], format: EpochChart["format"] = String): EpochChart => {
    const highest = bars.map(({ value, of }) => Math.max(value, of ?? 0));
    return { title, bars, format, max: Math.max(1, ...highest), nameOf };
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
    chart("Our luck (1 = turns as usual)", epochs.map(luckBar), (luck) => luck.toFixed(1)),
  ];
}

function oursOf({ oursMade, oursMissed }: EpochRow): Bar {
  const bar: Bar = { value: oursMade, of: oursMade + oursMissed, role: "ours" };
  return oursMissed > 0 ? { ...bar, mark: WE_MISSED } : bar;
}

/** Above 1 the draw gave more turns than usual; what is not known has a sign of its own. */
function luckBar({ oursLuck }: LuckyEpoch): Bar {
  if (oursLuck === null) return { value: 0, role: "muted", mark: ["?", "muted"] };
  return { value: oursLuck, role: "epoch" };
}
