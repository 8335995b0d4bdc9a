// The records kept in the file.
import { expect, test } from "bun:test";

import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { LogRecord } from "../../../core/storage/records.ts";
import { readRecords, writeRecords } from "../../../core/storage/records.ts";
import { upTo } from "../../helpers/log-options.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const record = (atMs: number, level: LogRecord["level"], message: string): LogRecord => ({
  ...{ atMs, level, message },
  fields: { block: atMs, note: null },
});

test("come back as they were written, the newest that fit, oldest first", () => {
  using folder = temporaryFolder();
  using file = openWritable(folder.file("mvm.db"));
  writeRecords(file.db, [record(1, "error", "a"), record(2, "warn", "b")]);
  writeRecords(file.db, [record(3, "info", "c"), record(4, "error", "d")]);
  using db = openReadable(folder.file("mvm.db"));
  const messages = (query: Parameters<typeof readRecords>[1]): string =>
    readRecords(db, query)
      .map(({ message }) => message)
      .join("");
  expect(messages({})).toBe("abcd");
  expect(messages({ level: "warn" })).toBe("abd");
  expect(messages({ level: "error" })).toBe("ad");
  expect(messages({ sinceMs: 2 })).toBe("bcd");
  expect(messages({ limit: 2 })).toBe("cd");
  expect(messages({ level: "warn", sinceMs: 2, limit: 1 })).toBe("d");
  expect(readRecords(db)[1]).toEqual({ id: 2, ...record(2, "warn", "b") });
});

test("only the newest are kept", () => {
  using folder = temporaryFolder();
  using file = openWritable(folder.file("mvm.db"));
  const stored = (): number =>
    Number(file.db.prepare<{ n: number }, []>("SELECT count(*) AS n FROM records").get()?.n);
  writeRecords(
    file.db,
    upTo(19_999).map((n) => record(n, "info", `${n}`)),
  );
  expect(stored()).toBe(19_999);
  for (const n of [19_999, 20_000, 20_001]) writeRecords(file.db, [record(n, "info", `${n}`)]);
  expect(stored()).toBe(20_000);
  expect(readRecords(file.db, { limit: 1_000_000 })[0]?.message).toBe("2");
  expect(readRecords(file.db, { limit: 1 })[0]?.message).toBe("20001");
});
