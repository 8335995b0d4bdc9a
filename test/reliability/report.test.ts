import { describe, expect, test } from "bun:test";

import { table, withSection } from "./report.ts";

describe("The reliability report", () => {
  test("takes a section where none was, in the order of the list", () => {
    const report = withSection(withSection("", "node", "a"), "soak", "b");
    expect(report.indexOf("Seven days")).toBeLessThan(report.indexOf("Hostile node"));
  });

  test("keeps the other sections to the letter when one is replaced", () => {
    const both = withSection(withSection("", "soak", "first\n\nsecond"), "crash", "old");
    const replaced = withSection(both, "crash", "young");
    expect(replaced).toBe(both.replace("\nold\n", "\nyoung\n"));
    expect(withSection(replaced, "crash", "young")).toBe(replaced);
  });

  test("pads a table the way the formatter does", () => {
    expect(table(["kind", "n"], [["cut", 12]])).toBe(
      "| kind | n   |\n| ---- | --- |\n| cut  | 12  |",
    );
  });
});
