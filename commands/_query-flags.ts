// Flags of `mvm query`: which part, which rows, in which form.
import type { ArgsDef } from "citty";

import type { GivenBounds } from "../core/ask/bounds.ts";
import { readBounds } from "../core/ask/bounds.ts";
import type { Sort } from "../core/ask/sort.ts";
import { MonitorError } from "../core/errors.ts";
import { nearestWord } from "../core/nearest.ts";
import type { Page, Wanted } from "../core/queries/selection.ts";
import { parseCount } from "./_main.ts";
import { configFlags, databaseFlag } from "./_settings.ts";

export const sharedFlags = {
  ...databaseFlag,
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

export const boundFlags = {
  from: { type: "string", alias: "f", valueHint: "N", description: "lowest block" },
  to: { type: "string", alias: "t", valueHint: "N", description: "highest block" },
  epoch: { type: "string", alias: "e", valueHint: "N", description: "this epoch only" },
  since: {
    type: "string",
    valueHint: "TIME",
    description: "not before: 30m, 24h, 7d ago, or a date or time such as 2026-01-31T12:00Z",
  },
  until: {
    type: "string",
    valueHint: "TIME",
    description: "not after; a date counts to its end, UTC",
  },
} satisfies ArgsDef;

export const whoseFlags = {
  ours: { type: "boolean", default: false, description: "our validators only" },
  validator: {
    type: "string",
    valueHint: "KEY",
    description: "one only: Aura or sidechain key, its first 6 or more digits, or a label",
  },
} satisfies ArgsDef;

/** @param count rows shown when nothing is said; @param columns what can be sorted by */
export function listFlags(count: number, columns: readonly string[]) {
  return {
    limit: {
      type: "string",
      alias: "l",
      valueHint: "N",
      description: `how many at most, or all (${count}; with --csv and --jsonl all)`,
    },
    offset: { type: "string", valueHint: "N", description: "pass over so many first" },
    sort: {
      type: "string",
      valueHint: "COLUMN",
      description: `by ${columns.join(", ")}; COLUMN:desc from the highest down`,
    },
    jsonl: { type: "boolean", default: false, description: "a line of JSON for each row" },
    csv: { type: "boolean", default: false, description: "comma-separated values (RFC 4180)" },
  } satisfies ArgsDef;
}

type Counts = "from" | "to" | "epoch";

/** As they stand on the command line. */
export type GivenFlags = Omit<GivenBounds, Counts> & { [name in Counts]?: string | undefined };

/** Throws `usage`. */
export function parseBounds(given: GivenFlags, nowMs = Date.now()): Wanted {
  const count = (flag: Counts): number | undefined =>
    given[flag] === undefined ? undefined : parseCount(given[flag], `--${flag}`);
  const counts = { from: count("from"), to: count("to"), epoch: count("epoch") };
  return readBounds({ ...given, ...counts }, "--", nowMs);
}

export interface GivenList {
  json: boolean;
  jsonl?: boolean | undefined;
  csv?: boolean | undefined;
  limit?: string | undefined;
  offset?: string | undefined;
  sort?: string | undefined;
}

export type Form = "text" | "json" | "jsonl" | "csv";

/** Throws `usage` when more than one is wanted. */
export function parseForm({ json, jsonl = false, csv = false }: GivenList): Form {
  const wanted = (["json", "jsonl", "csv"] as const).filter((_, i) => [json, jsonl, csv][i]);
  if (wanted.length > 1) {
    const flags = wanted.map((form) => `--${form}`).join(" and ");
    throw new MonitorError("usage", `${flags}: one form at a time`);
  }
  return wanted[0] ?? "text";
}

/** Rows of a list that comes in one order, by any of `columns`; newest first when nothing is said. */
export function parsePage(given: GivenList, count: number, columns: readonly string[]): Page {
  const sort = parseSort(given, columns);
  return { ...parseRows(given, count), ascending: sort !== null && !sort.descending };
}

export function parseRows(given: GivenList, count: number): Pick<Page, "offset" | "limit"> {
  const { limit, offset = "0" } = given;
  const whole = limit === "all" || (limit === undefined && (given.csv || given.jsonl));
  return {
    offset: parseCount(offset, "--offset"),
    limit: whole ? Infinity : parseCount(limit ?? String(count), "--limit", 1),
  };
}

/** Null when nothing is said. Throws `usage` for a column there is none of. */
export function parseSort<C extends string>(
  { sort }: GivenList,
  columns: readonly C[],
): Sort<Record<C, unknown>> | null {
  if (sort === undefined) return null;
  const [word = "", direction = "asc", ...rest] = sort.split(":");
  const column = columns.find((each) => each.toLowerCase() === word.toLowerCase());
  if (column === undefined) {
    const near = nearestWord(word, columns);
    throw new MonitorError("usage", `--sort ${sort}: no column ${word}`, {
      hint: near === undefined ? `known: ${columns.join(", ")}` : `did you mean ${near}?`,
    });
  }
  if (rest.length > 0 || !/^(?:asc|desc)$/.test(direction)) {
    throw new MonitorError("usage", `--sort ${sort}: not a direction`, {
      hint: `write ${column} or ${column}:desc`,
    });
  }
  return { column, descending: direction === "desc" };
}
