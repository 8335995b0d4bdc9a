// What status and keys have in common: their flags, and the look they take.
import type { ArgsDef } from "citty";

import type { Config } from "../core/config/schema.ts";
import { nodesOf } from "../core/config/schema.ts";
import { parseFlag } from "../core/config/value.ts";
import { MonitorError } from "../core/errors.ts";
import type { HealthInput } from "../core/health/health.ts";
import type { Verdict } from "../core/health/report.ts";
import type { OurValidator } from "../core/ours.ts";
import { readOurs } from "../core/ours.ts";
import { repeated } from "./_arguments.ts";
import {
  configFlags,
  databaseFlag,
  describeFlag,
  keystoreFlag,
  loadSettings,
  nodeFlag,
  readFlag,
  readNodeFlags,
  readValidatorFlags,
} from "./_settings.ts";

export const healthFlags = {
  ...nodeFlag,
  ...databaseFlag,
  ...keystoreFlag,
  "keys-file": {
    type: "string",
    alias: "k",
    valueHint: "FILE",
    description: "public keys as the node's wizard wrote them (JSON)",
  },
  timeout: { type: "string", valueHint: "SECS", description: describeFlag("status.timeout_secs") },
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

export interface HealthArguments {
  "db-path"?: string | undefined;
  "keys-file"?: string | undefined;
  "metrics-url"?: string | undefined;
  timeout?: string | undefined;
  config?: string | undefined;
  env?: string | undefined;
}

/** Throws `config` and `usage` as every command does. */
export async function readHealthInput(
  given: HealthArguments,
  rawArgs: readonly string[],
): Promise<HealthInput> {
  const keystores = repeated(rawArgs, "keystore");
  if (keystores.length > 1 && given["keys-file"] !== undefined) {
    throw new MonitorError("usage", "--keys-file goes with one --keystore, not with several");
  }
  const flags = {
    ...readNodeFlags(rawArgs),
    "rpc.metrics_url": readFlag("rpc.metrics_url", given["metrics-url"]),
    "database.path": readFlag("database.path", given["db-path"]),
    "validator.keystore_path": readFlag("validator.keystore_path", keystores[0]),
    "validator.keys_file": readFlag("validator.keys_file", given["keys-file"]),
    // The table's own flag of that name is the time of one request.
    "status.timeout_secs":
      given.timeout === undefined
        ? undefined
        : parseFlag("status.timeout_secs", given.timeout, "--timeout"),
  };
  const config = await loadSettings(given, flags, readValidatorFlags(keystores));
  const { database, validators } = config;
  const ours = readOurs(validators);
  return healthInput(config, ours.length > 0 ? ours : await readMarked(database.path));
}

/** What the configuration wants looked at, and by what it is judged. */
export function healthInput(config: Config, ours: readonly OurValidator[]): HealthInput {
  const { rpc, database, view, chain, alerts, status } = config;
  return {
    nodes: nodesOf(config),
    metricsUrl: rpc.metrics_url,
    nodeExporterUrl: rpc.node_exporter_url,
    databasePath: database.path,
    expectedAddress: view.expected_ip,
    network: chain.network,
    thresholdPercent: alerts.threshold_percent,
    minExpectedBlocks: alerts.min_expected_blocks,
    minPeers: alerts.min_peers,
    finalityLagBlocks: alerts.finality_lag_blocks,
    ours,
    timeoutMs: status.timeout_secs * 1000,
  };
}

/** Nothing configured: then those count as ours that the sync was told of. */
async function readMarked(path: string): Promise<OurValidator[]> {
  const { readMarkedValidators } = await import("../core/health/marked.ts");
  return readMarkedValidators(path);
}

/** The monitoring-plugin convention. */
export const EXIT_OF: Record<Verdict, number> = { ok: 0, warning: 1, critical: 2, unknown: 3 };
