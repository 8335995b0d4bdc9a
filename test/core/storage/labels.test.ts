// Names of other validators beside our own.
import { expect, test } from "bun:test";

import { writeCandidates, writeOurs } from "../../../core/storage/authorities.ts";
import { writeLabels } from "../../../core/storage/labels.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

const key = (byte: string, bytes: number): string => `0x${byte.repeat(bytes)}`;
const candidate = (
  byte: string,
  sidechain: string | null,
): Parameters<typeof writeCandidates>[1][number] => ({
  aura: key(byte, 32),
  ...{ sidechain, grandpa: null, registration: "registered" },
});

test("names are given and changed, ours and validators without a sidechain key stay", () => {
  using folder = temporaryFolder();
  using file = openWritable(folder.file("mvm.db"));
  const { db } = file;
  const read = (): unknown[] =>
    db
      .prepare("SELECT label FROM authorities ORDER BY aura")
      .values()
      .map(([label]) => label);
  writeCandidates(db, [
    candidate("11", key("a1", 33)),
    candidate("22", key("a2", 33)),
    candidate("33", null),
  ]);
  writeOurs(db, [{ aura: key("22", 32), label: "mine" }]);

  const names = new Map([
    [key("a1", 33), "one"],
    [key("a2", 33), "two"],
  ]);
  expect(writeLabels(db, names)).toBe(1);
  expect(read()).toEqual(["one", "mine", null]);
  expect(writeLabels(db, names)).toBe(0);

  // A key that becomes known later gets its name then; one no longer ours gets its public name.
  writeCandidates(db, [candidate("33", key("a3", 33))]);
  writeOurs(db, []);
  expect(writeLabels(db, new Map([...names, [key("a3", 33), "three"]]))).toBe(2);
  expect(read()).toEqual(["one", "two", "three"]);
  // A name nobody gives any more stays until another is given: it may have come from an import.
  expect(writeLabels(db, new Map())).toBe(0);
  expect(read()).toEqual(["one", "two", "three"]);
});
