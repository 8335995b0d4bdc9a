// One value against its line of the table: from a file, a variable or a flag.
import { MonitorError } from "../errors.ts";
import { nearestWord } from "../nearest.ts";
import type { DottedKey, Settings } from "./schema.ts";
import { findKey } from "./schema.ts";
import type { Spec, Value } from "./spec.ts";
import { isList, isValue } from "./spec.ts";

const MASK = "****";

/** `value` is what was understood; without it, `expected` says what should have been there. */
export type Checked = { value: Value } | { expected: string };

export function describeExpected(spec: Spec): string {
  switch (spec.type) {
    case "integer":
    case "duration":
      return spec.max === Number.MAX_SAFE_INTEGER
        ? `a whole number from ${spec.min} up`
        : `a whole number from ${spec.min} to ${spec.max}`;
    case "boolean":
      return "true or false";
    case "enum":
      return `one of ${spec.allowed.join(", ")}`;
    case "url":
      return `a URL with ${spec.protocols.map((each) => `${each}//`).join(", ")}`;
    case "urls":
      return `different URLs with ${spec.protocols.map((each) => `${each}//`).join(", ")}`;
    case "path":
      return "a path";
    case "string":
      return spec.form?.words ?? "a text";
    default:
      return spec satisfies never;
  }
}

/** A value as TOML has it. */
export function checkValue(spec: Spec, value: unknown): Checked {
  if (fits(spec, value) && isValue(value)) return { value };
  return { expected: describeExpected(spec) + describeSlip(spec, value) };
}

const BARE = ", without quotes";

/** What was most likely meant: quotes too many, capitals, a typo. Empty where that is not clear. */
function describeSlip(spec: Spec, value: unknown): string {
  if (typeof value !== "string") return "";
  if (spec.type === "enum") {
    const near = nearestWord(value, spec.allowed);
    return near === undefined ? "" : `; did you mean ${near}?`;
  }
  if (spec.type === "boolean") return /^(?:true|false)$/.test(value) ? BARE : "";
  const isNumber = spec.type === "integer" || spec.type === "duration";
  return isNumber && fits(spec, Number(value)) ? BARE : "";
}

function fits(spec: Spec, value: unknown): boolean {
  switch (spec.type) {
    case "boolean":
      return typeof value === "boolean";
    case "integer":
    case "duration":
      return Number.isSafeInteger(value) && isBetween(value, spec.min, spec.max);
    case "urls":
      return Array.isArray(value) && fitsList(spec, value);
    case "enum":
    case "url":
    case "path":
    case "string":
      return typeof value === "string" && fitsText(spec, value);
    default:
      return spec satisfies never;
  }
}

/** A value as text: from the environment or the command line. */
export function parseText(spec: Spec, text: string): Checked {
  switch (spec.type) {
    case "integer":
    case "duration":
      return checkValue(spec, /^[+-]?\d+$/.test(text) ? Number(text) : text);
    case "boolean":
      if (/^(true|1|yes)$/i.test(text)) return { value: true };
      if (/^(false|0|no)$/i.test(text)) return { value: false };
      return { expected: "true, false, 1, 0, yes or no" };
    case "urls":
      return checkValue(
        spec,
        text.split(",").map((each) => each.trim()),
      );
    case "enum":
    case "url":
    case "path":
    case "string":
      return checkValue(spec, text);
    default:
      return spec satisfies never;
  }
}

/** Reads a flag's text by the table, so that flags and files agree. Throws `usage`. */
export function parseFlag<K extends DottedKey>(
  key: K,
  text: string,
  flagName: string,
): Settings[K] {
  const found = findKey(key);
  const checked: Checked =
    found === undefined ? { expected: "a key" } : parseText(found.spec, text);
  if ("expected" in checked) {
    const shown = found?.spec.secret === true ? MASK : hideCredentials(text);
    throw new MonitorError("usage", `${flagName} ${shown}: not ${checked.expected}`, {
      hint: "add --help for the usage",
    });
  }
  // Settings is derived from the very line of the table the text was just checked against.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return checked.value as Settings[K];
}

/** What an operator may see of a value that was refused. */
export function describeFound({ spec }: { spec: Spec }, value: unknown): string {
  if (spec.secret === true) return MASK;
  // Which of them is wrong is easier seen than told.
  if (spec.type === "urls" && Array.isArray(value)) {
    return `[${value.map((each: unknown) => describeValue(each)).join(", ")}]`;
  }
  return describeValue(value);
}

export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(hideCredentials(value)));
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : shorten(String(value));
}

/** A setting on one line; null stays null. */
export function formatSetting(value: Value | null): string | null {
  return isList(value) ? value.join(", ") : value === null ? null : String(value);
}

/** A value as it may be printed. */
export function maskValue({ spec }: { spec: Spec }, value: Value | null): Value | null {
  if (value === null) return null;
  if (spec.secret === true) return MASK;
  if (spec.type === "urls" && isList(value)) return value.map(hideCredentials);
  return spec.type === "url" && typeof value === "string" ? hideCredentials(value) : value;
}

export function isTable(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Dates are objects as well.
  return prototype === Object.prototype || prototype === null;
}

/** Addresses may carry a password: `ws://user:password@host`. */
export function hideCredentials(text: string): string {
  return text.replace(/\/\/[^/?#\s]*@/g, `//${MASK}@`);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && value >= min && value <= max;
}

function fitsList(spec: Spec & { type: "urls" }, list: readonly unknown[]): boolean {
  const isOne = (each: unknown): boolean => typeof each === "string" && fitsText(spec, each);
  return list.length > 0 && list.every(isOne) && new Set(list).size === list.length;
}

function fitsText(spec: Spec, text: string): boolean {
  // What is shown on a terminal or handed to the system must not carry control characters.
  if (text.trim() === "" || /\p{Cc}/u.test(text)) return false;
  if (spec.type === "enum") return spec.allowed.includes(text);
  if (spec.type === "string" && spec.form !== undefined) return spec.form.pattern.test(text);
  if (spec.type !== "url" && spec.type !== "urls") return true;
  const url = URL.parse(text);
  // Without the slashes `http:host` is also a URL to the parser.
  return url !== null && spec.protocols.some((each) => text.toLowerCase().startsWith(`${each}//`));
}
