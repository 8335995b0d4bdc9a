// One table of a file, key by key, against what may stand there.
import type { Spec, Value } from "./spec.ts";
import { pathKey } from "./toml.ts";
import { checkValue, describeFound } from "./value.ts";

/** Where a file's tables are read into: what is wrong is gathered, not thrown. */
export interface Reading {
  path: string;
  /** Of the parser: the path of a key → its line. */
  lines: ReadonlyMap<string, number>;
  problems: { line: number; text: string }[];
  /** Names of secrets that stand in the file itself. */
  secrets: Set<string>;
}

export interface TableRules {
  /** As the table is named in problems. */
  title: string;
  /** Of the table in the file. */
  path: readonly string[];
  /** Undefined = there is no such key. */
  find: (name: string) => Spec | undefined;
  /** What to say of a key there is not. */
  suggest: (name: string) => string;
}

export interface Field {
  name: string;
  value: Value;
  line: number | null;
}

/** The keys that are right; the others are complained about. */
export function readTable(
  reading: Reading,
  table: Record<string, unknown>,
  rules: TableRules,
): Field[] {
  const fields: Field[] = [];
  for (const [name, value] of Object.entries(table)) {
    const path = [...rules.path, name];
    const spec = rules.find(name);
    if (spec === undefined) {
      const problem = `${rules.title} ${printable(name)}: unknown key${rules.suggest(name)}`;
      complain(reading, path, problem);
      continue;
    }
    if (spec.secret === true) reading.secrets.add(name);
    const checked = checkValue(spec, value);
    if ("expected" in checked) {
      const found = `found ${describeFound({ spec }, value)}, expected ${checked.expected}`;
      complain(reading, path, `${rules.title} ${name}: ${found}`);
      continue;
    }
    fields.push({ name, value: checked.value, line: reading.lines.get(pathKey(path)) ?? null });
  }
  return fields;
}

export function complain(reading: Reading, path: readonly string[], problem: string): void {
  const line = reading.lines.get(pathKey(path));
  const text = `${describePlace(reading.path, line ?? null)}: ${problem}`;
  reading.problems.push({ line: line ?? 0, text });
}

export function describePlace(path: string, line: number | null): string {
  return line === null ? path : `${path}:${line}`;
}

/** Names come from a file: whatever is no plain name is quoted. */
export function printable(name: string): string {
  return /^[\w-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64));
}
