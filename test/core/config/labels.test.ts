// known_validators.toml: names for validators that are not ours.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";

import { dirname, join } from "pathe";

import { readLabels } from "../../../core/config/labels.ts";
import { openPlace, type Place } from "./place.ts";

const KEY = (byte: string): string => `02${byte.repeat(32)}`;

function give(place: Place, layer: keyof Place["paths"], text: string): string {
  const path = join(dirname(place.paths[layer]), "known_validators.toml");
  writeFileSync(path, text);
  return path;
}

const named = (key: string, label: string): string =>
  `[[validators]]\nsidechain_key = "${key}"\nlabel = "${label}"\n`;

test("a list of the Rust tool's is read where that tool keeps it, its keys in any spelling", () => {
  using place = openPlace();
  const path = give(place, "opt", named(KEY("aB"), "ADAV") + named(`0x${KEY("cd")}`, "FIVE5"));
  expect(readLabels(place.options)).toEqual({
    labels: new Map([
      [`0x${KEY("ab")}`, "ADAV"],
      [`0x${KEY("cd")}`, "FIVE5"],
    ]),
    files: [path],
    notices: [],
  });
});

test("an upper file's name for a key counts, and the others of a lower one stay", () => {
  using place = openPlace();
  give(place, "opt", named(KEY("aa"), "low") + named(KEY("bb"), "stays"));
  give(place, "project", named(KEY("aa"), "high"));
  const { labels, files } = readLabels(place.options);
  expect([...labels.values()]).toEqual(["high", "stays"]);
  expect(files).toHaveLength(2);
});

test("with one configuration named, the list beside it alone is read", () => {
  using place = openPlace();
  give(place, "project", named(KEY("aa"), "a"));
  give(place, "system", named(KEY("bb"), "b"));
  const { labels } = readLabels({ ...place.options, file: place.paths.system });
  expect([...labels.values()]).toEqual(["b"]);
});

test("without a list there is nothing to say", () => {
  using place = openPlace();
  expect(readLabels(place.options)).toEqual({ labels: new Map(), files: [], notices: [] });
});

const CASES: [name: string, entry: string, notice: string][] = [
  ["a short key", named("02ab", "x"), '#1: sidechain_key: found "02ab", expected 33 bytes as hex'],
  ["a number", "[[validators]]\nsidechain_key = 1\nlabel = 'x'\n", "#1: sidechain_key: found 1"],
  ["no name", `[[validators]]\nsidechain_key = "${KEY("aa")}"\n`, "#1: sidechain_key and label"],
  ["an empty name", named(KEY("aa"), " "), '#1: label: found " ", expected a text'],
  ["an escape", named(KEY("aa"), "\\u001b[2J"), '#1: label: found "\\u001b[2J", expected a text'],
  ["a long name", named(KEY("aa"), "x".repeat(65)), "#1: label: found "],
];
test.each(CASES)("%s is left out with a notice, the rest counts", (_, entry, notice) => {
  using place = openPlace();
  const path = give(place, "project", entry + named(KEY("ee"), "good"));
  const { labels, notices } = readLabels(place.options);
  expect([...labels.values()]).toEqual(["good"]);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toStartWith(`${path}:1: [[validators]] ${notice}`);
  expect(notices[0]).toEndWith("; left out");
});

test("a key named twice keeps its first name", () => {
  using place = openPlace();
  const path = give(place, "project", named(KEY("aa"), "one") + named(`0x${KEY("AA")}`, "two"));
  const { labels, notices } = readLabels(place.options);
  expect([...labels.values()]).toEqual(["one"]);
  expect(notices[0]).toStartWith(`${path}:4: [[validators]] #2: sidechain_key: another`);
});

test.each([
  ["no TOML", "[[validators", ":1: not TOML: "],
  ["no list", "[validators]\na = 1\n", ":1: validators: expected a list"],
  ["another key", "other = 1\n", ":1: other: unknown key"],
  ["binary", "\0", ": is a binary file"],
])("%s is a notice", (_, text, notice) => {
  using place = openPlace();
  const path = give(place, "project", text);
  expect(readLabels(place.options).notices).toEqual([expect.stringContaining(path + notice)]);
});
