// The daemon's log file as the dashboard reads it: both forms, foreign lines, a file that turns or goes.
import { afterAll, expect, test } from "bun:test";
import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { openWritable } from "../../../core/storage/open.ts";
import { writeRecords } from "../../../core/storage/records.ts";
import { openDatabase } from "../../../core/view/database.ts";
import { readLogFile } from "../../../core/view/log-file.ts";
import { startWith, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test.each(["text", "json"])(
  "what a real daemon writes as %s is read, newest first",
  async (form) => {
    await using devnet = await startSmallDevnet({ history: 30 });
    const log = folder.file(`${form}.log`);
    const words = ["-r", devnet.url, "-d", folder.file(`${form}.db`), "--log-file", log];
    await using sync = startWith(...words, "--log-format", form, "--once", "-v");
    expect(await sync.exited).toBe(0);
    const records = readLogFile(log, 1000);
    expect(records.length).toBe((await Bun.file(log).text()).trimEnd().split("\n").length);
    const times = records.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times.every((atMs) => Math.abs(Date.now() - atMs) < 60_000)).toBe(true);
    expect(new Set(records.map(({ level }) => level))).toEqual(new Set(["debug", "info"]));
    expect(records.some(({ message }) => message.includes("synced at"))).toBe(true);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  },
);

test("a line of somebody else's is shown as it is, with the time of the one before", () => {
  const log = folder.file("foreign.log");
  const good = "2026-01-02T03:04:05.678Z warn  peers are few";
  writeFileSync(log, `${good}\n{"time":"2026\nkilled by the kernel\n`);
  expect(readLogFile(log, 10).map(({ message, level }) => [level, message])).toEqual([
    ["info", "killed by the kernel"],
    ["info", '{"time":"2026'],
    ["warn", "peers are few"],
  ]);
  expect(new Set(readLogFile(log, 10).map(({ atMs }) => atMs))).toEqual(
    new Set([Date.parse("2026-01-02T03:04:05.678Z")]),
  );
});

test("of a long file the end is read, in whole lines, each by its place", () => {
  const log = folder.file("long.log");
  const line = (i: number): string =>
    `2026-01-02T03:04:05.678Z info  line ${i} ${"é".repeat(100)}\n`;
  writeFileSync(log, Array.from({ length: 5000 }, (_, i) => line(i)).join(""));
  const before = readLogFile(log, 1000);
  expect(before).toHaveLength(1000);
  expect(before[0]?.message).toStartWith("line 4999 ");
  appendFileSync(log, line(5000));
  const after = readLogFile(log, 1000);
  expect(after.slice(1)).toEqual(before.slice(0, 999));
  expect(readLogFile(log, 1_000_000).at(-1)?.message).toMatch(/^line \d+ é+$/);
});

test("a log file that cannot be read leaves the records of the database, and says why", () => {
  const path = folder.file("records.db");
  const log = folder.file("gone.log");
  using writable = openWritable(path);
  writeRecords(writable.db, [{ atMs: 5, level: "info", message: "from the file", fields: {} }]);
  using source = openDatabase(path, log);
  const facts = (): unknown => source.answer({ about: "logs" }).answer?.facts;
  expect(facts()).toMatchObject({ file: null, records: [{ message: "from the file" }] });
  expect(facts()).toMatchObject({ problem: expect.stringContaining("ENOENT") as unknown });
  source.changed();
  expect(source.changed()).toBe(false);
  writeFileSync(log, "2026-01-02T03:04:05.678Z info  one\n");
  expect(source.changed()).toBe(true);
  expect(facts()).toMatchObject({ file: log, problem: null, records: [{ message: "one" }] });
  renameSync(log, `${log}.1`);
  writeFileSync(log, "2026-01-02T03:04:06.678Z info  two\n");
  expect(source.changed()).toBe(true);
  expect(facts()).toMatchObject({ records: [{ message: "two" }] });
  rmSync(log);
  expect(source.changed()).toBe(true);
});
