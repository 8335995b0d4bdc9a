// A sync with nothing said but the node and the file: for those who start one without a configuration.
import type { SyncOptions } from "./context.ts";
import type { LiveSettings } from "./live.ts";
import { openLive } from "./live.ts";

export function defaultLive(changes: Partial<LiveSettings> = {}): LiveSettings {
  return {
    ...{ batchSize: 100, pollIntervalMs: 6000, ours: [], keystores: new Map(), labels: new Map() },
    ...changes,
  };
}

/** Follows once to the tip; the numbers are those of the configuration's defaults. */
export function defaultOptions(
  rpcUrl: string,
  databasePath: string,
  changes: Partial<SyncOptions> = {},
): SyncOptions {
  return {
    ...{ rpcUrl, databasePath, live: openLive(defaultLive()) },
    ...{ concurrency: 4, startBlock: 0, finalizedOnly: false, verifySeals: "tip" },
    ...{ timeoutMs: 30_000, retry: { maxRetries: 3, initialDelayMs: 1000, maxDelayMs: 60_000 } },
    ...{ network: null, once: true, daemon: false, performanceEveryMs: null },
    ...changes,
  };
}
