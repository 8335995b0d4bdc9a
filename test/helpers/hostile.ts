// Requests no server should be asked, made from an OpenAPI document: each of them deserves a 4xx and nothing else.
import type { describeApi } from "../../core/api/openapi.ts";
import type { JsonSchema } from "../../core/api/schema.ts";
import { seeded } from "./seeded.ts";

type Document = ReturnType<typeof describeApi>;

export interface Hostile {
  /** What is wrong with it, for whoever reads a failure. */
  what: string;
  method: string;
  /** Path and query, as sent. */
  target: string;
}

interface Named {
  name: string;
  in: string;
  schema: JsonSchema;
}
type Pick = <T>(from: readonly T[]) => T;

const NO_NUMBERS = [
  "abc",
  "-1",
  "1.5",
  "1e3",
  "0x10",
  "",
  "%201",
  "NaN",
  "٣",
  "null",
  "[1]",
  "1,2",
];
const NO_FLAGS = ["yes", "1", "TRUE", "", "null", "0", "tru%65x"];
const BAD_ENCODINGS = ["%", "%zz", "%ff%fe", "%c0%af", "%u0041", "%ed%a0%80", "a%2"];
const BAD_TEXTS = ["", "%00", "a%0ab", "%7f", "x".repeat(129), "%e2%82%ac".repeat(140)];
const METHODS = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
const NAMES = [
  "__proto__",
  "constructor",
  "limit[]",
  "LIMIT",
  "offset%00",
  "sql",
  "%6cimits",
  "toString",
];
const PATHS = [
  "/api",
  "/api/",
  "/api/v1",
  "/api/v2/status",
  "/api/v1/blocks/",
  "/api/v1/blocks/1",
  "/api/v1/%62locks",
  "/api/v1/../v1/nothing",
  "/api/v1/status;a=b",
  "/api/v1/..%2f..%2fetc%2fpasswd",
  "/api/v1/constructor",
];

/** Endless, and the same for the same seed. */
export function* generateHostile(document: Document, seed: number): Generator<Hostile, void> {
  const random = seeded(seed);
  const pick = openPick(random);
  const routes = routesIn(document);
  const makers = [wrongValue, wrongValue, wrongValue, unknownName, givenTwice, otherMethod, noPath];
  for (;;) yield pick(makers)(pick(routes), pick, random);
}

function openPick(random: () => number): Pick {
  return (from) => {
    const found = from[Math.floor(random() * from.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  };
}

function routesIn(document: Document): RouteOf[] {
  return Object.entries(document.paths).map(([path, { get }]) => ({
    path,
    parameters: get.parameters.filter((each) => each.in === "query"),
  }));
}

const MOMENTS = ["0s", "1h", "999999w", "2026-01-31", "0000-01-01", "9999-12-31T23:59:59.999Z"];
const WORDS = ["0", "home", "0x5ce1a0", "%F0%9F%8C%92", "'%3B--", "%25", "_"];

/** What the document allows, at its edges. Endless. */
export function* generateAllowed(document: Document, seed: number): Generator<string, void> {
  const random = seeded(seed);
  const pick = openPick(random);
  const routes = routesIn(document).filter(({ parameters }) => parameters.length > 0);
  for (;;) {
    const { path, parameters } = pick(routes);
    const chosen = parameters.filter(() => random() < 0.4);
    const query = chosen.map(({ name, schema }) => `${name}=${pick(edgesOf(schema, name))}`);
    yield `${path}?${query.join("&")}`;
  }
}

function edgesOf({ type, minimum = 0, maximum = 0 }: JsonSchema, name: string): readonly string[] {
  if (type === "boolean") return ["true", "false"];
  if (type === "integer") return [minimum, minimum + 1, 57, maximum - 1, maximum].map(String);
  return name === "validator" ? WORDS : MOMENTS;
}

interface RouteOf {
  path: string;
  parameters: readonly Named[];
}

function wrongValue(route: RouteOf, pick: Pick, random: () => number): Hostile {
  if (route.parameters.length === 0) return unknownName(route, pick, random);
  const { name, schema } = pick(route.parameters);
  const huge = `${9 + Math.floor(random() * 1000)}${"9".repeat(16 + Math.floor(random() * 300))}`;
  const beyond = String((schema.maximum ?? 0) + 2);
  const values =
    schema.type === "integer"
      ? [...NO_NUMBERS, ...BAD_ENCODINGS, huge, beyond]
      : schema.type === "boolean"
        ? [...NO_FLAGS, ...BAD_ENCODINGS, huge]
        : [...BAD_TEXTS, ...BAD_ENCODINGS];
  const value = pick(values);
  return { what: `${name} is wrong`, method: "GET", target: `${route.path}?${name}=${value}` };
}

function unknownName({ path }: RouteOf, pick: Pick, random: () => number): Hostile {
  const name = pick([...NAMES, `x${Math.floor(random() * 1e9)}`, "%"]);
  return { what: "no such parameter", method: "GET", target: `${path}?${name}=1` };
}

function givenTwice(route: RouteOf, pick: Pick, random: () => number): Hostile {
  if (!route.parameters.some(({ name }) => name === "limit"))
    return unknownName(route, pick, random);
  return {
    what: "twice",
    method: "GET",
    target: `${route.path}?limit=1&limit=${pick(["1", "2"])}`,
  };
}

function otherMethod({ path }: RouteOf, pick: Pick): Hostile {
  return { what: "no method of ours", method: pick(METHODS), target: path };
}

function noPath(_: RouteOf, pick: Pick, random: () => number): Hostile {
  const path = pick([...PATHS, `/api/v1/${random().toString(36).slice(2)}x`]);
  return { what: "no such path", method: "GET", target: path };
}
