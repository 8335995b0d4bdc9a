// One file against the tables: its values with their lines, and everything that is wrong with it.
import { nearestWord } from "../nearest.ts";
import type { Entry } from "./entries.ts";
import { readEntries } from "./entries.ts";
import type { Field, Reading } from "./fields.ts";
import { complain, printable, readTable } from "./fields.ts";
import type { ListName } from "./lists.ts";
import { isListName, LISTS } from "./lists.ts";
import { FILE_SPEC, FILE_SUFFIX, findFileKey, KEYS } from "./schema.ts";
import type { Value } from "./spec.ts";
import { parseToml } from "./toml.ts";
import { describeValue, isTable } from "./value.ts";

/** Values by section and key; a secret that is in a file has its key with `_file`. */
export type Values = Record<string, Record<string, Value>>;

/** What one file says, or one environment of it. */
export interface Part {
  path: string;
  values: Values;
  /** `section.key` → line; null where it could not be told. */
  lines: Map<string, number | null>;
  lists: Map<ListName, Entry[]>;
}

export interface Layer {
  path: string;
  /** Highest first: the environment chosen lies over the rest of its own file. */
  parts: Part[];
  /** Names of its [env.NAME] tables. */
  environments: string[];
  problems: string[];
  /** Names of the secrets it holds itself. */
  secrets: string[];
}

const WITH_KEYS = [...new Set(KEYS.map(({ section }) => section))];
/** `[[remote]]` is a list and nothing else. */
const SECTIONS = [...WITH_KEYS, "remote"];

export function emptyLayer(path: string, ...problems: string[]): Layer {
  return { path, parts: [], environments: [], problems, secrets: [] };
}

/** Tables of environments other than `environment` are checked as well: a typo there waits for its day. */
export function parseLayer(path: string, text: string, environment: string | null): Layer {
  const toml = parseToml(text);
  if ("message" in toml) {
    const place = toml.line === null ? path : `${path}:${toml.line}`;
    return emptyLayer(path, `${place}: not TOML: ${toml.message}`);
  }
  const reading: Reading = { path, lines: toml.lines, problems: [], secrets: new Set() };
  const layer = emptyLayer(path);
  const { env, ...base } = toml.table;
  const part = readSections(reading, base, []);
  if (env !== undefined) readEnvironments(reading, layer, env, environment);
  layer.parts.push(part);
  layer.secrets.push(...reading.secrets);
  // In the order of the file, not of the checks.
  const sorted = reading.problems.toSorted((a, b) => a.line - b.line);
  layer.problems.push(...sorted.map(({ text }) => text));
  return layer;
}

function readEnvironments(
  reading: Reading,
  layer: Layer,
  env: unknown,
  selected: string | null,
): void {
  if (!isTable(env))
    return complain(reading, ["env"], `[env]: found ${describeValue(env)}, expected a table`);
  for (const [name, table] of Object.entries(env)) {
    const path = ["env", name];
    if (!isTable(table)) {
      const found = `found ${describeValue(table)}, expected a table`;
      complain(reading, path, `[env] ${printable(name)}: ${found}`);
      continue;
    }
    layer.environments.push(name);
    const part = readSections(reading, table, path);
    if (name === selected) layer.parts.push(part);
  }
}

function readSections(
  reading: Reading,
  table: Record<string, unknown>,
  above: readonly string[],
): Part {
  const part: Part = { path: reading.path, values: {}, lines: new Map(), lists: new Map() };
  for (const [section, keys] of Object.entries(table)) {
    const path = [...above, section];
    if (!SECTIONS.includes(section)) {
      complain(reading, path, describeUnknownSection(section, keys, above));
    } else if (isListName(section) && Array.isArray(keys)) {
      part.lists.set(section, readEntries(reading, section, keys, path));
    } else if (isTable(keys) && WITH_KEYS.includes(section)) {
      readKeys(reading, part, keys, path);
    } else {
      const expected = WITH_KEYS.includes(section) ? "a table" : `[[${section}]], a list of tables`;
      const found = `found ${describeValue(keys)}, expected ${expected}`;
      complain(reading, path, `${titleOf(path)}: ${found}`);
    }
  }
  return part;
}

function readKeys(
  reading: Reading,
  part: Part,
  table: Record<string, unknown>,
  path: readonly string[],
): void {
  const section = path.at(-1) ?? "";
  const title = titleOf(path);
  const single: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(table)) {
    const list = `${section}.${name}`;
    if (!isListName(list)) single[name] = value;
    else part.lists.set(list, readEntries(reading, list, value, [...path, name]));
  }
  const fields = readTable(reading, single, {
    ...{ title, path },
    find: (name) => {
      const found = findFileKey(section, name);
      return found?.fromFile === true ? FILE_SPEC : found?.key.spec;
    },
    suggest: (name) => suggestKey(section, name),
  });
  for (const field of fields) {
    const other = keep(part, section, field);
    if (other === null) continue;
    const problem = `${title} ${field.name}: ${other} is set as well; one is enough`;
    complain(reading, [...path, field.name], problem);
  }
}

/** Puts a value where its key belongs. Returns what sets the same in this file already. */
function keep(part: Part, section: string, { name, value, line }: Field): string | null {
  const found = findFileKey(section, name);
  if (found === undefined) return null;
  const { key, fromFile } = found;
  const values = (part.values[key.section] ??= {});
  const kept = fromFile ? `${key.name}${FILE_SUFFIX}` : key.name;
  for (const other of [key.name, `${key.name}${FILE_SUFFIX}`]) {
    if (values[other] === undefined) continue;
    // Set twice without the parser's knowing: once by its other name.
    const isAlias = other === kept && key.dotted === `${section}.${name}`;
    const [title = key.section, word = other] = isAlias ? (key.spec.alias?.split(".") ?? []) : [];
    return `[${title}] ${word}`;
  }
  values[kept] = value;
  part.lines.set(`${key.section}.${kept}`, line);
  return null;
}

function describeUnknownSection(name: string, found: unknown, above: readonly string[]): string {
  if (!isTable(found) && !Array.isArray(found)) {
    return `${printable(name)}: unknown key outside a section${suggestKey("", name)}`;
  }
  const title = `${titleOf([...above, name])}: unknown section`;
  const near = nearestWord(name, above.length === 0 ? [...SECTIONS, "env"] : SECTIONS);
  return near === undefined
    ? `${title}, known: ${SECTIONS.join(", ")}`
    : `${title}, did you mean ${titleOf([...above, near])}?`;
}

/** The nearest key of its own section, or the same key of another one. */
function suggestKey(section: string, name: string): string {
  const lists = Object.keys(LISTS).filter((list) => list.startsWith(`${section}.`));
  const own = [
    ...KEYS.filter((key) => key.section === section).map((key) => key.name),
    ...lists.map((list) => list.slice(section.length + 1)),
  ];
  const near = nearestWord(name, own);
  if (near !== undefined) return `, did you mean ${near}?`;
  const elsewhere = KEYS.find((key) => key.name === name);
  if (elsewhere !== undefined) return `, did you mean [${elsewhere.section}] ${name}?`;
  return own.length === 0 ? "" : `, known: ${own.join(", ")}`;
}

function titleOf(path: readonly string[]): string {
  return `[${path.map(printable).join(".")}]`;
}
