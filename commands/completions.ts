#!/usr/bin/env bun
// mvm completions: a script that lets a shell complete our commands, options and values.
import { defineCommand } from "citty";

import { MonitorError } from "../core/errors.ts";
import type { AnyCommand } from "./_command.ts";
import { describeCommand, rootOf } from "./_command.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { writeOut } from "./_output.ts";

const SHELLS = ["bash", "zsh", "fish"];

export const completionsCommand: AnyCommand = defineCommand({
  meta: {
    name: "mvm-completions",
    version: VERSION,
    description:
      "Print a completion script for a shell.\n\n" +
      "It serves mvm and the executables of one role, such as mvm-sync. It is static: no program is " +
      "started when Tab is pressed. Print it anew after an upgrade.",
    examples: [
      { line: "bash > /etc/bash_completion.d/mvm", does: "bash, for everybody" },
      { line: 'zsh > "${fpath[1]}/_mvm"', does: "zsh, in a folder it searches" },
      { line: "fish > ~/.config/fish/completions/mvm.fish", does: "fish" },
    ],
  },
  args: {
    shell: {
      type: "positional",
      required: true,
      valueHint: SHELLS.join("|"),
      description: "the shell to complete in",
    },
  },
  run: async ({ args, data }) => {
    const root = rootOf(data) ?? completionsCommand;
    // As a program of its own there is no umbrella above. Under one, importing it would wait for itself.
    const umbrella = root === completionsCommand ? (await import("./mvm.ts")).mvmCommand : root;
    await writeOut((await formatCompletions(umbrella, args.shell)).trimEnd());
    return 0;
  },
});

/** The script for a shell. Throws `usage` for one we do not know. */
export async function formatCompletions(root: AnyCommand, shell: string): Promise<string> {
  const tree = await describeCommand(root, ["mvm"]);
  if (shell === "fish") return (await import("./_complete-fish.ts")).formatFish(tree);
  const { formatBash, formatZsh } = await import("./_complete-posix.ts");
  if (shell === "bash") return formatBash(tree);
  if (shell === "zsh") return formatZsh(tree);
  throw new MonitorError("usage", `no completions for ${shell}`, {
    hint: `there are scripts for ${SHELLS.join(", ")}`,
  });
}

if (import.meta.main) await runAsScript(completionsCommand);
