// What one caller can take is bounded: requests, waiting events, and anything at all of the file but reading.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { openAnswers } from "../../../core/api/answers.ts";
import { openEvents } from "../../../core/api/events.ts";
import { openLimiter } from "../../../core/api/limit.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import { writeFixture } from "../../helpers/query-fixture.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const folder = temporaryFolder();
const file = folder.file("mvm.db");
beforeAll(() => void writeFixture(file, 300));
afterAll(() => folder[Symbol.dispose]());

test("the connection questions are asked on cannot write", () => {
  using answers = openAnswers(file);
  for (const statement of ["DELETE FROM blocks", "CREATE TABLE x (y)", "PRAGMA user_version = 1"])
    expect(() => answers.db.run(statement)).toThrow("readonly");
});

test("a bucket is filled by time and not beyond its brim, each address has its own", () => {
  const { take } = openLimiter(10);
  const taken = (client: string, nowMs: number): number => {
    let count = 0;
    while (take(client, nowMs) === 0) count += 1;
    return count;
  };
  expect(taken("a", 0)).toBe(20);
  expect(take("a", 0)).toBe(1);
  expect(taken("b", 0)).toBe(20);
  expect(taken("a", 500)).toBe(5);
  expect(taken("a", 3_600_000)).toBe(20);
  // A clock that is set back gives nothing and takes nothing.
  expect(taken("a", 0)).toBe(0);
});

test("ten thousand addresses are not all remembered, and those forgotten begin anew", () => {
  const { take } = openLimiter(1);
  for (let i = 0; i < 10_000; i++) expect(take(`client ${i}`, 0)).toBe(0);
  expect(take("client 9999", 0)).toBe(0);
  expect(take("client 9999", 0)).toBe(1);
  expect(take("client 0", 0)).toBe(0);
});

test("a listener that does not read is cut off, one that reads is told all, alerts by their ids", async () => {
  using events = openEvents(openReadable(file), 500);
  const slow = events.listen(null);
  const quick = events.listen(null).getReader();
  let told = "";
  async function until(text: string): Promise<void> {
    while (!told.includes(text)) {
      const { value, done } = await quick.read();
      if (done) throw new Error("it was ended");
      told += new TextDecoder().decode(value);
    }
  }
  using writable = openWritable(file);
  for (const id of [1, 2, 3]) {
    writable.db.run(
      `INSERT INTO alerts (id, at_ms, action, kind, subject, severity, message, details)
       VALUES (${id}, 0, 'note', 'upgrade', '', 'info', '${"x".repeat(400)}', '{}')`,
    );
    await until(`"id":${id}`);
  }
  expect([...told.matchAll(/^id: \d+-[0-9a-f]+-(\d+)$/gm)].map(([, id]) => id)).toEqual([
    ...["0", "1", "2", "3"],
  ]);
  expect(told).not.toContain("event: reset");
  await expect(slow.getReader().read()).rejects.toThrow("too slow");
  await quick.cancel();
});
