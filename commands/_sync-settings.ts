// What mvm-sync takes from the configuration, at the start and again on each reload.
import { readLabels } from "../core/config/labels.ts";
import type { Config } from "../core/config/schema.ts";
import { nodesOf } from "../core/config/schema.ts";
import { MonitorError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { OurValidator } from "../core/ours.ts";
import { readOurs } from "../core/ours.ts";
import type { SyncOptions } from "../core/sync/context.ts";
import { FAILOVER_PACE } from "../core/sync/defaults.ts";
import type { LiveSettings } from "../core/sync/live.ts";
import { openLive } from "../core/sync/live.ts";
import { configPlaces, loadNoticed } from "./_settings.ts";

const PERFORMANCE_EVERY_MS = 60_000;

interface Given {
  once: boolean;
  daemon: boolean;
  config?: string | undefined;
  env?: string | undefined;
}

export function syncOptions(
  config: Config,
  ours: readonly OurValidator[],
  given: Given,
): SyncOptions {
  const { rpc, database, chain, sync } = config;
  return {
    nodes: nodesOf(config),
    failover: FAILOVER_PACE,
    databasePath: database.path,
    live: openLive(liveSettings(config, ours, given)),
    concurrency: sync.concurrency,
    startBlock: sync.start_block,
    finalizedOnly: sync.finalized_only,
    verifySeals: sync.verify_seals,
    timeoutMs: rpc.timeout_ms,
    retry: {
      maxRetries: rpc.max_retries,
      initialDelayMs: rpc.retry_initial_delay_ms,
      maxDelayMs: rpc.retry_max_delay_ms,
    },
    network: chain.network,
    once: given.once,
    daemon: given.daemon,
    performanceEveryMs: given.once ? null : PERFORMANCE_EVERY_MS,
  };
}

/** What may change while it runs. */
export function liveSettings(
  { sync }: Config,
  ours: readonly OurValidator[],
  given: Given,
): LiveSettings {
  return {
    batchSize: sync.batch_size,
    pollIntervalMs: sync.poll_interval_secs * 1000,
    ours: ours.flatMap(({ aura, label }) => aura.map((each) => ({ aura: each, label }))),
    keystores: new Map(
      ours.flatMap(({ keystore, ...keys }) => (keystore === null ? [] : [[keystore, keys]])),
    ),
    labels: readLabels(configPlaces(given)).labels,
  };
}

/** The configuration, and what to warn of in it. A notice is told once, however often it is loaded. */
export function openLoader(...given: Parameters<typeof loadNoticed>): {
  load: () => Promise<Config>;
  tell: (log: Log) => void;
} {
  const told = new Set<string>();
  let latest: readonly string[] = [];
  return {
    load: async () => {
      const { values, notices } = await loadNoticed(...given);
      latest = notices();
      return values;
    },
    tell: (log) => {
      for (const notice of latest) if (!told.has(notice)) log.warn(notice);
      for (const notice of latest) told.add(notice);
    },
  };
}

/** The names of our keys. Throws `config` when one of their places cannot be read. */
export function readOurKeys({ validators }: Config): OurValidator[] {
  const ours = readOurs(validators);
  const problem = ours.find((each) => each.problem !== undefined)?.problem;
  if (problem === undefined) return ours;
  throw new MonitorError("config", problem, {
    hint: "name the node's keystore folder; list permission on the folder is enough",
  });
}
