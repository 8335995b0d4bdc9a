// A chain made in a blink: some epochs of forty slots, repeated seats, missed slots.
import type { Devnet, DevnetOptions } from "../../../examples/devnet/devnet.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";

export const SLOTS_PER_EPOCH = 40;

/** Slots an epoch never stands at the edge of by chance: the same chain each time it is run. */
const END_SLOT = 300_000_017;

export async function startSmallDevnet(
  options: Partial<DevnetOptions> = {},
): Promise<Devnet & AsyncDisposable> {
  const devnet = await startDevnet({
    seed: "small",
    history: 300,
    endSlot: END_SLOT,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    validators: 20,
    permissioned: 8,
    seats: SLOTS_PER_EPOCH,
    missRate: 0.05,
    forkRate: 0,
    pruning: "archive",
    clock: "manual",
    ...options,
  });
  return { ...devnet, [Symbol.asyncDispose]: async () => await devnet.stop() };
}
