// A sync with nothing said but the node and the file: for those who start one without a configuration.
import type { FailoverPace, SyncOptions } from "./context.ts";
import type { LiveSettings } from "./live.ts";
import { openLive } from "./live.ts";

/**
 * Looks cost two small requests. Five seconds without an answer are a node that hangs; a minute of health is
 * no accident.
 */
export const FAILOVER_PACE: FailoverPace = { lookMs: 2000, silentMs: 5000, returnAfterMs: 60_000 };

export function defaultLive(changes: Partial<LiveSettings> = {}): LiveSettings {
  return {
    ...{ batchSize: 100, pollIntervalMs: 6000, ours: [], keystores: new Map(), labels: new Map() },
    ...changes,
  };
}

/** `nodes`: one, or several with the preferred one first. Follows once to the tip; the numbers are those of the configuration's defaults. */
export function defaultOptions(
  nodes: string | readonly string[],
  databasePath: string,
  changes: Partial<SyncOptions> = {},
): SyncOptions {
  return {
    ...{ nodes: [nodes].flat(), failover: FAILOVER_PACE },
    ...{ databasePath, live: openLive(defaultLive()) },
    ...{ concurrency: 4, startBlock: 0, finalizedOnly: false, verifySeals: "tip" },
    ...{ timeoutMs: 30_000, retry: { maxRetries: 3, initialDelayMs: 1000, maxDelayMs: 60_000 } },
    ...{ network: null, once: true, daemon: false, performanceEveryMs: null },
    ...changes,
  };
}
