#!/usr/bin/env bun
// mvm: every command in one executable. Each is loaded only when called, so a one-shot starts as fast as its own.
import { defineCommand } from "citty";
import { basename } from "pathe";

import type { AnyCommand } from "./_command.ts";
import { runAsScript, VERSION } from "./_main.ts";

export const mvmCommand = defineCommand({
  meta: {
    name: "mvm",
    version: VERSION,
    description: "Midnight Validator Monitor: who made each block, and who missed a slot.",
    examples: [
      { line: "sync --keystore /path/to/keystore", does: "follow the node and store its blocks" },
      { line: "query performance --ours", does: "how our validators do" },
      { line: "guide not-producing", does: "what to look at when no blocks come" },
    ],
  },
  // As the Rust tool of the same name does.
  default: "status",
  subCommands: {
    sync: async () => (await import("./sync.ts")).syncCommand,
    status: async () => (await import("./status.ts")).statusCommand,
    keys: async () => (await import("./keys.ts")).keysCommand,
    alerts: async () => (await import("./alerts.ts")).alertsCommand,
    view: async () => (await import("./view.ts")).viewCommand,
    query: async () => (await import("./query.ts")).queryCommand,
    schedule: async () => (await import("./schedule.ts")).scheduleCommand,
    verify: async () => (await import("./verify.ts")).verifyCommand,
    import: async () => (await import("./import.ts")).importCommand,
    config: async () => (await import("./config.ts")).configCommand,
    guide: async () => (await import("./guide.ts")).guideCommand,
    install: async () => (await import("./install.ts")).installCommand,
    completions: async () => (await import("./completions.ts")).completionsCommand,
  },
});

/** A small install has this one file, with a link for each role: the name it is called by says what runs. */
const ROLES: Readonly<Record<string, () => Promise<AnyCommand>>> = {
  "mvm-sync": async () => (await import("./sync.ts")).syncCommand,
  "mvm-status": async () => (await import("./status.ts")).statusCommand,
  "mvm-view": async () => (await import("./view.ts")).viewCommand,
};

if (import.meta.main) {
  const role = ROLES[basename(process.argv0)];
  await runAsScript(role === undefined ? mvmCommand : await role());
}
