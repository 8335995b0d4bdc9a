// One key's value: flags over environment over files over defaults.
import { dirname, join } from "pathe";

import { MonitorError } from "../errors.ts";
import { describePlace } from "./fields.ts";
import type { Part, Values } from "./layer.ts";
import type { Key, Settings } from "./schema.ts";
import { FILE_SUFFIX } from "./schema.ts";
import type { SearchOptions } from "./search.ts";
import { readSecret, resolveSecret } from "./secret.ts";
import type { Spec, Value } from "./spec.ts";
import type { Checked } from "./value.ts";
import { checkValue, describeFound, parseText } from "./value.ts";

export interface PickOptions extends SearchOptions {
  /** Values from the command line by `section.key`; a flag that was not given is undefined. */
  flags: { [K in keyof Settings]?: Settings[K] | undefined };
}

export interface Sources {
  options: PickOptions;
  /** Highest first. */
  parts: readonly Part[];
  /** Of all parts: see mergeLayers. */
  merged: Values;
  /** What is wrong with variables and secrets is added here. */
  problems: string[];
}

/** Where a value stands; the lower the number the more it counts. From 0: the part of that index. */
export const RANK = { flag: -2, env: -1, default: Infinity } as const;

export interface Picked {
  value: Value | null;
  /** `default`, `file PATH:LINE`, `env NAME` or `flag --x`. */
  source: string;
  rank: number;
}

/** A source without its kind, as it begins a problem: `PATH:LINE`, `NAME` or `--x`. */
export function placeOf(source: string): string {
  return source.replace(/^(?:file|env|flag) /, "");
}

/** A value that cannot be read is added to the problems; a wrong flag throws `usage`. */
export function pickSetting(sources: Sources, key: Key): Picked {
  const flags = new Map<string, unknown>(Object.entries(sources.options.flags));
  const flag = flags.get(key.dotted);
  // A wrong variable is told even where a flag makes up for it: the next start may have none.
  const fromEnv = pickVariable(sources, key);
  if (flag !== undefined) {
    return { value: checkFlag(key, flag), source: `flag ${key.flag}`, rank: RANK.flag };
  }
  return fromEnv ?? pickFromFile(sources, key);
}

/** An empty variable is none: that is how a unit's environment file leaves one out. */
function pickVariable(sources: Sources, key: Key): Picked | null {
  const { env, cwd } = sources.options;
  const text = env[key.env] ?? "";
  const fileName = `${key.env}${FILE_SUFFIX.toUpperCase()}`;
  const file = key.spec.secret === true ? (env[fileName] ?? "") : "";
  if (text !== "" && file !== "") {
    sources.problems.push(`${key.env} and ${fileName} are both set; one is enough`);
  } else if (text !== "") {
    const checked = parseText(key.spec, text);
    if ("value" in checked) {
      const value = expandPath(sources, key.spec, checked.value);
      return { value, source: `env ${key.env}`, rank: RANK.env };
    }
    const found = `found ${describeFound(key, text)}, expected ${checked.expected}`;
    sources.problems.push(`${key.env}: ${found}`);
  } else if (file !== "") {
    const path = resolveSecret(file, { ...sources.options, folder: cwd });
    const value = pickSecret(sources, key.spec, path, fileName);
    return { value, source: `env ${fileName}, read from ${path}`, rank: RANK.env };
  }
  return null;
}

function pickFromFile(sources: Sources, key: Key): Picked {
  const names = [key.name, `${key.name}${FILE_SUFFIX}`];
  for (const [rank, part] of sources.parts.entries()) {
    const name = names.find((each) => part.values[key.section]?.[each] !== undefined);
    if (name === undefined) continue;
    const place = describePlace(part.path, part.lines.get(`${key.section}.${name}`) ?? null);
    const value = sources.merged[key.section]?.[name] ?? null;
    if (name === key.name) {
      return { value: expandPath(sources, key.spec, value), source: `file ${place}`, rank };
    }
    const title = `${place}: [${key.section}] ${name}`;
    const read = pickSecretNamed(sources, key.spec, part.path, { name: String(value), title });
    return { value: read.value, source: `file ${place}, read from ${read.path}`, rank };
  }
  return { value: key.spec.default, source: "default", rank: RANK.default };
}

/** The secret in the file that a configuration at `path` names. */
export function pickSecretNamed(
  sources: Sources,
  spec: Spec,
  path: string,
  { name, title }: { name: string; title: string },
): { value: Value | null; path: string } {
  const file = resolveSecret(name, { ...sources.options, folder: dirname(path) });
  return { value: pickSecret(sources, spec, file, title), path: file };
}

function pickSecret(sources: Sources, spec: Spec, path: string, title: string): Value | null {
  const read = readSecret(path);
  if ("problem" in read) {
    sources.problems.push(`${title}: ${read.problem}`);
    return null;
  }
  const checked: Checked = checkValue(spec, read.text);
  if ("value" in checked) return checked.value;
  sources.problems.push(`${title}: ${path} does not hold ${checked.expected}`);
  return null;
}

/** No shell stands between the file and us. */
export function expandPath<T extends Value | null>(
  { options }: Sources,
  spec: Spec,
  value: T,
): T | string {
  if (spec.type !== "path" || typeof value !== "string") return value;
  return value.startsWith("~/") && options.home !== "" ? join(options.home, value.slice(2)) : value;
}

function checkFlag(key: Key, value: unknown): Value {
  const checked = checkValue(key.spec, value);
  if ("value" in checked) return checked.value;
  throw new MonitorError(
    "usage",
    `${key.flag}: found ${describeFound(key, value)}, expected ${checked.expected}`,
  );
}
