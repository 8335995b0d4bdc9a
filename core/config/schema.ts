// The table of settings as types and as a list.
import type { AlertChannel, RemoteEntry, ValidatorEntry } from "./lists.ts";
import type { FinalValue, GivenValue, Spec, Value } from "./spec.ts";
import { isValue } from "./spec.ts";
import { SCHEMA } from "./table.ts";

type Schema = typeof SCHEMA;

type Section<S extends keyof Schema> = {
  -readonly [K in keyof Schema[S]]: FinalValue<Schema[S][K]>;
};
type Sections = { [S in keyof Schema]: Section<S> };

/** All settings by section and key, as they are named in the file. */
export interface Config extends Omit<Sections, "validator" | "alerts"> {
  /** The rest of the section is in `validators`, whichever way it was written. */
  validator: Pick<Sections["validator"], "name">;
  /** Ours, in the order of the file; empty = none configured. */
  validators: ValidatorEntry[];
  /** Other machines, in the order of the file. */
  remotes: RemoteEntry[];
  alerts: Sections["alerts"] & {
    /** `webhook_url` first, when it is set, then the others in the order of the file. */
    channels: AlertChannel[];
  };
}

/** `section.key` → the type it may be set to. */
type Dotted = {
  [S in keyof Schema]: {
    [K in keyof Schema[S] & string as `${S}.${K}`]: GivenValue<Schema[S][K]>;
  };
}[keyof Schema];
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer A) => void
  ? A
  : never;
/** Values by `section.key`. */
export type Settings = { [K in keyof Merged<Dotted>]: Merged<Dotted>[K] };
export type DottedKey = keyof Settings;

export interface Key {
  section: string;
  name: string;
  dotted: string;
  env: string;
  /** With its dashes. Keys no command has a flag for are named as one would be. */
  flag: string;
  spec: Spec;
}

/** The table as a list, in its order. */
export const KEYS: readonly Key[] = Object.entries(SCHEMA).flatMap(([section, keys]) =>
  Object.entries<Spec>(keys).map(([name, spec]) => ({
    section,
    name,
    dotted: `${section}.${name}`,
    env: spec.env ?? `MVM_${section}_${name}`.toUpperCase(),
    flag: `--${spec.flag ?? `${section}-${name}`.replaceAll("_", "-")}`,
    spec,
  })),
);

/** `token_file` names the file `token` is in. */
export const FILE_SUFFIX = "_file";
/** What such a name may be set to. */
export const FILE_SPEC: Spec = { type: "path", default: null, description: "file with a secret" };

const BY_DOTTED = new Map(KEYS.map((key) => [key.dotted, key]));

export function findKey(dotted: string): Key | undefined {
  return BY_DOTTED.get(dotted);
}

/** The key a name in a file stands for: its own, its other name, or the file a secret is in. */
export function findFileKey(
  section: string,
  name: string,
): { key: Key; fromFile: boolean } | undefined {
  const dotted = `${section}.${name}`;
  const key = findKey(dotted) ?? KEYS.find(({ spec }) => spec.alias === dotted);
  if (key !== undefined) return { key, fromFile: false };
  const isFile = dotted.endsWith(FILE_SUFFIX);
  const base = isFile ? findKey(dotted.slice(0, -FILE_SUFFIX.length)) : undefined;
  return base?.spec.secret === true ? { key: base, fromFile: true } : undefined;
}

/** The value of one key. */
export function settingOf(config: Config, { section, name }: Key): Value | null {
  const keys: unknown = new Map<string, unknown>(Object.entries(config)).get(section);
  const value: unknown = new Map<string, unknown>(Object.entries(keys ?? {})).get(name);
  return isValue(value) ? value : null;
}

/** The nodes to ask, the preferred one first. */
export function nodesOf({ rpc }: Config): readonly string[] {
  return rpc.urls ?? [rpc.url];
}
