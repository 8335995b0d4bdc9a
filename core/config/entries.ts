// The entries of one list of a file: each key, what each entry must have, and what no two may share.
import { nearestWord } from "../nearest.ts";
import type { Field, Reading } from "./fields.ts";
import { complain, readTable } from "./fields.ts";
import type { ListName } from "./lists.ts";
import { MOST_ENTRIES, ruleOf, specsOf } from "./lists.ts";
import { FILE_SPEC, FILE_SUFFIX } from "./schema.ts";
import type { Spec, Value } from "./spec.ts";
import { describeValue, isTable } from "./value.ts";

export interface Entry {
  line: number | null;
  /** By key; a secret that is in a file under its key with `_file`. */
  fields: Map<string, Field>;
}

/** Keys no two entries may have the same value of. */
const UNIQUE: Record<ListName, readonly string[]> = {
  validator: ["label", "keystore_path"],
  "alerts.channel": ["name"],
  remote: ["name", "url"],
};

/** `path` is where the list stands in the file. */
export function readEntries(
  reading: Reading,
  list: ListName,
  found: unknown,
  path: readonly string[],
): Entry[] {
  const title = `[[${path.join(".")}]]`;
  if (!Array.isArray(found)) {
    complain(reading, path, `${title}: found ${describeValue(found)}, expected a list of tables`);
    return [];
  }
  if (found.length > MOST_ENTRIES) {
    complain(reading, path, `${title}: ${found.length} entries, ${MOST_ENTRIES} are allowed`);
    return [];
  }
  const entries = found.map((each: unknown, index) => {
    const place = { title: `${title} #${index + 1}`, path: [...path, String(index)] };
    return readEntry(reading, list, each, place);
  });
  for (const name of UNIQUE[list]) complainOfTwins(reading, entries, name, { title, path });
  return entries;
}

interface EntryPlace {
  title: string;
  path: readonly string[];
}

function readEntry(
  reading: Reading,
  list: ListName,
  table: unknown,
  { title, path }: EntryPlace,
): Entry {
  const entry: Entry = { line: reading.lines.get(path.join("\0")) ?? null, fields: new Map() };
  if (!isTable(table)) {
    complain(reading, path, `${title}: found ${describeValue(table)}, expected a table`);
    return entry;
  }
  const specs = specsOf(list);
  const find = (name: string): Spec | undefined => specs.get(name) ?? fileSpec(specs, name);
  const suggest = (name: string): string => suggestName(name, [...specs.keys()]);
  for (const field of readTable(reading, table, { title, path, find, suggest })) {
    entry.fields.set(field.name, field);
  }
  const has = (name: string): boolean =>
    Object.hasOwn(table, name) || Object.hasOwn(table, `${name}${FILE_SUFFIX}`);
  for (const problem of checkEntry(list, entry, has, specs)) {
    complain(reading, path, `${title}: ${problem}`);
  }
  return entry;
}

function fileSpec(specs: ReadonlyMap<string, Spec>, name: string): Spec | undefined {
  const base = name.endsWith(FILE_SUFFIX) ? name.slice(0, -FILE_SUFFIX.length) : "";
  return specs.get(base)?.secret === true ? FILE_SPEC : undefined;
}

function suggestName(name: string, known: readonly string[]): string {
  const near = nearestWord(name, known);
  return near === undefined ? `, known: ${known.join(", ")}` : `, did you mean ${near}?`;
}

function* checkKeys(
  { fields }: Entry,
  has: (name: string) => boolean,
  specs: ReadonlyMap<string, Spec>,
): Generator<string> {
  for (const [name, spec] of specs) {
    if (spec.required === true && !has(name)) yield `${name} is missing`;
    if (fields.has(name) && fields.has(`${name}${FILE_SUFFIX}`)) {
      yield `${name} and ${name}${FILE_SUFFIX} are both set; one is enough`;
    }
  }
}

/** `has` counts keys that are there but wrong: one complaint for each is enough. */
function* checkEntry(
  list: ListName,
  entry: Entry,
  has: (name: string) => boolean,
  specs: ReadonlyMap<string, Spec>,
): Generator<string> {
  yield* checkKeys(entry, has, specs);
  const { fields } = entry;
  if (list === "validator" && !has("keystore_path") && !has("keys_file")) {
    yield "keystore_path or keys_file is missing";
  }
  const type = list === "alerts.channel" ? fields.get("type")?.value : null;
  for (const name of ruleOf(type)?.needs ?? []) {
    if (!has(name)) yield `${name} is missing, ${String(type)} needs it`;
  }
}

function complainOfTwins(
  reading: Reading,
  entries: readonly Entry[],
  name: string,
  { title, path }: EntryPlace,
): void {
  const seen = new Set<Value>();
  for (const [index, { fields }] of entries.entries()) {
    const value = fields.get(name)?.value;
    if (value === undefined) continue;
    if (seen.has(value)) {
      const problem = `${title} #${index + 1} ${name}: ${describeValue(value)} is another entry's`;
      complain(reading, [...path, String(index), name], problem);
    }
    seen.add(value);
  }
}
