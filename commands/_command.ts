// What a command says about itself: citty's definition with examples and exit codes, read into one plain tree.
import type { ArgDef, ArgsDef, CommandDef, CommandMeta } from "citty";

import { LEVELS } from "../core/log.ts";

declare module "citty" {
  interface CommandMeta {
    examples?: readonly Example[];
    /** Exit codes that have another meaning here than everywhere. */
    exits?: readonly (readonly [code: number, meaning: string])[];
  }
}

/** Words after the command's own name, and what they do; shown in help and manual. */
interface Example {
  line: string;
  does: string;
}

// citty types a command by its own arguments; here any will do.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyCommand = CommandDef<any>;

/** What may stand for a value. */
export interface Value {
  hint: string;
  /** All there are; empty when anything goes. */
  choices: readonly string[];
  path: "file" | "folder" | null;
}

export interface Flag {
  /** Long name, without dashes. */
  name: string;
  /** As typed: short ones first. */
  names: readonly string[];
  about: string;
  /** Null for a switch. */
  value: Value | null;
  repeatable: boolean;
}

export interface Positional {
  name: string;
  about: string;
  required: boolean;
  value: Value;
}

export interface CommandTree {
  /** Words that call it: `mvm`, `query`, `blocks`. */
  path: readonly string[];
  /** Name of the executable of its own it may have: `mvm-sync`. */
  executable: string;
  about: string;
  examples: readonly Example[];
  exits: readonly (readonly [code: number, meaning: string])[];
  flags: readonly Flag[];
  positionals: readonly Positional[];
  children: readonly CommandTree[];
}

/** Read by _diagnostics.ts. */
export const DIAGNOSTICS_FLAGS = {
  verbose: {
    type: "boolean",
    alias: "v",
    description: "log each request to the node, and where an error arose; -vv: each SQL statement",
  },
  quiet: { type: "boolean", alias: "q", description: "log warnings and errors only" },
  "log-level": { type: "enum", options: [...LEVELS], description: "log from this level up" },
  "log-format": { type: "enum", options: ["text", "json"], description: "of the log (text)" },
  "log-file": { type: "string", valueHint: "FILE", description: "log into a file, not to stderr" },
} satisfies ArgsDef;

/** Understood by every command. A command's own flag of the same name comes first. */
export const GLOBAL_FLAGS = {
  help: { type: "boolean", alias: "h", description: "show this help" },
  version: { type: "boolean", alias: "V", description: "show version, commit and Bun's version" },
  color: { type: "boolean", description: "paint, or not; else a terminal gets colours" },
  ...DIAGNOSTICS_FLAGS,
} satisfies ArgsDef;

/** citty lets every part be a value, a promise or a function of either. */
export async function resolve<T>(value: unknown): Promise<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await (typeof value === "function" ? (value as () => unknown)() : value)) as T;
}

/** The command that was started, from what citty hands to `run` as data. */
export function rootOf(given: unknown): AnyCommand | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- put there by main alone
  return (given as { root: AnyCommand } | undefined)?.root;
}

export async function describeCommand(
  command: AnyCommand,
  path: readonly string[],
): Promise<CommandTree> {
  const meta = await resolve<CommandMeta>(command.meta ?? {});
  const args = Object.entries(await resolve<ArgsDef>(command.args ?? {}));
  const subCommands = await resolve<Record<string, unknown>>(command.subCommands ?? {});
  const children = Object.entries(subCommands).map(async ([name, child]) =>
    describeCommand(await resolve<AnyCommand>(child), [...path, name]),
  );
  return {
    path,
    executable: meta.name ?? "mvm",
    about: meta.description ?? "",
    examples: meta.examples ?? [],
    exits: meta.exits ?? [],
    flags: args.filter(([, each]) => each.type !== "positional").map(describeFlag),
    positionals: args.filter(([, each]) => each.type === "positional").map(describePositional),
    children: await Promise.all(children),
  };
}

export function describeGlobals(own: readonly Flag[]): Flag[] {
  const taken = new Set(own.flatMap(({ names }) => names));
  return Object.entries(GLOBAL_FLAGS)
    .map(describeFlag)
    .map((flag) => (flag.name === "color" ? { ...flag, names: ["--color", "--no-color"] } : flag))
    .map((flag) => ({ ...flag, names: flag.names.filter((name) => !taken.has(name)) }))
    .filter(({ names, name }) => names.length > 0 && !taken.has(`--${name}`));
}

function describeFlag([name, definition]: [string, ArgDef]): Flag {
  const isSwitch = definition.type === "boolean";
  const preset = isSwitch || definition.default === undefined ? "" : ` (${definition.default})`;
  return {
    name,
    names: flagNames(name, definition),
    about: `${definition.description ?? ""}${preset}`,
    value: isSwitch ? null : describeValue(name, definition),
    repeatable: isRepeatable(definition),
  };
}

function describePositional([name, definition]: [string, ArgDef]): Positional {
  return {
    name,
    about: definition.description ?? "",
    required: definition.required !== false && definition.default === undefined,
    value: describeValue(name, definition),
  };
}

function describeValue(name: string, definition: ArgDef): Value {
  const hint = definition.valueHint ?? choicesOf(definition).join("|");
  const kind = hint.replace(/\.\.\.$/, "");
  return {
    hint: hint === "" ? name.toUpperCase() : hint,
    choices: choicesOf(definition),
    path: kind === "FILE" || kind === "PATH" ? "file" : kind === "DIR" ? "folder" : null,
  };
}

/** An enum's options; of others the words of a hint written `one|two`. */
export function choicesOf(definition: ArgDef): readonly string[] {
  if ("options" in definition && definition.options !== undefined) return definition.options;
  const hint = definition.valueHint ?? "";
  return hint.includes("|") ? hint.split("|") : [];
}

/** An option whose hint ends in three dots, `DIR...`, may be given several times. */
function isRepeatable(definition: ArgDef): boolean {
  return definition.valueHint?.endsWith("...") ?? false;
}

/** As typed, short ones first. A switch's `--no-` form is not among them. */
export function flagNames(name: string, definition: ArgDef): string[] {
  const alias = "alias" in definition ? (definition.alias ?? []) : [];
  return [...(Array.isArray(alias) ? alias : [alias]), name].map((each) =>
    each.length === 1 ? `-${each}` : `--${each}`,
  );
}
