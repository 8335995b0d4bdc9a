// Flags over environment over files over defaults: one value per key, and where it came from.
import { defu } from "defu";
import { dirname, join } from "pathe";

import { MonitorError } from "../errors.ts";
import type { Layer, Values } from "./layer.ts";
import { parseLayer } from "./layer.ts";
import { readConfigFile } from "./read.ts";
import type { Config, Key, Settings } from "./schema.ts";
import { KEYS } from "./schema.ts";
import type { SearchOptions } from "./search.ts";
import { searchPaths } from "./search.ts";
import type { Value } from "./spec.ts";
import { checkValue, describeFound, parseText } from "./value.ts";

/** Past this many, more lines help nobody. */
const MOST_PROBLEMS = 50;

export interface LoadOptions extends SearchOptions {
  /** Values from the command line by `section.key`; a flag that was not given is undefined. */
  flags: { [K in keyof Settings]?: Settings[K] | undefined };
  /** Selects the [env.NAME] tables; without it MVM_ENV does. */
  environment?: string | undefined;
}

interface ConfigFile {
  path: string;
  status: "loaded" | "absent" | "broken";
}

export interface LoadedConfig {
  values: Config;
  /** `section.key` → `default`, `file PATH:LINE`, `env NAME` or `flag --x`. */
  sources: Map<string, string>;
  /** Where was looked, highest priority first. */
  files: ConfigFile[];
  environment: string | null;
}

export interface Inspected {
  /** One line each. */
  problems: string[];
  files: ConfigFile[];
  /** Null when there are problems. */
  loaded: LoadedConfig | null;
}

/** Throws `config` with every problem there is, one a line. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { loaded, problems } = await inspectConfig(options);
  if (loaded === null) {
    throw new MonitorError("config", problems.join("\n"), {
      hint: "`mvm config example` shows every key",
    });
  }
  return loaded;
}

/** The same without throwing, for those who want to show what is wrong. */
export async function inspectConfig(options: LoadOptions): Promise<Inspected> {
  const environment = options.environment ?? (options.env["MVM_ENV"] || null);
  const layers: Layer[] = [];
  const files: ConfigFile[] = [];
  for (const path of searchPaths(options)) {
    const layer = await loadLayer(path, environment);
    if (layer === null) {
      files.push({ path, status: "absent" });
      // A file that was named must be there.
      if (options.file !== undefined) layers.push(emptyLayer(path, "not found"));
      continue;
    }
    files.push({ path, status: layer.problems.length > 0 ? "broken" : "loaded" });
    layers.push(layer);
  }
  const problems = layers.flatMap((layer) => layer.problems);
  if (environment !== null && problems.length === 0) {
    problems.push(...checkEnvironment(environment, layers, options));
  }
  const pick = openPick(options, layers, problems);
  const { values, sources } = fill(pick);
  if (problems.length > 0) return { problems: limit(problems), files, loaded: null };
  return { problems, files, loaded: { values, sources, files, environment } };
}

/**
 * Null when there is no such file. c12 gets the path and what we read from it. By itself it would follow a
 * symbolic link `mvm.toml` to a script and run it, look into .config beside the file, and stumble over a
 * byte order mark.
 */
async function loadLayer(path: string, environment: string | null): Promise<Layer | null> {
  const read = readConfigFile(path);
  if (read === "absent") return null;
  if ("problem" in read) return emptyLayer(path, read.problem);
  const layer = parseLayer(path, read.text, environment);
  // Most runs have no file; they need not wait for the library.
  const c12 = await import("c12");
  const { config } = await c12.loadConfig<Values>({
    cwd: dirname(path),
    configFile: path,
    rcFile: false,
    globalRc: false,
    packageJson: false,
    dotenv: false,
    extend: false,
    giget: false,
    envName: false,
    resolve: () => ({ config: layer.values, configFile: path, cwd: dirname(path), source: path }),
  });
  return { ...layer, values: config };
}

function emptyLayer(path: string, problem: string): Layer {
  const problems = [`${path}: ${problem}`];
  return { path, values: {}, lines: new Map(), environments: [], problems };
}

/** An environment no file knows would silently change nothing. */
function checkEnvironment(
  environment: string,
  layers: readonly Layer[],
  { environment: flag }: LoadOptions,
): string[] {
  const known = [...new Set(layers.flatMap((layer) => layer.environments))];
  if (known.includes(environment)) return [];
  const name = flag === undefined ? "MVM_ENV" : "--env";
  const which = known.length === 0 ? "no file has one" : `known: ${known.join(", ")}`;
  return [`${name}: no environment ${JSON.stringify(environment)}, ${which}`];
}

interface Picked {
  value: Value | null;
  source: string;
}
type Pick = (key: Key) => Picked;

/** How a key gets its value. Unreadable variables are added to the problems; a wrong flag throws `usage`. */
function openPick(options: LoadOptions, layers: readonly Layer[], problems: string[]): Pick {
  const merged = layers.reduce<Values>((upper, layer) => defu(upper, layer.values), {});
  const flags = new Map<string, unknown>(Object.entries(options.flags));
  const place = (key: Key): string => {
    const layer = layers.find(({ values }) => values[key.section]?.[key.name] !== undefined);
    const line = layer?.lines.get(key.dotted) ?? null;
    return `file ${layer?.path ?? ""}${line === null ? "" : `:${line}`}`;
  };
  const expand = (key: Key, value: Value): Value =>
    key.spec.type === "path" ? expandHome(String(value), options.home) : value;
  return (key) => {
    const flag = flags.get(key.dotted);
    const fromEnv = pickVariable(key, options.env, problems);
    if (flag !== undefined) return { value: checkFlag(key, flag), source: `flag ${key.flag}` };
    if (fromEnv !== null) return { value: expand(key, fromEnv), source: `env ${key.env}` };
    const fromFile = merged[key.section]?.[key.name];
    if (fromFile !== undefined) return { value: expand(key, fromFile), source: place(key) };
    return { value: key.spec.default, source: "default" };
  };
}

/** An empty variable is none: that is how a unit's environment file leaves one out. */
function pickVariable(key: Key, env: LoadOptions["env"], problems: string[]): Value | null {
  const text = env[key.env] ?? "";
  if (text === "") return null;
  const checked = parseText(key.spec, text);
  if ("value" in checked) return checked.value;
  problems.push(`${key.env}: found ${describeFound(key, text)}, expected ${checked.expected}`);
  return null;
}

function checkFlag(key: Key, value: unknown): Value {
  const checked = checkValue(key.spec, value);
  if ("value" in checked) return checked.value;
  throw new MonitorError(
    "usage",
    `${key.flag}: found ${describeFound(key, value)}, expected ${checked.expected}`,
  );
}

/** No shell stands between the file and us. */
function expandHome(path: string, home: string): string {
  return path.startsWith("~/") && home !== "" ? join(home, path.slice(2)) : path;
}

function fill(pick: Pick): { values: Config; sources: Map<string, string> } {
  const values: Record<string, Record<string, Value | null>> = {};
  const sources = new Map<string, string>();
  for (const key of KEYS) {
    const { value, source } = pick(key);
    (values[key.section] ??= {})[key.name] = value;
    sources.set(key.dotted, source);
  }
  // Every key of the table is filled, each with a value its own line of the table let pass.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { values: values as unknown as Config, sources };
}

function limit(problems: readonly string[]): string[] {
  const more = problems.length - MOST_PROBLEMS;
  return more <= 0
    ? [...problems]
    : [...problems.slice(0, MOST_PROBLEMS), `and ${more} more problems`];
}
