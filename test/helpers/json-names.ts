// The names of fields in a JSON value, for comparing them with those that are documented.

/** Names of fields whose own fields are the runtime's or the operator's words, not ours. */
const FOREIGN = new Set(["args", "byFault", "details"]);

/** Every name, those within lists and objects too. */
export function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    name,
    ...(FOREIGN.has(name) ? [] : namesIn(each)),
  ]);
}
