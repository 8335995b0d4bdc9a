// Parameters of a request: each is named, bounded and written down once; anything else is refused.
import { Problem } from "./problem.ts";
import type { JsonSchema } from "./schema.ts";
import { FLAG } from "./schema.ts";

export interface Parameter {
  description: string;
  schema: JsonSchema;
}

const MOST_CHARACTERS = 128;
/** Deeper pages are reached by bounds: `to`, `until`, `epoch`. */
const DEEPEST = 100_000;
const LONGEST = 1000;

/** A block's number has 32 bits on the chain; an epoch's slots must be numbers still. */
const HEIGHT: JsonSchema = { type: "integer", minimum: 0, maximum: 0xff_ff_ff_ff };
/** As `readBounds` takes it: a stretch back from now, a date, a time. */
const WHEN: JsonSchema = {
  type: "string",
  maxLength: MOST_CHARACTERS,
  pattern:
    "^([0-9]{1,6}[smhdw]|[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])" +
    "(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?)$",
};
const WHENS = "24h, 7d, 2026-01-31, 2026-01-31T12:00:00Z or the like";
const WORD: JsonSchema = {
  ...{ type: "string", minLength: 1, maxLength: MOST_CHARACTERS },
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
};

export const PARAMETERS = {
  limit: {
    description: "how many at most",
    schema: { type: "integer", minimum: 1, maximum: LONGEST, default: 50 },
  },
  offset: {
    description: "pass over so many first",
    schema: { type: "integer", minimum: 0, maximum: DEEPEST, default: 0 },
  },
  from: { description: "lowest block", schema: HEIGHT },
  to: { description: "highest block", schema: HEIGHT },
  epoch: { description: "this epoch only", schema: HEIGHT },
  since: { description: "not before: 30m, 24h, 7d ago, or a date or time", schema: WHEN },
  until: { description: "not after; a date counts to its end, UTC", schema: WHEN },
  ours: { description: "our validators only", schema: FLAG },
  validator: {
    description:
      "one only: Aura or sidechain key, its first 6 or more digits, or a label; for the schedule, instead of ours",
    schema: WORD,
  },
  orphans: { description: "instead, blocks seen off the canonical chain", schema: FLAG },
  open: { description: "only what has not ended yet", schema: FLAG },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;

export interface Given {
  limit: number;
  offset: number;
  from?: number;
  to?: number;
  epoch?: number;
  since?: string;
  until?: string;
  ours?: boolean;
  validator?: string;
  orphans?: boolean;
  open?: boolean;
}

/** Throws a 400 that names the parameter. `search` is what stands behind the `?`. */
export function parseParameters(search: string, known: readonly ParameterName[]): Given {
  const given: Record<string, string | number | boolean> = { limit: 50, offset: 0 };
  const seen = new Set<string>();
  for (const part of search.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const name = decode(at < 0 ? part : part.slice(0, at));
    const key = known.find((each) => each === name);
    if (key === undefined) {
      const hint = known.length === 0 ? "there are none here" : `known: ${known.join(", ")}`;
      throw new Problem(400, "bad-request", `no parameter ${shown(name)}`, hint);
    }
    if (seen.has(name)) throw new Problem(400, "bad-request", `${name} is given twice`);
    seen.add(name);
    given[key] = parseValue(key, at < 0 ? "" : decode(part.slice(at + 1)));
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was parsed by the schema of its name
  return given as unknown as Given;
}

function parseValue(name: ParameterName, text: string): string | number | boolean {
  const { schema }: Parameter = PARAMETERS[name];
  if (schema.type === "integer") return parseWhole(name, schema, text);
  if (schema.type === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw refused(name, "true or false", text);
  }
  const { pattern = "" } = schema;
  if (text !== "" && text.length <= MOST_CHARACTERS && new RegExp(pattern).test(text)) return text;
  const expected = schema === WORD ? `a text of 1 to ${MOST_CHARACTERS} characters` : WHENS;
  throw refused(name, expected, text);
}

function parseWhole(name: string, { minimum = 0, maximum = 0 }: JsonSchema, text: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw refused(name, `a whole number from ${minimum} to ${maximum}`, text);
}

function refused(name: string, expected: string, found: string): Problem {
  return new Problem(400, "bad-request", `${name}: expected ${expected}, found ${shown(found)}`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Problem(400, "bad-request", `not well encoded: ${shown(text)}`);
  }
}
