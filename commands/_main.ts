// What every command does alike: find the sub-command, refuse what it does not know, print errors, exit codes.
import type { ArgDef, ArgsDef, CommandDef, CommandMeta } from "citty";
import { renderUsage, runCommand } from "citty";
import pc from "picocolors";

import type { ErrorCode } from "../core/errors.ts";
import { describeError, MonitorError } from "../core/errors.ts";
import { editDistance } from "../core/nearest.ts";
import packageJson from "../package.json" with { type: "json" };

/** sysexits(3), so that a unit can tell a typo from an outage. */
export const EXIT: Record<ErrorCode, number> = {
  usage: 64,
  unavailable: 69,
  rpc: 69,
  "bad-reply": 69,
  "too-much": 69,
  discarded: 69,
  database: 74,
  "disk-full": 74,
  locked: 74,
  config: 78,
  "wrong-chain": 78,
  stopped: 0,
};
const EXIT_BUG = 70;

export const VERSION = packageJson.version;

// citty types a command by its own arguments; here any will do.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyCommand = CommandDef<any>;

/** Runs a command line and returns its exit code. Never throws, never exits. */
export async function main(root: AnyCommand, argv: readonly string[]): Promise<number> {
  try {
    const { command, parent, args } = await findCommand(root, argv);
    if (args.includes("--help") || args.includes("-h")) {
      const help = await renderUsage(command, parent);
      return print(process.stdout.isTTY && pc.isColorSupported ? help : Bun.stripANSI(help));
    }
    if (args.includes("--version") || args.includes("-V")) return print(versionLine(root));
    const definitions = await resolve<ArgsDef>(command.args ?? {});
    const words = foldBooleans(definitions, args);
    checkArguments(definitions, words);
    if (command.run === undefined) throw usage("no sub-command given", "add --help to see them");
    const { result } = await runCommand(command, { rawArgs: words });
    return typeof result === "number" ? result : 0;
  } catch (error) {
    return report(error, argv.includes("--json"));
  }
}

/** Entry of an executable: runs and leaves with the code. */
export async function runAsScript(root: AnyCommand): Promise<void> {
  // A closed pipe (`| head`) is a reader who has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  process.exit(await main(root, process.argv.slice(2)));
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function versionLine(root: AnyCommand): string {
  const meta = root.meta;
  const name = typeof meta === "object" && "name" in meta ? meta.name : "mvm";
  return `${name} ${VERSION} (bun ${Bun.version})`;
}

async function resolve<T>(value: unknown): Promise<T> {
  // citty lets every part be a value, a promise or a function of either.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await (typeof value === "function" ? (value as () => unknown)() : value)) as T;
}

interface Found {
  command: AnyCommand;
  parent?: AnyCommand;
  /** Everything but the sub-command names: flags count wherever they stand. */
  args: string[];
}

async function findCommand(root: AnyCommand, argv: readonly string[]): Promise<Found> {
  const found: Found = { command: root, args: [] };
  let definitions = await resolve<ArgsDef>(root.args ?? {});
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    const command = await subCommand(found, word);
    if (command === undefined) {
      found.args.push(word);
      // The value of a flag is never a sub-command.
      if (takesValue(word, definitions) && i + 1 < argv.length) found.args.push(argv[++i] ?? "");
      continue;
    }
    found.parent = found.command;
    found.command = command;
    definitions = { ...definitions, ...(await resolve<ArgsDef>(command.args ?? {})) };
  }
  return found;
}

/** The sub-command a word names; undefined when it is a flag or a value. Throws `usage` when it is neither. */
async function subCommand({ command, args }: Found, word: string): Promise<AnyCommand | undefined> {
  const subCommands = await resolve<Record<string, unknown>>(command.subCommands ?? {});
  if (Object.hasOwn(subCommands, word)) {
    const found = await resolve<AnyCommand>(subCommands[word]);
    // Under the umbrella `mvm` a command goes by the word that was typed, not by its executable's name.
    return { ...found, meta: { ...(await resolve<CommandMeta>(found.meta)), name: word } };
  }
  // After a flag of a command still to come, a word is that flag's value.
  const isValue = args.at(-1)?.startsWith("-") ?? false;
  if (word.startsWith("-") || isValue || Object.keys(subCommands).length === 0) return undefined;
  throw usage(`unknown command ${word}`, nearest(word, Object.keys(subCommands)));
}

function flagNames(name: string, definition: ArgDef): string[] {
  if (definition.type === "positional") return [];
  const alias = "alias" in definition ? (definition.alias ?? []) : [];
  const names = [name, ...(Array.isArray(alias) ? alias : [alias])];
  const flags = names.map((each) => (each.length === 1 ? `-${each}` : `--${each}`));
  return definition.type === "boolean" ? [...flags, `--no-${name}`] : flags;
}

function definitionOf(flag: string, definitions: ArgsDef): ArgDef | undefined {
  return Object.entries(definitions).find(([name, definition]) =>
    flagNames(name, definition).includes(flag),
  )?.[1];
}

function takesValue(word: string, definitions: ArgsDef): boolean {
  if (!word.startsWith("-") || word.includes("=")) return false;
  const definition = definitionOf(word, definitions);
  return definition !== undefined && definition.type !== "boolean";
}

/** `--flag true` and `--flag false`, as the Rust tool wants them, besides `--flag` and `--no-flag`. */
function foldBooleans(definitions: ArgsDef, args: readonly string[]): string[] {
  const words: string[] = [];
  for (const each of args) {
    const word = unfoldDoubled(definitions, each);
    const flag = words.at(-1) ?? "";
    const isBoolean = definitionOf(flag, definitions)?.type === "boolean";
    if (isBoolean && flag.startsWith("--") && word === "true") continue;
    if (isBoolean && flag.startsWith("--") && word === "false") {
      words[words.length - 1] = flag.replace(/^--(?:no-)?/, "--no-");
    } else {
      words.push(word);
    }
  }
  return words;
}

/** `-vv` is the flag or alias `vv`, where there is one: citty would take it for `-v` twice. */
function unfoldDoubled(definitions: ArgsDef, word: string): string {
  const [, letters] = /^-((.)\2)$/.exec(word) ?? [];
  const flag = `--${letters}`;
  return definitionOf(flag, definitions) === undefined ? word : flag;
}

/** citty lets unknown flags and missing values pass; an operator's typo must not. */
function checkArguments(definitions: ArgsDef, args: readonly string[]): void {
  const flags = Object.entries(definitions).flatMap(([name, each]) => flagNames(name, each));
  const positionals = Object.values(definitions).filter(
    (each) => each.type === "positional",
  ).length;
  let words = 0;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (!word.startsWith("-") || word === "-") {
      words += 1;
      if (words > positionals)
        throw usage(`unexpected argument ${word}`, "add --help for the usage");
      continue;
    }
    const [flag = word, inline] = word.split("=", 2);
    if (inline !== undefined && !flag.startsWith("--")) {
      throw usage(
        `${word}: a short option takes its value as the next word`,
        `write ${flag} ${inline}`,
      );
    }
    if (definitionOf(flag, definitions) === undefined) {
      throw usage(`unknown option ${flag}`, nearest(flag, flags));
    }
    if (!takesValue(word, definitions)) continue;
    const value = args[++i];
    if (value === undefined)
      throw usage(`option ${flag} needs a value`, "add --help for the usage");
  }
}

function usage(message: string, hint: string): MonitorError {
  return new MonitorError("usage", message, { hint });
}

function nearest(word: string, known: readonly string[]): string {
  const best = known
    .map((each) => ({ each, distance: editDistance(word, each) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= 3
    ? `did you mean ${best.each}?`
    : `known: ${known.join(", ")}`;
}

function report(error: unknown, json: boolean): number {
  // citty's own error class is not exported; its name is all there is.
  const isUsage = error instanceof Error && error.name === "CLIError";
  const known = isUsage ? new MonitorError("usage", Bun.stripANSI(error.message)) : error;
  if (!(known instanceof MonitorError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`mvm: this is a bug, please report it:\n${stack}\n`);
    return EXIT_BUG;
  }
  if (json) {
    const { code, hint } = known;
    const body = { error: { code, message: describeError(known), hint: hint ?? null } };
    process.stderr.write(`${JSON.stringify(body)}\n`);
  } else {
    process.stderr.write(`${pc.red("error")} ${describeError(known)}\n`);
    if (known.hint !== undefined) process.stderr.write(`  ${pc.dim("→")} ${known.hint}\n`);
  }
  return EXIT[known.code];
}

/** A whole number at or above a minimum. Throws `usage`. */
export function parseCount(value: string, flag: string, minimum = 0): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < minimum) {
    throw usage(
      `${flag} ${value}: not a whole number from ${minimum} up`,
      "add --help for the usage",
    );
  }
  return number;
}
