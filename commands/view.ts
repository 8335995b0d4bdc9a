#!/usr/bin/env bun
// mvm-view: the dashboard. Without a terminal: one plain snapshot.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import type { Config } from "../core/config/schema.ts";
import type { HealthWishes } from "../core/view/messages.ts";
import { repeated, usage } from "./_arguments.ts";
import { screenColours } from "./_colour.ts";
import { DIAGNOSTICS_FLAGS } from "./_command.ts";
import type { DiagnosticsOptions } from "./_diagnostics.ts";
import { readDiagnostics } from "./_diagnostics.ts";
import { readRemotes, remoteFlags } from "./_fleet.ts";
import { healthInput } from "./_health.ts";
import { runAsScript, VERSION } from "./_main.ts";
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
import type { Demo } from "./_view-demo.ts";
import type { Sources } from "./_view-feed.ts";

const args = {
  ...nodeFlag,
  ...databaseFlag,
  ...keystoreFlag,
  "refresh-interval": {
    type: "string",
    valueHint: "MS",
    description: describeFlag("view.refresh_interval_ms"),
  },
  theme: {
    type: "enum",
    options: ["dark", "light", "midnight", "safe"],
    description: describeFlag("view.theme"),
  },
  ascii: { type: "boolean", description: describeFlag("view.ascii") },
  demo: {
    type: "boolean",
    default: false,
    description: "show a made-up chain of this machine's own",
  },
  ...remoteFlags,
  once: { type: "boolean", default: false, description: "print one plain snapshot and leave" },
  json: { type: "boolean", default: false, description: "the snapshot as JSON" },
  ...configFlags,
  // Its own: its threads log, not this one.
  ...DIAGNOSTICS_FLAGS,
} satisfies ArgsDef;

export const viewCommand = defineCommand({
  meta: {
    name: "mvm-view",
    version: VERSION,
    description:
      "The dashboard: network, our validators, blocks, performance. Press ? in it for the keys.\n" +
      "Without a terminal it prints one plain snapshot.",
    examples: [
      { line: "", does: "the dashboard" },
      { line: "--demo", does: "the dashboard of a made-up chain" },
      { line: "--once --json", does: "what it would show, for a script" },
      { line: "--remote http://10.0.0.5:9616 --remote berlin", does: "two other machines instead" },
    ],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const config = await readSettings(given, rawArgs);
    const { rpc, database, daemon, validator, view } = config;
    const plain = given.once || given.json || !isScreen();
    const log = readLog(given, rawArgs, plain);
    const look = {
      ...{ colours: screenColours(process.stdout), ascii: view.ascii },
      ...{ theme: view.theme, title: validator.name },
    };
    const remotes = await readRemotes(given, rawArgs);
    if (remotes !== null) {
      const { showFleet } = await import("./_view-fleet.ts");
      const timeoutMs = config.status.timeout_secs * 1000;
      return await showFleet({ remotes, timeoutMs }, look, plain ? { json: given.json } : null);
    }
    using demo = given.demo ? await startDemo() : null;
    const sources: Sources = {
      health: demo === null ? wishesOf(config) : wishesOfDemo(config, demo),
      timeoutMs: rpc.timeout_ms,
      refreshMs: view.refresh_interval_ms,
      logFile: demo === null ? daemon.log_file : null,
      journal: demo === null,
      log,
      connections: database.max_connections,
    };
    if (plain) {
      const { printSnapshot } = await import("./_view-snapshot.ts");
      return await printSnapshot(sources, given.json);
    }
    const { openFeed } = await import("./_view-feed.ts");
    const { showDashboard } = await import("./_view-dashboard.ts");
    return await showDashboard((tell) => openFeed(sources, tell), look);
  },
});

type Given = Parameters<NonNullable<typeof viewCommand.run>>[0]["args"];

async function readSettings(given: Given, rawArgs: readonly string[]): Promise<Config> {
  const flags = {
    ...readNodeFlags(rawArgs),
    "database.path": readFlag("database.path", given["db-path"]),
    "validator.keystore_path": readFlag("validator.keystore_path", given.keystore),
    "view.refresh_interval_ms": readFlag("view.refresh_interval_ms", given["refresh-interval"]),
    "view.theme": readFlag("view.theme", given.theme),
    "view.ascii": given.ascii,
  };
  return await loadSettings(given, flags, readValidatorFlags(repeated(rawArgs, "keystore")));
}

/** A line on the terminal would stand in the picture: there a log wants a file. Throws `usage`. */
function readLog(
  given: Given,
  rawArgs: readonly string[],
  plain: boolean,
): DiagnosticsOptions | null {
  const log = readDiagnostics(rawArgs, "mvm-view");
  if (plain || log === null || log.file !== null) return log;
  if (given["log-level"] === undefined) return null;
  throw usage("the dashboard has the terminal", "name a file for the log with --log-file FILE");
}

function wishesOf(config: Config): HealthWishes {
  return { input: healthInput(config, []), validators: config.validators };
}

/** A made-up chain is none of the configured networks, and the configured machine is not its node. */
function wishesOfDemo(config: Config, { nodeUrl, databasePath, validators }: Demo): HealthWishes {
  const elsewhere = {
    network: null,
    expectedAddress: null,
    metricsUrl: null,
    nodeExporterUrl: null,
  };
  const input = { ...healthInput(config, []), ...elsewhere, nodes: [nodeUrl], databasePath };
  return { input, validators };
}

async function startDemo(): Promise<Demo> {
  process.stderr.write("making a chain of our own, some seconds …\n");
  return await (await import("./_view-demo.ts")).startDemo();
}

/** A terminal that takes orders, at both ends. */
function isScreen(): boolean {
  const term = process.env["TERM"] ?? "";
  return process.stdin.isTTY && process.stdout.isTTY && term !== "" && term !== "dumb";
}

if (import.meta.main) await runAsScript(viewCommand);
