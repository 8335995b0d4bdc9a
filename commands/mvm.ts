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
    view: async () => (await import("./view.ts")).viewCommand,
    query: async () => (await import("./query.ts")).queryCommand,
    config: async () => (await import("./config.ts")).configCommand,
  },
});

if (import.meta.main) await runAsScript(mvmCommand);
