// The picture in the documentation is a frame of a real run, the same each time.
import { expect, test } from "bun:test";

import { join } from "pathe";

import { formatSvg } from "../../scripts/svg.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const ROOT = join(import.meta.dir, "../..");

/** The words of each line of the picture, wherever they stand: its numbers may be another run's. */
function wordsOf(svg: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const [, y = "", text = ""] of svg.matchAll(/<text x="\d+" y="(\d+)"[^>]*>([^<]*)</g)) {
    lines.set(y, `${lines.get(y) ?? ""} ${text.replaceAll(/[\d─░█▄]+/g, "").trim()}`.trimEnd());
  }
  return lines;
}

test("two runs draw the same frame of 120 columns and 40 rows, with the validator in it, and so is the committed one", async () => {
  using folder = temporaryFolder();
  const draw = async (name: string): Promise<string> => {
    const path = folder.file(name);
    const { exitCode, stderr } = Bun.spawnSync([
      process.execPath,
      join(ROOT, "scripts/screenshot.ts"),
      path,
    ]);
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
    return await Bun.file(path).text();
  };
  const first = await draw("first.svg");
  expect(first).toContain('viewBox="0 0 960 680"');
  const wanted = ["Midnight Validator Monitor", "MyValidator", "● Synced", "✓ Permissioned", "[8]"];
  expect(wanted.filter((text) => !first.includes(text))).toEqual([]);
  expect((await draw("second.svg")) === first).toBe(true);
  // The committed one is of this dashboard: else run scripts/screenshot.ts again.
  const committed = await Bun.file(join(ROOT, "ui/screenshot.svg")).text();
  expect(wordsOf(committed)).toEqual(wordsOf(first));
});

test("what would be markup is text, and each run stands in its cells", () => {
  const run = { bold: false, foreground: "#ffffff", background: "#000000" };
  const svg = formatSvg([
    [
      { ...run, text: " a<b&c ", width: 7 },
      { ...run, text: "x", width: 1, background: "#ff0000" },
    ],
  ]);
  expect(svg).toContain('x="8" y="13" textLength="40"');
  expect(svg).toContain(">a&lt;b&amp;c</text>");
  expect(svg).toContain('<rect x="56" y="0" width="8" height="17" fill="#ff0000"/>');
});
