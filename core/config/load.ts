// The whole configuration: what was looked for, what is wrong with it, and one value per key with its source.
import { MonitorError } from "../errors.ts";
import {
  checkListen,
  composeChannels,
  composeNodes,
  composeRemotes,
  composeValidators,
} from "./compose.ts";
import type { Layer } from "./layer.ts";
import { emptyLayer, parseLayer } from "./layer.ts";
import type { ValidatorEntry } from "./lists.ts";
import { LISTS } from "./lists.ts";
import { mergeLayers } from "./merge.ts";
import { collectNotices } from "./notices.ts";
import type { PickOptions, Sources } from "./pick.ts";
import { pickSetting } from "./pick.ts";
import { readConfigFile } from "./read.ts";
import type { Config } from "./schema.ts";
import { KEYS } from "./schema.ts";
import { searchPaths } from "./search.ts";
import type { Value } from "./spec.ts";

/** Past this many, more lines help nobody. */
const MOST_PROBLEMS = 50;

/** Its writer was broken off, or the disk was full: the defaults in place of what was meant would watch another node. */
const EMPTY = "is empty; remove it, or write it anew";

export interface LoadOptions extends PickOptions {
  /** Several validators from the command line, instead of all that are configured. */
  validators?: readonly ValidatorEntry[] | undefined;
  /** Selects the [env.NAME] tables; without it MVM_ENV does. */
  environment?: string | undefined;
}

interface ConfigFile {
  path: string;
  status: "loaded" | "absent" | "broken";
}

export interface LoadedConfig {
  values: Config;
  /**
   * `section.key` → `default`, `file PATH:LINE`, `env NAME` or `flag --x`; for a secret in a file of its own
   * also which. Of the lists `validator[0].label` and so on, for what an entry sets.
   */
  sources: Map<string, string>;
  /** Where was looked, highest priority first. */
  files: ConfigFile[];
  environment: string | null;
  /** What is allowed and probably not meant. */
  notices: string[];
}

export interface Inspected {
  /** One line each. */
  problems: string[];
  notices: string[];
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

type FileLayer = Layer & { isOpen: boolean };

/** The same without throwing, for those who want to show what is wrong. */
export async function inspectConfig(options: LoadOptions): Promise<Inspected> {
  const environment = options.environment ?? (options.env["MVM_ENV"] || null);
  const layers: FileLayer[] = [];
  const files: ConfigFile[] = [];
  for (const path of searchPaths(options)) {
    const layer = loadLayer(path, environment);
    if (layer === null) {
      files.push({ path, status: "absent" });
      // A file that was named must be there.
      if (options.file !== undefined) {
        layers.push({ ...emptyLayer(path, `${path}: not found`), isOpen: false });
      }
      continue;
    }
    files.push({ path, status: layer.problems.length > 0 ? "broken" : "loaded" });
    layers.push(layer);
  }
  const problems = layers.flatMap((layer) => layer.problems);
  if (environment !== null && problems.length === 0) {
    problems.push(...checkEnvironment(environment, layers, options));
  }
  const parts = layers.flatMap((layer) => layer.parts);
  const merged = await mergeLayers(layers);
  const { values, sources } = fill({ options, parts, merged, problems }, options.validators);
  if (problems.length > 0) return { problems: limit(problems), notices: [], files, loaded: null };
  const notices = collectNotices(layers, values, sources, options.env);
  return { problems, notices, files, loaded: { values, sources, files, environment, notices } };
}

/** Null when there is no such file. */
function loadLayer(path: string, environment: string | null): FileLayer | null {
  const read = readConfigFile(path);
  if (read === "absent") return null;
  const problem = "problem" in read ? read.problem : read.text === "" ? EMPTY : null;
  if ("problem" in read || problem !== null) {
    return { ...emptyLayer(path, `${path}: ${problem}`), isOpen: false };
  }
  return { ...parseLayer(path, read.text, environment), isOpen: read.isOpen };
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

function fill(
  sources: Sources,
  given: readonly ValidatorEntry[] | undefined,
): { values: Config; sources: Map<string, string> } {
  const picked = new Map(KEYS.map((key) => [key.dotted, pickSetting(sources, key)]));
  for (const [dotted, node] of Object.entries(composeNodes(sources, picked))) {
    picked.set(dotted, node);
  }
  checkListen(sources, picked);
  const validators = composeValidators(sources, picked, given);
  const channels = composeChannels(sources, picked);
  const remotes = composeRemotes(sources);
  const values: Record<string, Record<string, Value | null>> = {};
  const from = new Map([...validators.sources, ...channels.sources, ...remotes.sources]);
  for (const key of KEYS) {
    // A validator is told by a list or by the single keys, never by both.
    const isHidden = key.section === "validator" && Object.hasOwn(LISTS.validator, key.name);
    const each = validators.fromList && isHidden ? undefined : picked.get(key.dotted);
    (values[key.section] ??= {})[key.name] = each?.value ?? null;
    from.set(key.dotted, each?.source ?? "default");
  }
  const lists = {
    validators: validators.entries,
    remotes: remotes.entries,
    alerts: { ...values["alerts"], channels: channels.entries },
  };
  // Every key of the table is filled, each with a value its own line of the table let pass.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { values: { ...values, ...lists } as unknown as Config, sources: from };
}

function limit(problems: readonly string[]): string[] {
  const more = problems.length - MOST_PROBLEMS;
  return more <= 0
    ? [...problems]
    : [...problems.slice(0, MOST_PROBLEMS), `and ${more} more problems`];
}
