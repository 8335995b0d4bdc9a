// The README's table of keys is the table the dashboard goes by. After a wanted change:
//   UPDATE_GOLDEN=1 bun test test/ui/readme.test.ts && bun fmt
import { expect, test } from "bun:test";

import { join } from "pathe";

import { KEYS } from "../../ui/keys.ts";

const README = join(import.meta.dir, "../../README.md");
const HEAD = "## Keys of the dashboard\n\n";
/** Pairs of key and meaning in one row. */
const PAIRS = 3;

function table(): string {
  const cells = KEYS.map(({ shown, does }) => `${shown} | ${does}`);
  const rows = Array.from({ length: Math.ceil(cells.length / PAIRS) }, (_, row) =>
    Array.from(
      { length: PAIRS },
      (__, i) => cells[i * Math.ceil(cells.length / PAIRS) + row] ?? " | ",
    ),
  );
  const head = Array.from({ length: PAIRS }, () => "key | does");
  const rule = Array.from({ length: PAIRS }, () => "- | -");
  return [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** However its columns are aligned. */
function cellsOf(markdown: string): string[][] {
  return markdown
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim().replace(/^-+$/, "-")));
}

test("the README's table of keys holds every key of the table, as the help tells it, and no other", async () => {
  let readme = await Bun.file(README).text();
  const start = readme.indexOf(HEAD) + HEAD.length;
  const end = readme.indexOf("\n\n", start);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    readme = readme.slice(0, start) + table() + readme.slice(end);
    await Bun.write(README, readme);
  }
  expect(readme).toContain(HEAD);
  const written = readme.slice(start, readme.indexOf("\n\n", start));
  expect(cellsOf(written)).toEqual(cellsOf(table()));
});
