// One file against the table: its values with their lines, and everything that is wrong with it.
import { defu } from "defu";

import { nearestWord } from "../nearest.ts";
import { findKey, KEYS } from "./schema.ts";
import type { Value } from "./spec.ts";
import { parseToml, pathKey } from "./toml.ts";
import { checkValue, describeFound, describeValue, isTable } from "./value.ts";

/** Values by section and key. */
export type Values = Record<string, Record<string, Value>>;

export interface Layer {
  path: string;
  values: Values;
  /** `section.key` → line; null where it could not be told. */
  lines: Map<string, number | null>;
  /** Names of its [env.NAME] tables. */
  environments: string[];
  problems: string[];
}

const SECTIONS = [...new Set(KEYS.map(({ section }) => section))];

interface Reading {
  layer: Layer;
  lines: ReadonlyMap<string, number>;
  problems: { line: number; text: string }[];
}

/** Tables of environments other than `environment` are checked as well: a typo there waits for its day. */
export function parseLayer(path: string, text: string, environment: string | null): Layer {
  const layer: Layer = { path, values: {}, lines: new Map(), environments: [], problems: [] };
  const toml = parseToml(text);
  if ("message" in toml) {
    const place = toml.line === null ? path : `${path}:${toml.line}`;
    layer.problems.push(`${place}: not TOML: ${toml.message}`);
    return layer;
  }
  const reading: Reading = { layer, lines: toml.lines, problems: [] };
  const { env, ...base } = toml.table;
  layer.values = readSections(reading, base, [], true);
  if (env !== undefined) readEnvironments(reading, env, environment);
  // In the order of the file, not of the checks.
  const sorted = reading.problems.toSorted((a, b) => a.line - b.line);
  layer.problems.push(...sorted.map(({ text }) => text));
  return layer;
}

function readEnvironments(reading: Reading, env: unknown, selected: string | null): void {
  if (!isTable(env))
    return complain(reading, ["env"], `[env]: found ${describeValue(env)}, expected a table`);
  for (const [name, table] of Object.entries(env)) {
    const path = ["env", name];
    if (!isTable(table)) {
      complain(
        reading,
        path,
        `[env] ${printable(name)}: found ${describeValue(table)}, expected a table`,
      );
      continue;
    }
    reading.layer.environments.push(name);
    const over = readSections(reading, table, path, name === selected);
    if (name === selected) reading.layer.values = defu(over, reading.layer.values);
  }
}

function readSections(
  reading: Reading,
  table: Record<string, unknown>,
  above: readonly string[],
  counts: boolean,
): Values {
  const values: Values = {};
  for (const [section, keys] of Object.entries(table)) {
    const path = [...above, section];
    const title = `[${path.map(printable).join(".")}]`;
    if (!SECTIONS.includes(section)) {
      complain(reading, path, describeUnknownSection(section, keys, above));
    } else if (isTable(keys)) {
      values[section] = readKeys(reading, keys, path, counts);
    } else {
      complain(reading, path, `${title}: found ${describeValue(keys)}, expected a table`);
    }
  }
  return values;
}

function readKeys(
  reading: Reading,
  keys: Record<string, unknown>,
  path: readonly string[],
  counts: boolean,
): Record<string, Value> {
  const values: Record<string, Value> = {};
  const section = path.at(-1) ?? "";
  const title = `[${path.map(printable).join(".")}]`;
  for (const [name, value] of Object.entries(keys)) {
    const key = findKey(`${section}.${name}`);
    if (key === undefined) {
      const hint = suggestKey(section, name);
      complain(reading, [...path, name], `${title} ${printable(name)}: unknown key${hint}`);
      continue;
    }
    const checked = checkValue(key.spec, value);
    if ("expected" in checked) {
      const found = `found ${describeFound(key, value)}, expected ${checked.expected}`;
      complain(reading, [...path, name], `${title} ${name}: ${found}`);
      continue;
    }
    values[name] = checked.value;
    const line = reading.lines.get(pathKey([...path, name])) ?? null;
    if (counts) reading.layer.lines.set(key.dotted, line);
  }
  return values;
}

function complain(reading: Reading, path: readonly string[], problem: string): void {
  const line = reading.lines.get(pathKey(path));
  const place = `${reading.layer.path}${line === undefined ? "" : `:${line}`}`;
  reading.problems.push({ line: line ?? 0, text: `${place}: ${problem}` });
}

function describeUnknownSection(name: string, found: unknown, above: readonly string[]): string {
  if (!isTable(found) && !Array.isArray(found)) {
    return `${printable(name)}: unknown key outside a section${suggestKey("", name)}`;
  }
  const title = `[${[...above, name].map(printable).join(".")}]: unknown section`;
  const near = nearestWord(name, above.length === 0 ? [...SECTIONS, "env"] : SECTIONS);
  return near === undefined
    ? `${title}, known: ${SECTIONS.join(", ")}`
    : `${title}, did you mean [${[...above.map(printable), near].join(".")}]?`;
}

/** The nearest key of its own section, or the same key of another one. */
function suggestKey(section: string, name: string): string {
  const own = KEYS.filter((key) => key.section === section).map((key) => key.name);
  const near = nearestWord(name, own);
  if (near !== undefined) return `, did you mean ${near}?`;
  const elsewhere = KEYS.find((key) => key.name === name);
  if (elsewhere !== undefined) return `, did you mean [${elsewhere.section}] ${name}?`;
  return own.length === 0 ? "" : `, known: ${own.join(", ")}`;
}

/** Names come from a file: whatever is no plain name is quoted. */
function printable(name: string): string {
  return /^[\w-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64));
}
