// Flags of `mvm query`: which part, which rows, in which form.
import type { ArgsDef } from "citty";

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

export interface GivenBounds {
  from?: string | undefined;
  to?: string | undefined;
  epoch?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  ours?: boolean | undefined;
  validator?: string | undefined;
}

/** Throws `usage`. */
export function parseBounds(given: GivenBounds, nowMs = Date.now()): Wanted {
  const count = (flag: "from" | "to" | "epoch"): number | undefined =>
    given[flag] === undefined ? undefined : parseCount(given[flag], `--${flag}`);
  const wanted = {
    from: count("from"),
    to: count("to"),
    epoch: count("epoch"),
    sinceMs: given.since === undefined ? undefined : parseMoment(given.since, "since", nowMs),
    untilMs: given.until === undefined ? undefined : parseMoment(given.until, "until", nowMs),
    ours: given.ours,
    validator: given.validator,
  };
  checkOrder(wanted.from, wanted.to, `--from ${given.from} is above --to ${given.to}`);
  checkOrder(
    wanted.sinceMs,
    wanted.untilMs,
    `--since ${given.since} is later than --until ${given.until}`,
  );
  return wanted;
}

function checkOrder(low: number | undefined, high: number | undefined, message: string): void {
  if (low !== undefined && high !== undefined && low > high)
    throw new MonitorError("usage", message);
}

const UNIT_MS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A stretch back from now, or a date or time; without a zone it is UTC. A date ends `until` with its last moment. */
function parseMoment(text: string, flag: "since" | "until", nowMs: number): number {
  const ago = /^(\d+)([smhdw])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ""] ?? Number.NaN);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const hasZone = isDate || /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text)
    ? Date.parse(hasZone ? text : `${text}Z`)
    : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new MonitorError("usage", `--${flag} ${text}: neither a stretch of time nor a date`, {
      hint: "for example 24h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z",
    });
  }
  return isDate && flag === "until" ? timeMs + (UNIT_MS["d"] ?? 0) : timeMs;
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

export interface Sort {
  column: string;
  descending: boolean;
}

/** Null when nothing is said. Throws `usage` for a column there is none of. */
export function parseSort({ sort }: GivenList, columns: readonly string[]): Sort | null {
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
