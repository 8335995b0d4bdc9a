// What a value taken from a node may look like, told apart from the code that takes it.

export type Shape = (value: unknown) => boolean;

/** Longer texts than this are no name, no address and no reason. */
const LONGEST_TEXT = 1000;

export const text: Shape = (value) => typeof value === "string" && value.length <= LONGEST_TEXT;
export const flag: Shape = (value) => typeof value === "boolean";
export const count: Shape = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
/** Lovelace exceed what a number holds exactly. */
export const lovelace: Shape = (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e17;

export function hex(bytes?: number): Shape {
  const pattern = bytes === undefined ? /^0x[0-9a-f]*$/ : new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`);
  return (value) => typeof value === "string" && value.length % 2 === 0 && pattern.test(value);
}

export function oneOf(...known: readonly unknown[]): Shape {
  return (value) => known.includes(value);
}

export function orNull(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

export function list(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** Exactly these fields. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(fields).toSorted();
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Bun.deepEquals(Object.keys(value).toSorted(), names) &&
    names.every((name) => fields[name]?.(Reflect.get(value, name)) === true);
}

export function map(key: Shape, shape: Shape): Shape {
  return (value) =>
    value instanceof Map && [...value].every(([name, each]) => key(name) && shape(each));
}
