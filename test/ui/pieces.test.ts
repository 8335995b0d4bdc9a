// The small rules under the screen: text that fits, rows dealt out, lines folded, hostile names.
import { expect, test } from "bun:test";

import { clean } from "../../core/harmless.ts";
import { fold } from "../../ui/popups/popup.ts";
import { fitColumns } from "../../ui/table.ts";
import {
  fit,
  formatAge,
  formatCountdown,
  pad,
  shortKey,
  toAscii,
  widthOf,
  wrap,
} from "../../ui/text.ts";
import { share } from "../../ui/views/dashboard.ts";

test("names that would drive a terminal or turn the text do neither", () => {
  const hostile = "a\u001b[31mb\u0007c\u202ed\u200be\nf\u009bg\u2066h";
  expect(clean(hostile)).toBe("a?[31mb?c?d?e?f?g?h");
  expect(clean("Ñandú 漢字 ★")).toBe("Ñandú 漢字 ★");
});

test("text is cut to columns, not to bytes, and never inside a character", () => {
  for (const text of ["Ñandú-validator", "漢字漢字漢字", "👩‍🚀👩‍🚀👩‍🚀👩‍🚀", "plain text", "é́é́é́é́"]) {
    for (let columns = 0; columns <= 20; columns++) {
      expect(widthOf(fit(text, columns))).toBeLessThanOrEqual(columns);
      expect(widthOf(pad(text, columns))).toBe(columns);
      expect(widthOf(pad(text, columns, true))).toBe(columns);
    }
    expect(fit(text, 100)).toBe(text);
  }
});

test("plain letters take as many columns as what they stand for", () => {
  for (const text of ["─│█▄░·…✓✗●○◌★▲→↑↓×−–▶", "漢字", "Ñandú"]) {
    expect(toAscii(text)).toMatch(/^[\x20-\x7e]*$/);
    expect(widthOf(toAscii(text))).toBe(widthOf(text));
  }
});

test("a key keeps both of its ends", () => {
  const key = `0x${"ab".repeat(16)}${"cd".repeat(16)}`;
  expect(shortKey(key, 21)).toHaveLength(21);
  expect(shortKey(key, 21)).toMatch(/^0x[ab]+…[cd]+$/);
  expect(shortKey("0x1234")).toBe("0x1234");
});

test("what ends in a key is shortened in the key's middle", () => {
  const key = `0x${"ab".repeat(16)}${"cd".repeat(16)}`;
  expect(fit(`★ home ${key}`, 20)).toMatch(/^★ home 0x[ab]+…[cd]+$/);
  for (let columns = 0; columns <= 80; columns++) {
    expect(widthOf(pad(`★ home ${key}`, columns))).toBe(columns);
  }
  expect(fit(`★ home ${key}`, 10)).toBe("★ home 0x…");
});

test("times read as a person says them", () => {
  expect([0, 59_000, 61_000, 7_200_000, 200_000_000].map(formatAge)).toEqual([
    ...["0s", "59s", "1m", "2h", "2d"],
  ]);
  expect([-5, 1, 61_000, 3_661_000, 90_000_000].map(formatCountdown)).toEqual([
    ...["0:00", "0:01", "1:01", "1:01:01", "1d 01:00"],
  ]);
});

test("rows are dealt out whole, the least first, and nobody gets more than there is", () => {
  const wishes = [
    { least: 4, fair: 4, most: 8 },
    { least: 4, fair: 6, most: 24 },
    { least: 2, fair: 2, most: 5 },
  ];
  for (let rows = 0; rows < 60; rows++) {
    const dealt = share(rows, wishes);
    const sum = dealt.reduce((total, each) => total + each, 0);
    expect(sum).toBe(Math.min(rows, 37));
    if (rows >= 10)
      for (const [i, each] of dealt.entries())
        expect(each).toBeGreaterThanOrEqual(wishes[i]?.least ?? 0);
  }
});

test("a folded line loses nothing and fits", () => {
  const line = [
    ["Author ", "muted"],
    ["★ MyValidator ", "ours"],
    [`0x${"0123456789abcdef".repeat(4)}`, "text"],
  ] as const;
  for (const columns of [20, 40, 76, 120]) {
    const lines = fold(line, columns).map((spans) => spans.map(([text]) => text).join(""));
    for (const each of lines) expect(widthOf(each)).toBeLessThanOrEqual(columns);
    expect(lines.join("").replaceAll(" ", "")).toBe(
      line
        .map(([text]) => text)
        .join("")
        .replaceAll(" ", ""),
    );
  }
});

test("words are broken at spaces", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
});

test("columns that do not fit are left out, the least wanted first", () => {
  const cell = (): string => "";
  const columns = [
    { title: "a", width: 10, cell, upTo: 30 },
    { title: "b", width: 10, cell, optional: 1 },
    { title: "c", width: 10, cell, optional: 2 },
  ];
  const titles = (width: number): string =>
    fitColumns(columns, width)
      .map(({ title }) => title)
      .join("");
  expect([60, 32, 31, 21, 20, 10].map(titles)).toEqual(["abc", "abc", "ab", "ab", "a", "a"]);
  expect(fitColumns(columns, 60)[0]?.width).toBe(30);
});
