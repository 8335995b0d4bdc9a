#!/usr/bin/env bun
// mvm: every command in one executable. Each is loaded only when called, so a one-shot starts as fast as its own.
import { defineCommand } from "citty";

import { runAsScript, VERSION } from "./_main.ts";

export const mvmCommand = defineCommand({
  meta: {
    name: "mvm",
    version: VERSION,
    description: "Midnight Validator Monitor: who made each block, and who missed a slot.",
  },
  subCommands: {
    sync: async () => (await import("./sync.ts")).syncCommand,
    status: async () => (await import("./status.ts")).statusCommand,
    keys: async () => (await import("./keys.ts")).keysCommand,
    query: async () => (await import("./query.ts")).queryCommand,
    schedule: async () => (await import("./schedule.ts")).scheduleCommand,
    verify: async () => (await import("./verify.ts")).verifyCommand,
    import: async () => (await import("./import.ts")).importCommand,
    config: async () => (await import("./config.ts")).configCommand,
  },
});

if (import.meta.main) await runAsScript(mvmCommand);
