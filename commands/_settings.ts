// Settings for a command: its flags over the environment over the files, all through one schema.
import { homedir } from "node:os";

import type { ArgsDef } from "citty";

import { readLabels } from "../core/config/labels.ts";
import { loadConfig } from "../core/config/load.ts";
import type { LoadOptions } from "../core/config/load.ts";
import type { Config, DottedKey, Settings } from "../core/config/schema.ts";
import { findKey } from "../core/config/schema.ts";
import { formatSetting, parseFlag } from "../core/config/value.ts";
import { MonitorError } from "../core/errors.ts";
import { placeDatabase } from "../core/storage/rust-file.ts";
import { repeated } from "./_arguments.ts";

/** Flags of every command that reads the configuration. */
export const configFlags = {
  config: {
    type: "string",
    valueHint: "FILE",
    description: "read this file alone, instead of searching",
  },
  env: {
    type: "string",
    valueHint: "NAME",
    description: "use the [env.NAME] tables (else MVM_ENV says which)",
  },
} satisfies ArgsDef;

/** Help for a flag that sets a key: the schema's words and default, which is not the flag's own. */
export function describeFlag(dotted: DottedKey): string {
  const spec = findKey(dotted)?.spec;
  if (spec === undefined) return "";
  const usual = formatSetting(spec.default);
  return usual === null ? spec.description : `${spec.description} (${usual})`;
}

/** May be given several times: see readNodeFlags. */
export const nodeFlag = {
  "rpc-url": {
    type: "string",
    alias: "r",
    valueHint: "URL...",
    description: describeFlag("rpc.url"),
  },
} satisfies ArgsDef;

export const databaseFlag = {
  "db-path": {
    type: "string",
    alias: "d",
    valueHint: "FILE",
    description: describeFlag("database.path"),
  },
} satisfies ArgsDef;

/** May be given several times: see readValidatorFlags. */
export const keystoreFlag = {
  keystore: {
    type: "string",
    alias: "K",
    valueHint: "DIR...",
    description: describeFlag("validator.keystore_path"),
  },
} satisfies ArgsDef;

/** A flag's text as the value of its key; undefined when it was not given. Throws `usage`. */
export function readFlag<K extends DottedKey>(
  key: K,
  text: string | undefined,
): Settings[K] | undefined {
  if (text === undefined) return undefined;
  return parseFlag(key, text, findKey(key)?.flag ?? key);
}

/**
 * `--rpc-url` once is one node; given again it is several, the preferred one first. For `rawArgs` as a command's
 * run has them. Throws `usage`.
 */
export function readNodeFlags(
  rawArgs: readonly string[],
): Pick<LoadOptions["flags"], "rpc.url" | "rpc.urls"> {
  const urls = [...new Set(repeated(rawArgs, "rpc-url"))];
  const read = urls.flatMap((url) => readFlag("rpc.url", url) ?? []);
  return read.length > 1 ? { "rpc.urls": read } : { "rpc.url": read[0] };
}

/**
 * Throws `config` with every problem of the files and variables, `usage` for a wrong flag. `validators` are
 * several from the command line, see readValidatorFlags.
 */
export async function loadSettings(
  given: { config?: string | undefined; env?: string | undefined },
  flags: LoadOptions["flags"],
  validators?: LoadOptions["validators"],
): Promise<Config> {
  return (await loadNoticed(given, flags, validators)).values;
}

/** The same, and what is allowed and probably not meant: in the files, and in the list of known validators. */
export async function loadNoticed(
  ...[given, flags, validators]: Parameters<typeof loadSettings>
): Promise<{ values: Config; notices: () => string[] }> {
  const places = configPlaces(given);
  const { values, notices } = await loadConfig({ ...places, flags, validators });
  const { path } = placeDatabase(values.database.path);
  return {
    values: { ...values, database: { ...values.database, path } },
    notices: () => [
      ...notices,
      ...readLabels(places).notices,
      ...noticeDatabase(values.database.path),
    ],
  };
}

/** That our database is not where it was asked for, because the Rust tool's is there. */
export function noticeDatabase(configured: string): string[] {
  const { path, beside } = placeDatabase(configured);
  if (beside === null) return [];
  const how = `\`mvm import --from-mvm ${beside}\` takes over what it holds`;
  return [`${beside}: is the Rust tool's database and stays as it is; ours is ${path}; ${how}`];
}

/**
 * Flags given more than once: `--keystore A --keystore B`, each with its own label when there are as many
 * labels, else without. Undefined when at most one keystore is given: then the single keys tell it.
 * Throws `usage`.
 */
export function readValidatorFlags(
  keystores: readonly string[],
  labels: readonly string[] = [],
): LoadOptions["validators"] {
  if (keystores.length < 2 && labels.length < 2) return undefined;
  const wrong = labels.length > 0 && labels.length !== keystores.length;
  if (wrong || new Set(labels).size < labels.length) {
    throw new MonitorError(
      "usage",
      `${labels.length} --label for ${keystores.length} --keystore: each keystore needs its own`,
      { hint: "give as many different labels as keystores, in the same order, or none" },
    );
  }
  return keystores.map((path, index) => ({
    keystore_path: readFlag("validator.keystore_path", path) ?? null,
    keys_file: null,
    label: readFlag("validator.label", labels[index]) ?? null,
  }));
}

/** Where a command looks for its configuration. */
export function configPlaces(given: {
  config?: string | undefined;
  env?: string | undefined;
}): Omit<LoadOptions, "flags"> {
  return {
    file: given.config,
    environment: given.env,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
  };
}
