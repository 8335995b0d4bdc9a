#!/usr/bin/env bun
// mvm install: the Rust tool's command. Ours is installed by a script, which can be read first; this says which.
import { defineCommand } from "citty";

import { MonitorError } from "../core/errors.ts";
import { runAsScript, VERSION } from "./_main.ts";

const uninstall = defineCommand({
  meta: {
    name: "uninstall",
    description: "Say how to remove mvm",
    examples: [{ line: "", does: "the script that does it" }],
  },
  args: {
    "remove-data": { type: "boolean", default: false, description: "the database too" },
  },
  run: ({ args }) => {
    const flag = args["remove-data"] ? " --remove-data" : "";
    throw new MonitorError("usage", "mvm does not remove itself", {
      hint: `in the folder of the release, run: sudo ./uninstall.sh${flag}`,
    });
  },
});

export const installCommand = defineCommand({
  meta: {
    name: "mvm-install",
    version: VERSION,
    description: "Say how to install mvm as a service; a script of the release does it.",
  },
  subCommands: { uninstall },
  run: () => {
    // Not 0: a script that counts on a service must not go on without one.
    throw new MonitorError("usage", "mvm does not install itself", {
      hint: "in the folder of the release, run: sudo ./install.sh",
    });
  },
});

if (import.meta.main) await runAsScript(installCommand);
