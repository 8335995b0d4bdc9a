// What is worth a line in the log, and what was said a moment ago.
import { expect, test } from "bun:test";

import { MonitorError } from "../../../core/errors.ts";
import { openNews } from "../../../core/sync/news.ts";
import { askTwice } from "../../../core/sync/twice.ts";

test("the same is said once a minute, whatever its numbers and quoted texts", () => {
  let now = 0;
  const { isNew } = openNews(() => now);
  expect(isNew("bad", 'block 17: expected 0x12, found "abc"')).toBe(true);
  expect(isNew("bad", 'block 18: expected 0x1f, found "de\\"f..."')).toBe(false);
  expect(isNew("bad", "block 18: another thing")).toBe(true);
  expect(isNew("worse", "block 18: another thing")).toBe(true);
  now = 59_999;
  expect(isNew("bad", "block 18: another thing")).toBe(false);
  now = 60_000;
  expect(isNew("bad", "block 18: another thing")).toBe(true);
});

test("whoever makes up a cause a message is told of once by its kind", () => {
  const { isNew } = openNews(() => 0);
  const letters = Array.from({ length: 5000 }, (_, i) => "x".repeat(i));
  expect(letters.filter((text) => isNew("bad", text)).length).toBeLessThan(20);
  expect(isNew("another kind", "entirely")).toBe(true);
});

test("an answer holds once it was given twice in a row", async () => {
  const answers = [1, 2, { a: [3] }, { a: [3] }, 4];
  expect(await askTwice("it", async () => answers.shift())).toEqual({ a: [3] });
  expect(answers).toEqual([4]);
});

test("of one that never says the same nothing is believed", async () => {
  let asked = 0;
  const asking = askTwice("it", async () => ++asked);
  await expect(asking).rejects.toBeInstanceOf(MonitorError);
  expect(asked).toBe(4);
});
