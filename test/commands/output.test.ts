// Tables: they fit a terminal by giving up what matters least, and into a pipe they are whole.
import { expect, test } from "bun:test";

import { join } from "pathe";

import { formatKey, formatPairs, formatTable } from "../../commands/_output.ts";

const KEY = `0x${"5ce1a0".repeat(10)}1234`;
const PIPE = { terminal: false, width: Infinity };
const COLUMNS = [
  { title: "NUMBER", cell: ({ n }: Row) => String(n), right: true },
  { title: "AUTHOR", cell: ({ key }: Row) => key },
  { title: "LABEL", cell: ({ label }: Row) => label },
  { title: "NOTE", cell: () => "rather a long remark on it", optional: true },
];

interface Row {
  n: number;
  key: string;
  label: string;
}

const ROWS: Row[] = [
  { n: 1_234_567_890, key: KEY, label: "MyValidator" },
  { n: 2, key: KEY.toUpperCase(), label: "日本の検証者" },
];

function lines(text: string): string[] {
  return Bun.stripANSI(text).split("\n");
}

test("into a pipe nothing is shortened, left out or painted", () => {
  const text = formatTable(ROWS, COLUMNS, PIPE);
  expect(text).toBe(Bun.stripANSI(text));
  expect(text).toContain(KEY);
  expect(text).toContain("rather a long remark on it");
  expect(formatKey(KEY, PIPE)).toBe(KEY);
  expect(formatPairs([["key", KEY]], PIPE)).toBe(`key  ${KEY}`);
});

test("on a terminal of any sensible width every line fits, numbers whole", () => {
  for (const width of [40, 60, 80, 120, 200]) {
    const text = lines(formatTable(ROWS, COLUMNS, { terminal: true, width }));
    for (const line of text) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
    expect(text[1]).toContain("1234567890");
    // Both ends of a key are what tells it from others.
    expect(text[1]).toMatch(/0x5c\S*…\S*34\b|0x5c\S*1234\b/);
  }
});

test("what is optional goes before anything is shortened", () => {
  const text = lines(formatTable(ROWS, COLUMNS, { terminal: true, width: 100 }));
  expect(text[1]).toContain(KEY);
  expect(text[0]).not.toContain("NOTE");
});

test("a terminal narrower than the titles still gets its columns", () => {
  const text = lines(formatTable(ROWS, COLUMNS, { terminal: true, width: 10 }));
  expect(text[0]).toMatch(/NUMBER +AUTHOR +LABEL/);
  expect(() => formatPairs([["a long name", KEY]], { terminal: true, width: 10 })).not.toThrow();
});

test.each([[["config", "example"]], [["config", "show", "--json"]]])(
  "an answer that cannot be written is 74, and no bug: %p",
  async (words) => {
    const script = join(import.meta.dir, "../../commands/mvm.ts");
    const child = Bun.spawn([process.execPath, script, ...words], {
      stdio: ["ignore", Bun.file("/dev/full"), "pipe"],
      env: { PATH: process.env["PATH"] ?? "" },
      cwd: "/",
    });
    const [err, code] = await Promise.all([child.stderr.text(), child.exited]);
    expect(code).toBe(74);
    expect(err).toContain("the answer cannot be written (ENOSPC");
    expect(err).not.toContain("bug");
  },
);
