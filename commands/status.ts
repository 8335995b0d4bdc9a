#!/usr/bin/env bun
// mvm-status: is the validator all right? Answers in words or JSON, and by its exit code.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import { describeError, isCode } from "../core/errors.ts";
import { lookAtAll } from "../core/fleet/look.ts";
import type { Remote } from "../core/fleet/remote.ts";
import { worstOfFleet } from "../core/fleet/remote.ts";
import type { HealthInput } from "../core/health/health.ts";
import { checkHealth } from "../core/health/health.ts";
import type { Observation } from "../core/health/observe.ts";
import { complaintOf, formatComplaint } from "./_error.ts";
import { readRemotes, remoteFlags, writeFleet } from "./_fleet.ts";
import { EXIT_OF, healthFlags, readHealthInput } from "./_health.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import { openScreen, writeOut } from "./_output.ts";
import { describeFlag } from "./_settings.ts";
import { formatHealth } from "./_status-text.ts";
import { complain } from "./_stderr.ts";

const args = {
  ...healthFlags,
  ...remoteFlags,
  "metrics-url": {
    type: "string",
    alias: "M",
    valueHint: "URL",
    description: describeFlag("rpc.metrics_url"),
  },
  once: { type: "boolean", default: false, description: "look once, which is the default" },
  interval: {
    type: "string",
    alias: "i",
    valueHint: "SECS",
    description: "look again and again, with this pause",
  },
  explain: {
    type: "boolean",
    alias: "E",
    default: false,
    description: "every check, what its number means and what is normal",
  },
} satisfies ArgsDef;

export const statusCommand = defineCommand({
  meta: {
    name: "mvm-status",
    version: VERSION,
    description:
      "Is the validator all right? Exit code: 0 ok, 1 warning, 2 critical, 3 nothing could be said.",
    examples: [
      { line: "--keystore /path/to/keystore", does: "look at node, chain and our validator" },
      { line: "--explain", does: "and say what each number means" },
      { line: "--interval 60 --json", does: "each minute, for a script" },
      { line: "--remote http://10.0.0.5:9616 --remote berlin", does: "two other machines instead" },
    ],
    exits: [
      [0, "ok"],
      [1, "warning"],
      [2, "critical"],
      [3, "nothing could be said"],
    ],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    let input: HealthInput;
    let remotes: Remote[] | null;
    try {
      remotes = await readRemotes(given, rawArgs);
      input = await readHealthInput(given, rawArgs);
    } catch (error) {
      // A plugin that cannot be told what to look at knows nothing: that is a 3, not a failure of ours.
      if (!isCode(error, "config")) throw error;
      if (given.json) complain(`${formatComplaint(complaintOf(error))}\n`);
      else {
        complain(`UNKNOWN ${describeError(error)}\n`);
        if (error.hint !== undefined) complain(`  → ${error.hint}\n`);
      }
      return EXIT_OF.unknown;
    }
    const everyMs =
      given.interval === undefined || given.once
        ? null
        : parseCount(given.interval, "--interval", 1) * 1000;
    const wanted = { json: given.json, explain: given.explain, everyMs };
    if (remotes === null) return await look(input, wanted);
    return await lookAround(remotes, input.timeoutMs, wanted);
  },
});

interface Wanted {
  json: boolean;
  explain: boolean;
  /** Null: once. */
  everyMs: number | null;
}

/** Repeated looks go on until a signal ends the process. */
async function look(input: HealthInput, { json, explain, everyMs }: Wanted): Promise<number> {
  let previous: Observation | null = null;
  for (;;) {
    const { report, observation } = await checkHealth({ ...input, previous });
    // Repeated reports are a stream: one a line.
    const text = json
      ? JSON.stringify(report, null, everyMs === null ? 2 : undefined)
      : formatHealth(report, openScreen(), explain);
    await writeOut(text);
    if (everyMs === null) return EXIT_OF[report.worst];
    previous = observation;
    await Bun.sleep(everyMs);
  }
}

/** The same for other machines: the exit code is that of the worst. */
async function lookAround(
  remotes: readonly Remote[],
  timeoutMs: number,
  { json, everyMs }: Wanted,
): Promise<number> {
  for (;;) {
    const looks = await lookAtAll(remotes, timeoutMs);
    const worst = worstOfFleet(looks);
    await writeFleet(looks, json ? (everyMs === null ? "pretty" : "line") : "text");
    if (everyMs === null) return EXIT_OF[worst];
    await Bun.sleep(everyMs);
  }
}

if (import.meta.main) await runAsScript(statusCommand);
