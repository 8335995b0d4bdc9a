// JSON Schema, as much of it as our answers need, tied to the types they come from.

export interface JsonSchema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  enum?: readonly (string | null)[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: string | number | boolean;
  description?: string;
}

export const TEXT: JsonSchema = { type: "string" };
export const FLAG: JsonSchema = { type: "boolean" };
export const COUNT: JsonSchema = { type: "integer", minimum: 0 };
export const NUMBER: JsonSchema = { type: "number" };
export const TIME: JsonSchema = { type: "string", format: "date-time" };
/** Hashes and keys. */
export const HEX: JsonSchema = { type: "string", pattern: "^0x([0-9a-f]{2})+$" };
/** The words of whoever raised an alert. */
export const ANYTHING: JsonSchema = {};

/** Unknown is a value: null. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: words } = schema;
  return {
    ...schema,
    ...(typeof type === "string" ? { type: [type, "null"] } : {}),
    ...(words === undefined ? {} : { enum: [...words, null] }),
  };
}

export function words(...all: readonly string[]): JsonSchema {
  return { type: "string", enum: all };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** Every field of `T`, all of them always there, and no other. */
export function record<T>(properties: Readonly<Record<keyof T & string, JsonSchema>>): JsonSchema {
  const required = Object.keys(properties);
  return { type: "object", properties, required, additionalProperties: false };
}
