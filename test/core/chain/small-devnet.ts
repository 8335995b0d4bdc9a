// A chain made in a blink: some epochs of forty slots, repeated seats, missed slots.
import type { Devnet, DevnetOptions } from "../../../examples/devnet/devnet.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import type { SyncProcess } from "../../helpers/sync-process.ts";
import { storedHeights } from "../../helpers/sync-process.ts";

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

/** Two nodes of one chain: each makes the same blocks, as long as both are made to take the same slots. */
interface Twins extends AsyncDisposable {
  first: Devnet;
  second: Devnet;
  step: (slots?: number) => Promise<void>;
  /** As one devnet, for `grow`. */
  both: Pick<Devnet, "step" | "truth">;
}

export async function startTwins(options: Partial<DevnetOptions> = {}): Promise<Twins> {
  const first = await startSmallDevnet(options);
  const second = await startSmallDevnet(options);
  const step = async (slots = 1): Promise<void> => {
    for (let i = 0; i < slots; i++) await Promise.all([first.step(1), second.step(1)]);
  };
  return {
    ...{ first, second, step, both: { step, truth: () => first.truth() } },
    [Symbol.asyncDispose]: async () => void (await Promise.all([first.stop(), second.stop()])),
  };
}

/** Lets the chain grow under a running sync, some slots at a time, each stored and final before the next. */
export async function grow(
  devnet: Pick<Devnet, "step" | "truth">,
  sync: Pick<SyncProcess, "until">,
  file: string,
  slots: number,
): Promise<void> {
  const atOnce = 10;
  for (let done = 0; done < slots; done += atOnce) {
    await devnet.step(atOnce);
    await reachTip(devnet, sync, file);
  }
}

/** Waits until everything the node has is stored, and final where it is. */
export async function reachTip(
  devnet: Pick<Devnet, "truth">,
  sync: Pick<SyncProcess, "until">,
  file: string,
): Promise<void> {
  const { best, finalized } = devnet.truth();
  await sync.until(`block ${best}, ${finalized} final`, () => {
    const stored = storedHeights(file);
    return stored.last >= best && stored.finalized >= finalized;
  });
}

/** Everything that is wrong with the file: differences from the truth and with itself. */
export function faultsIn(
  file: string,
  devnet: Pick<Devnet, "truth">,
  orphansFrom?: number,
): string[] {
  const found = compareWithTruth(file, devnet.truth(), orphansFrom);
  const faults = [...found.wrong, ...checkInvariants(file)];
  if (found.blocks === 0) faults.push("no blocks");
  if (found.unknownAuthors > 0) faults.push(`${found.unknownAuthors} unknown authors`);
  if (found.unknownTurns > 0) faults.push(`${found.unknownTurns} unknown turns`);
  return faults;
}

/** What was complained about, without the time of day. */
export function complaints(log: string): string[] {
  return log
    .split("\n")
    .filter((line) => /^\S+ (?:warn|error)/.test(line))
    .map((line) => line.slice(line.indexOf(" ") + 1));
}
