// The checks of `mvm status`, made again and again for whoever watches.
import type { HealthInput } from "../health/health.ts";
import { checkHealth } from "../health/health.ts";
import { readMarkedValidators } from "../health/marked.ts";
import type { Observation } from "../health/observe.ts";
import { readOurs } from "../ours.ts";
import { pause } from "../pause.ts";
import type { HealthTold, HealthWishes } from "./messages.ts";

const EVERY_MS = 10_000;
/** A look that takes longer tells what it has by then. */
const PATIENCE_MS = 8000;

/** Looks at once and then every ten seconds; the last look serves the next one's trends. */
export async function followHealth(
  wishes: HealthWishes,
  tell: (health: HealthTold) => void,
  signal: AbortSignal,
): Promise<void> {
  let previous: Observation | null = null;
  while (!signal.aborted) {
    const look = await checkHealth({ ...toInput(wishes), previous });
    previous = look.observation;
    const { checks, facts } = look.report;
    tell({ atMs: previous.atMs, checks, facts });
    await pause(EVERY_MS, signal);
  }
}

/** Names of keys are read anew each time: a keystore changes while it is watched. */
function toInput({ input, validators }: HealthWishes): HealthInput {
  const configured = readOurs(validators);
  const ours = configured.length > 0 ? configured : readMarkedValidators(input.databasePath);
  return { ...input, ours, timeoutMs: Math.min(input.timeoutMs, PATIENCE_MS) };
}
