// A command line against the definitions: which command, and each option by its long name. Typos are refused.
import type { ArgDef, ArgsDef } from "citty";

import { MonitorError } from "../core/errors.ts";
import { editDistance } from "../core/nearest.ts";
import { choicesOf, flagNames } from "./_command.ts";

interface Known {
  name: string;
  definition: ArgDef;
  /** The `--no-` form of a switch. */
  negative: boolean;
}

export interface Words {
  /** `--name=value`, `--switch` or `--no-switch`; a switch keeps its last word, repetitions stay. */
  options: string[];
  positionals: string[];
}

/** Every word in the one form that citty cannot misread. Throws `usage`. */
export function parseWords(definitions: ArgsDef, words: readonly string[]): Words {
  const known = indexFlags(definitions);
  const rest = [...words];
  const parsed: Words = { options: [], positionals: [] };
  while (rest.length > 0) {
    const word = rest.shift() ?? "";
    if (word === "--") parsed.positionals.push(...rest.splice(0));
    else if (isPositional(word, known)) parsed.positionals.push(word);
    else if (word.startsWith("--")) parseLong(word, rest, known, parsed.options);
    else parseShort(word, rest, known, parsed.options);
  }
  const wanted = Object.values(definitions).filter(({ type }) => type === "positional").length;
  const extra = parsed.positionals[wanted];
  if (extra !== undefined) {
    throw usage(`unexpected argument ${extra}`, "add --help for the usage");
  }
  return parsed;
}

/** True when the next word is a value of this one. */
export function takesValue(word: string, definitions: ArgsDef): boolean {
  if (word.startsWith("--")) {
    const found = indexFlags(definitions).get(word);
    return found !== undefined && found.definition.type !== "boolean";
  }
  if (!word.startsWith("-")) return false;
  // In a cluster the first that takes a value takes what follows in the word, if anything does.
  const known = indexFlags(definitions);
  const letters = word.slice(1).split("");
  const taker = letters.findIndex((each) => {
    const found = known.get(`-${each}`);
    return found === undefined || found.definition.type !== "boolean";
  });
  return taker === letters.length - 1 && known.has(`-${letters[taker] ?? ""}`);
}

/** True for a switch, or several short ones in one word. */
export function isSwitch(word: string, definitions: ArgsDef): boolean {
  const known = indexFlags(definitions);
  const flags = word.startsWith("--")
    ? [word]
    : word
        .slice(1)
        .split("")
        .map((each) => `-${each}`);
  return flags.every((flag) => known.get(flag)?.definition.type === "boolean");
}

/** Every value of an option that may be given several times, in order. For `rawArgs` as a command's run has them. */
export function repeated(rawArgs: readonly string[], name: string): string[] {
  const start = `--${name}=`;
  return optionsOf(rawArgs)
    .filter((word) => word.startsWith(start))
    .map((word) => word.slice(start.length));
}

/** How often a switch was given: 2 for `-vv`. For `rawArgs` as a command's run has them. */
export function countOf(rawArgs: readonly string[], name: string): number {
  return optionsOf(rawArgs).filter((word) => word === `--${name}`).length;
}

function optionsOf(rawArgs: readonly string[]): readonly string[] {
  const end = rawArgs.indexOf("--");
  return end === -1 ? rawArgs : rawArgs.slice(0, end);
}

function indexFlags(definitions: ArgsDef): Map<string, Known> {
  const index = new Map<string, Known>();
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.type === "positional") continue;
    const known = { name, definition, negative: false };
    for (const flag of flagNames(name, definition)) index.set(flag, known);
    if (definition.type === "boolean") index.set(`--no-${name}`, { ...known, negative: true });
  }
  return index;
}

function isPositional(word: string, known: Map<string, Known>): boolean {
  if (!word.startsWith("-") || word === "-") return true;
  return isNumber(word) && !known.has(word.slice(0, 2));
}

function isNumber(word: string): boolean {
  return /^-\d+(?:\.\d+)?$/.test(word);
}

function parseLong(word: string, rest: string[], index: Map<string, Known>, into: string[]): void {
  const equals = word.indexOf("=");
  const flag = equals === -1 ? word : word.slice(0, equals);
  const inline = equals === -1 ? undefined : word.slice(equals + 1);
  const known = index.get(flag);
  if (known === undefined) throw unknownOption(flag, index);
  if (known.definition.type === "boolean") {
    // `--flag true` and `--flag false`, as the Rust tool wants them, besides `--flag` and `--no-flag`.
    const isWord = rest[0] === "true" || rest[0] === "false";
    pushSwitch(known, flag, inline ?? (isWord ? rest.shift() : undefined) ?? "true", into);
  } else {
    pushValue(known, flag, inline ?? takeValue(flag, rest, index), into);
  }
}

/** `-v`, `-vv`, `-r URL`, `-rURL`, `-r=URL`, and switches before one that takes a value. */
function parseShort(word: string, rest: string[], index: Map<string, Known>, into: string[]): void {
  if (index.has(`-${word.split("=", 1)[0] ?? ""}`)) {
    throw usage(`unknown option ${word}`, `did you mean -${word}?`);
  }
  for (let i = 1; i < word.length; i++) {
    const flag = `-${word[i] ?? ""}`;
    const known = index.get(flag);
    if (known === undefined) throw unknownOption(flag, index, word);
    if (known.definition.type === "boolean") {
      pushSwitch(known, flag, "true", into);
      continue;
    }
    const inline = word.slice(i + 1).replace(/^=/, "");
    pushValue(known, flag, inline === "" ? takeValue(flag, rest, index) : inline, into);
    return;
  }
}

function takeValue(flag: string, rest: string[], index: Map<string, Known>): string {
  const next = rest[0];
  if (next === undefined) throw usage(`option ${flag} needs a value`, "add --help for the usage");
  if (next.startsWith("-") && next !== "-" && !isNumber(next)) {
    const name = index.get(flag)?.name ?? "";
    throw usage(
      `option ${flag} needs a value, not ${next}`,
      `a value that begins with a dash is written --${name}=${next}`,
    );
  }
  rest.shift();
  return next;
}

function pushSwitch({ name, negative }: Known, flag: string, value: string, into: string[]): void {
  if (value !== "true" && value !== "false") {
    throw usage(`${flag}=${value}: neither true nor false`, `${flag} alone means true`);
  }
  const on = (value === "true") !== negative;
  const contrary = on ? `--no-${name}` : `--${name}`;
  // citty would let the `--no-` form win, wherever it stands.
  for (let i = into.length - 1; i >= 0; i--) if (into[i] === contrary) into.splice(i, 1);
  into.push(on ? `--${name}` : `--no-${name}`);
}

function pushValue(known: Known, flag: string, value: string, into: string[]): void {
  if (value === "") {
    throw usage(`option ${flag} needs a value, it was given an empty one`, "leave it out instead");
  }
  if (known.definition.type === "enum") {
    const choices = choicesOf(known.definition);
    if (!choices.includes(value)) {
      throw usage(`${flag} ${value}: there is no such value`, nearest(value, choices));
    }
  }
  into.push(`--${known.name}=${value}`);
}

function unknownOption(flag: string, index: Map<string, Known>, word = flag): MonitorError {
  const names = [...index].filter(([, { negative }]) => !negative).map(([name]) => name);
  if (flag.startsWith("--")) {
    const long = names.filter((name) => name.startsWith("--"));
    return usage(`unknown option ${flag}`, nearest(flag, long));
  }
  // Any two short options are one letter apart: only a letter's case is a likely slip.
  const other = names.find((name) => name.toLowerCase() === flag.toLowerCase());
  return usage(
    `unknown option ${flag}${word === flag ? "" : ` in ${word}`}`,
    other === undefined ? "add --help to see them" : `did you mean ${other}?`,
  );
}

/** A hint: the word most likely meant, else all there are. */
export function nearest(word: string, known: readonly string[]): string {
  const best = known
    .map((each) => ({ each, distance: editDistance(word, each) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = best !== undefined && best.distance <= Math.min(3, Math.ceil(word.length / 2));
  return isNear ? `did you mean ${best.each}?` : `known: ${known.join(", ")}`;
}

export function usage(message: string, hint: string): MonitorError {
  return new MonitorError("usage", message, { hint });
}
