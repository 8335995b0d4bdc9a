// known_validators.toml, the Rust tool's list of who is who: names for validators that are not ours.
import { dirname, join } from "pathe";

import { describePlace, printable } from "./fields.ts";
import { readConfigFile } from "./read.ts";
import type { SearchOptions } from "./search.ts";
import { searchPaths } from "./search.ts";
import { parseToml, pathKey } from "./toml.ts";
import { describeValue, isTable } from "./value.ts";

const FILE_NAME = "known_validators.toml";
const SIDECHAIN_KEY = /^(?:0x)?([0-9a-f]{66})$/i;
const LONGEST_LABEL = 64;

export interface Labels {
  /** Sidechain key, 0x hex in lower case → name. */
  labels: Map<string, string>;
  /** Files that were read, highest first. */
  files: string[];
  /** Entries left out, one line each: a bad name is no reason not to start. */
  notices: string[];
}

/** From beside every place a configuration is looked for; an upper file's name for a key counts. */
export function readLabels(options: SearchOptions): Labels {
  const found: Labels = { labels: new Map(), files: [], notices: [] };
  for (const folder of new Set(searchPaths(options).map((path) => dirname(path)))) {
    readFile(found, join(folder, FILE_NAME));
  }
  return found;
}

function readFile(found: Labels, path: string): void {
  const read = readConfigFile(path);
  if (read === "absent") return;
  if ("problem" in read) return void found.notices.push(`${path}: ${read.problem}`);
  const toml = parseToml(read.text);
  if ("message" in toml) {
    found.notices.push(`${describePlace(path, toml.line)}: not TOML: ${toml.message}`);
    return;
  }
  found.files.push(path);
  const { validators = [], ...others } = toml.table;
  const complain = (key: readonly string[], problem: string): void => {
    const place = describePlace(path, toml.lines.get(pathKey(key)) ?? null);
    found.notices.push(`${place}: ${problem}; left out`);
  };
  for (const name of Object.keys(others)) complain([name], `${printable(name)}: unknown key`);
  if (!Array.isArray(validators)) return complain(["validators"], "validators: expected a list");
  const own = new Map<string, string>();
  for (const [index, each] of validators.entries()) {
    const entry = parseEntry(each, own);
    const title = `[[validators]] #${index + 1}`;
    if (typeof entry === "string") complain(["validators", String(index)], `${title}: ${entry}`);
    else own.set(entry.key, entry.label);
  }
  for (const [key, label] of own) if (!found.labels.has(key)) found.labels.set(key, label);
}

/** A key and its name, or what is wrong with the entry. */
function parseEntry(
  entry: unknown,
  known: ReadonlyMap<string, string>,
): { key: string; label: string } | string {
  if (!isTable(entry)) return `found ${describeValue(entry)}, expected a table`;
  const { sidechain_key: key, label } = entry;
  const [, digits] = typeof key === "string" ? (SIDECHAIN_KEY.exec(key) ?? []) : [];
  if (key === undefined || label === undefined) return "sidechain_key and label are needed";
  if (digits === undefined) {
    return `sidechain_key: found ${describeValue(key)}, expected 33 bytes as hex`;
  }
  const name = typeof label === "string" ? label.trim() : "";
  // It is shown on terminals.
  if (name === "" || name.length > LONGEST_LABEL || /\p{Cc}/u.test(name)) {
    return `label: found ${describeValue(label)}, expected a text of 1 to ${LONGEST_LABEL} letters`;
  }
  const parsed = `0x${digits.toLowerCase()}`;
  if (known.has(parsed)) return "sidechain_key: another entry names it already";
  return { key: parsed, label: name };
}
