// Which command a line calls. Flags count wherever they stand, before a sub-command or after it.
import type { ArgsDef, CommandMeta } from "citty";

import { isSwitch, nearest, takesValue, usage } from "./_arguments.ts";
import type { AnyCommand } from "./_command.ts";
import { GLOBAL_FLAGS, resolve } from "./_command.ts";

export interface Found {
  command: AnyCommand;
  /** Words that called it. */
  path: string[];
  /** Everything but the command's name. */
  words: string[];
  /** Of the command alone: what its parents know too, it says itself. */
  definitions: ArgsDef;
  /** Answer this instead of running. */
  asks: "help" | "version" | null;
}

/** Throws `usage` for a command there is not. */
export async function findCommand(root: AnyCommand, argv: readonly string[]): Promise<Found> {
  const meta = await resolve<CommandMeta>(root.meta ?? {});
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const found: Found = {
    command: root,
    path: [meta.name ?? "mvm"],
    words: [],
    definitions: await definitionsOf(root),
    asks: asks(argv.slice(0, end)),
  };
  for (let i = 0; i < end; i++) {
    const word = argv[i] ?? "";
    if (word.startsWith("-")) {
      found.words.push(word);
      // The value of a flag is never a sub-command.
      if (takesValue(word, found.definitions) && i + 1 < end) found.words.push(argv[++i] ?? "");
    } else if (!(await enter(found, word))) found.words.push(word);
  }
  found.words.push(...argv.slice(end));
  if (found.asks === null) await enterDefault(found);
  found.definitions = await definitionsOf(found.command);
  return found;
}

function asks(words: readonly string[]): Found["asks"] {
  if (words.includes("--help") || words.includes("-h")) return "help";
  return words.includes("--version") || words.includes("-V") ? "version" : null;
}

async function definitionsOf(command: AnyCommand): Promise<ArgsDef> {
  return { ...GLOBAL_FLAGS, ...(await resolve<ArgsDef>(command.args ?? {})) };
}

/** False when the word is a value. Throws `usage` when it is neither that nor a sub-command. */
async function enter(found: Found, word: string): Promise<boolean> {
  const subCommands = await resolve<Record<string, unknown>>(found.command.subCommands ?? {});
  const names = Object.keys(subCommands);
  if (names.length === 0) return false;
  const last = found.words.at(-1) ?? "";
  // A flag not known here is one of a command still to come, and this word may be its value.
  const afterFlag =
    last.startsWith("-") && !last.includes("=") && !isSwitch(last, found.definitions);
  if (Object.hasOwn(subCommands, word)) {
    const command = await resolve<AnyCommand>(subCommands[word]);
    const definitions = await definitionsOf(command);
    // `mvm -d sync query`: a file called like a command.
    if (afterFlag && takesValue(last, definitions)) return false;
    found.command = command;
    found.path.push(word);
    found.definitions = { ...found.definitions, ...definitions };
    return true;
  }
  if (afterFlag) return false;
  if (word === "help") {
    found.asks = "help";
    return true;
  }
  throw usage(`unknown command ${word}`, nearest(word, names));
}

/** A command that only has sub-commands may name the one to run when none is called. */
async function enterDefault(found: Found): Promise<void> {
  const { command } = found;
  const name = await resolve<string | undefined>(command.default);
  if (command.run !== undefined || name === undefined) return;
  const subCommands = await resolve<Record<string, unknown>>(command.subCommands ?? {});
  if (!Object.hasOwn(subCommands, name)) return;
  found.command = await resolve<AnyCommand>(subCommands[name]);
  found.path.push(name);
}
