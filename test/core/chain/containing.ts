import { expect } from "bun:test";

/** Matches a text with this part in it. The runner's own matcher is of type any. */
export function containing(part: string): unknown {
  return expect.stringContaining(part);
}
