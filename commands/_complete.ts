// What the three completion scripts have in common: the command tree, flattened to one entry for each command.
import type { CommandTree, Flag, Value } from "./_command.ts";
import { describeGlobals } from "./_command.ts";
import { summaryOf } from "./_help.ts";

/** One command: what may follow it. */
export interface Place {
  /** `mvm query blocks` */
  path: string;
  commands: readonly { name: string; about: string }[];
  flags: readonly Flag[];
  /** Values of the first argument that is not an option. */
  argument: Value | null;
}

export function listPlaces(tree: CommandTree): Place[] {
  const place: Place = {
    path: tree.path.join(" "),
    commands: tree.children.map(({ path, about }) => ({
      name: path.at(-1) ?? "",
      about: summaryOf(about),
    })),
    flags: [...tree.flags, ...describeGlobals(tree.flags)],
    argument: tree.positionals[0]?.value ?? null,
  };
  return [place, ...tree.children.flatMap(listPlaces)];
}

/** Executables of a role, which are a sub-command by another name: `mvm-sync` → `mvm sync`. */
export function listExecutables(tree: CommandTree): { name: string; path: string }[] {
  return tree.children
    .filter(({ executable }) => executable.startsWith("mvm-"))
    .map(({ executable, path }) => ({ name: executable, path: path.join(" ") }));
}

/** Options by name wherever they belong to, for those that stand before their sub-command. */
export function listFlagsAnywhere(places: readonly Place[]): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const flag of places.flatMap((place) => place.flags)) {
    for (const name of flag.names) if (!flags.has(name)) flags.set(name, flag);
  }
  return flags;
}

/** For bash, zsh and fish alike: within single quotes only the quote itself is special. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
