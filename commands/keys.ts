#!/usr/bin/env bun
// mvm-keys: which keys are ours, and are they the ones the node and the chain use?
import { defineCommand } from "citty";

import { checkHealth } from "../core/health/health.ts";
import { EXIT_OF, healthFlags, readHealthInput } from "./_health.ts";
import { formatKeyLists, formatVerification, judgeKeys } from "./_keys-text.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { openScreen, writeOut } from "./_output.ts";

const show = defineCommand({
  meta: {
    name: "show",
    description: "Our keys, as hex and as SS58 addresses",
    examples: [{ line: "--keystore /path/to/keystore", does: "as hex and as addresses" }],
  },
  args: healthFlags,
  run: async ({ args, rawArgs }) => {
    const { ours } = await readHealthInput(args, rawArgs);
    const { listKeys } = await import("../core/keys.ts");
    const data = await listKeys(ours);
    await writeOut(args.json ? JSON.stringify(data, null, 2) : formatKeyLists(data, openScreen()));
    return data.some(({ problem }) => problem !== null) ? EXIT_OF.warning : EXIT_OF.ok;
  },
});

const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Compare keystore, node, registration, committee and database",
    examples: [
      { line: "", does: "of the configured validators" },
      {
        line: "--keystore /path/to/keystore --json",
        does: "for a script; the exit code says the worst",
      },
    ],
  },
  args: healthFlags,
  run: async ({ args, rawArgs }) => {
    const input = await readHealthInput(args, rawArgs);
    const { report } = await checkHealth(input);
    const data = judgeKeys(report);
    const text = args.json ? JSON.stringify(data, null, 2) : formatVerification(data, openScreen());
    await writeOut(text);
    return EXIT_OF[data.worst];
  },
});

export const keysCommand = defineCommand({
  meta: {
    name: "mvm-keys",
    version: VERSION,
    description:
      "Which keys are ours, and are they in use? Of a keystore only file names are read.\n" +
      "verify answers by exit code too: 0 ok, 1 warning, 2 critical, 3 nothing could be said.",
    examples: [
      { line: "show --keystore /path/to/keystore", does: "the keys, as hex and as addresses" },
      { line: "verify", does: "whether node, registration and committee agree with them" },
    ],
    exits: [
      [0, "ok"],
      [1, "warning"],
      [2, "critical"],
      [3, "nothing could be said"],
    ],
  },
  args: healthFlags,
  subCommands: { show, verify },
});

if (import.meta.main) await runAsScript(keysCommand);
