#!/usr/bin/env bun
// mvm-alerts: what was alerted, and whether alerts arrive.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import type { Sender } from "../core/alerts/channels/message.ts";
import { post } from "../core/alerts/post.ts";
import type { Channel } from "../core/alerts/settings.ts";
import { alertSettings } from "../core/alerts/settings.ts";
import { describeTrial, tryChannel } from "../core/alerts/trial.ts";
import { MonitorError } from "../core/errors.ts";
import { readAlerts } from "../core/queries/alerts.ts";
import { describe, openReadable } from "../core/storage/open.ts";
import { formatAlerts, formatTrialRequests, formatTrialResults } from "./_alerts-text.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import { openScreen, writeOut } from "./_output.ts";
import { configFlags, databaseFlag, loadSettings, readFlag } from "./_settings.ts";

const EXIT_FAILED = 1;
const TIMEOUT_MS = 10_000;

const json = {
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

const list = defineCommand({
  meta: {
    name: "list",
    description: "Alerts and who was told of them, newest first",
    examples: [
      { line: "--open", does: "what has not ended yet" },
      { line: "--limit 100 --json", does: "for a script" },
    ],
  },
  args: {
    ...databaseFlag,
    ...configFlags,
    ...json,
    open: { type: "boolean", default: false, description: "only what has not ended yet" },
    limit: {
      type: "string",
      alias: "l",
      default: "20",
      valueHint: "N",
      description: "how many at most",
    },
  },
  run: async ({ args }) => {
    const options = { open: args.open, limit: parseCount(args.limit, "--limit", 1) };
    const { database } = await loadSettings(args, {
      "database.path": readFlag("database.path", args["db-path"]),
    });
    const alerts = readOnce(database.path, options);
    await writeOut(
      args.json ? JSON.stringify(alerts, null, 2) : formatAlerts(alerts, args.open, openScreen()),
    );
    return 0;
  },
});

function readOnce(path: string, options: { open: boolean; limit: number }) {
  const db = openReadable(path);
  try {
    return db.transaction(() => readAlerts(db, options))();
  } catch (error) {
    throw describe(path, error);
  } finally {
    db.close();
  }
}

const test = defineCommand({
  meta: {
    name: "test",
    description: "Send a test message to each channel; exit code 1 when one did not take it",
    examples: [
      { line: "", does: "a message to every channel" },
      { line: "--channel webhook --dry-run", does: "show what would be sent" },
    ],
  },
  args: {
    ...configFlags,
    ...json,
    channel: { type: "string", valueHint: "NAME", description: "this channel alone" },
    "dry-run": {
      type: "boolean",
      default: false,
      description: "print what would be sent, without secrets, and send nothing",
    },
  },
  run: async ({ args }) => {
    const channels = pick(alertSettings(await loadSettings(args, {})).channels, args.channel);
    const sender: Sender = { instance: "test", chain: null };
    const nowMs = Date.now();
    if (args["dry-run"]) {
      const requests = channels.flatMap((channel) => describeTrial(channel, sender, nowMs));
      await writeOut(args.json ? JSON.stringify(requests, null, 2) : formatTrialRequests(requests));
      return 0;
    }
    const signal = new AbortController().signal;
    const options = { post, timeoutMs: TIMEOUT_MS, signal };
    const results = await Promise.all(
      channels.map((channel) => tryChannel(channel, sender, nowMs, options)),
    );
    await writeOut(
      args.json ? JSON.stringify(results, null, 2) : formatTrialResults(results, openScreen()),
    );
    return results.every(({ ok }) => ok) ? 0 : EXIT_FAILED;
  },
});

/** A test needs no `alerts.enabled`: it is how one finds out before switching them on. */
function pick(channels: readonly Channel[], name: string | undefined): readonly Channel[] {
  if (channels.length === 0) {
    throw new MonitorError("config", "no alert channel is configured", {
      hint: "set alerts.webhook_url; `mvm config example` shows how",
    });
  }
  if (name === undefined) return channels;
  const found = channels.filter((channel) => channel.name === name);
  if (found.length > 0) return found;
  throw new MonitorError("usage", `no alert channel ${name}`, {
    hint: `known: ${channels.map((channel) => channel.name).join(", ")}`,
  });
}

export const alertsCommand = defineCommand({
  meta: {
    name: "mvm-alerts",
    version: VERSION,
    description: "What was alerted, and whether alerts arrive. mvm-sync sends them.",
    examples: [
      { line: "test", does: "send a test message to every channel" },
      { line: "test --channel webhook --dry-run", does: "show what would be sent" },
      { line: "list --open", does: "what has not ended yet" },
    ],
    exits: [[1, "test: a channel did not take it"]],
  },
  args: configFlags,
  subCommands: { test, list },
});

if (import.meta.main) await runAsScript(alertsCommand);
