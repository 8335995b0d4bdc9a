// Whether a value is what a schema says, for the words of JSON Schema that our documents use.
import type { JsonSchema } from "../../core/api/schema.ts";

/** What is wrong, each with its place; nothing when all is well. Throws for a word of a schema that is not known here. */
export function faultsOf(schema: JsonSchema, value: unknown, at = "$"): string[] {
  for (const word of Object.keys(schema)) {
    if (!KNOWN.has(word)) throw new Error(`${at}: ${word} is not known to this judge`);
  }
  const types = schema.type === undefined ? null : [schema.type].flat();
  if (types !== null && !types.some((type) => isOf(type, value)))
    return [`${at}: no ${types.join(" or ")}: ${JSON.stringify(value)}`];
  if (schema.enum !== undefined && !schema.enum.some((each) => each === value))
    return [`${at}: none of ${JSON.stringify(schema.enum)}: ${JSON.stringify(value)}`];
  return faultsWithin(schema, value, at);
}

function faultsWithin(schema: JsonSchema, value: unknown, at: string): string[] {
  if (typeof value === "string") return faultsOfText(schema, value, at);
  if (typeof value === "number") return faultsOfNumber(schema, value, at);
  if (Array.isArray(value)) {
    return value.flatMap((each, i) => faultsOf(schema.items ?? {}, each, `${at}[${i}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return faultsOfObject(schema, new Map(Object.entries(value)), at);
}

const KNOWN = new Set(
  (
    "type properties required additionalProperties items enum pattern format minimum maximum minLength " +
    "maxLength default description"
  ).split(" "),
);

function isOf(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object")
    return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function faultsOfText({ pattern, format }: JsonSchema, text: string, at: string): string[] {
  const isForm = pattern === undefined || new RegExp(pattern).test(text);
  const isTime = format !== "date-time" || DATE_TIME.test(text);
  return isForm && isTime ? [] : [`${at}: not the form wanted: ${text}`];
}

function faultsOfNumber({ minimum, maximum }: JsonSchema, value: number, at: string): string[] {
  const within = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  return within ? [] : [`${at}: ${value} is not from ${minimum} to ${maximum}`];
}

function faultsOfObject(
  { properties, required = [], additionalProperties = true }: JsonSchema,
  value: ReadonlyMap<string, unknown>,
  at: string,
): string[] {
  const missing = required.filter((name) => !value.has(name)).map((name) => `${at}: no ${name}`);
  const faults = [...value].flatMap(([name, each]) => {
    const schema = properties?.[name];
    if (schema !== undefined) return faultsOf(schema, each, `${at}.${name}`);
    return additionalProperties ? [] : [`${at}: ${name} is not wanted`];
  });
  return [...missing, ...faults];
}
