// The words of a command line: every way to write an option means one thing, and what cannot be meant is refused.
import { describe, expect, test } from "bun:test";

import type { ArgsDef } from "citty";

import { countOf, parseWords, repeated } from "../../commands/_arguments.ts";
import type { AnyCommand } from "../../commands/_command.ts";
import { findCommand } from "../../commands/_find.ts";
import { containing } from "../core/chain/containing.ts";

const DEFINITIONS = {
  "rpc-url": { type: "string", alias: "r" },
  keystore: { type: "string", alias: "K", valueHint: "DIR..." },
  order: { type: "enum", options: ["up", "down"] },
  verbose: { type: "boolean", alias: "v" },
  json: { type: "boolean" },
  key: { type: "positional" },
} satisfies ArgsDef;

function parse(...words: string[]) {
  return parseWords(DEFINITIONS, words);
}

describe("an option", () => {
  const same: [string[], string[]][] = [
    [["--rpc-url", "ws://x"], ["--rpc-url=ws://x"]],
    [["--rpc-url=ws://x?a=b"], ["--rpc-url=ws://x?a=b"]],
    [["-r", "ws://x"], ["--rpc-url=ws://x"]],
    [["-rws://x"], ["--rpc-url=ws://x"]],
    [["-r=ws://x"], ["--rpc-url=ws://x"]],
    [
      ["-vr", "ws://x"],
      ["--verbose", "--rpc-url=ws://x"],
    ],
    [["-vv"], ["--verbose", "--verbose"]],
    [["--rpc-url", "-5"], ["--rpc-url=-5"]],
    [["--rpc-url", "-1.5"], ["--rpc-url=-1.5"]],
    [["--rpc-url=-x"], ["--rpc-url=-x"]],
    [["--rpc-url", "-"], ["--rpc-url=-"]],
    [["--json", "true"], ["--json"]],
    [["--json=false"], ["--no-json"]],
    [["--no-json", "--json"], ["--json"]],
    [["--json", "--no-json"], ["--no-json"]],
    [["--no-json=false"], ["--json"]],
  ];
  for (const [words, options] of same) {
    test(`${words.join(" ")} means ${options.join(" ")}`, () => {
      expect(parse(...words)).toEqual({ options, positionals: [] });
    });
  }

  const refused: [string[], string, string][] = [
    [["--rpc-url"], "--rpc-url needs a value", ""],
    [["--rpc-url", ""], "an empty one", "leave it out"],
    [["--rpc-url="], "an empty one", ""],
    [["-r"], "-r needs a value", ""],
    [["--rpc-url", "--json"], "needs a value, not --json", "--rpc-url=--json"],
    [["-r", "-v"], "needs a value, not -v", ""],
    [["-json"], "unknown option -json", "did you mean --json?"],
    [["-vx"], "unknown option -x in -vx", ""],
    [["-R", "x"], "unknown option -R", "did you mean -r?"],
    [["--json=maybe"], "neither true nor false", ""],
    [["--order", "dwon"], "there is no such value", "did you mean down?"],
    [["--order=sideways"], "there is no such value", "known: up, down"],
    [["one", "two"], "unexpected argument two", ""],
    [["--", "one", "--json"], "unexpected argument --json", ""],
  ];
  for (const [words, message, hint] of refused) {
    test(`${words.join(" ")} is refused: ${message}`, () => {
      expect(() => parse(...words)).toThrow(
        expect.objectContaining({
          code: "usage",
          message: containing(message),
          hint: containing(hint),
        }),
      );
    });
  }
});

test("after -- nothing is an option; a negative number never is", () => {
  expect(parse("--json", "--", "--verbose")).toEqual({
    options: ["--json"],
    positionals: ["--verbose"],
  });
  expect(parse("-5").positionals).toEqual(["-5"]);
});

test("an option given several times keeps every value, a switch is counted", () => {
  const { options, positionals } = parse("-K", "a", "-vv", "--keystore=b", "-Kc", "-v", "--", "-K");
  const rawArgs = [...options, "--", ...positionals];
  expect(repeated(rawArgs, "keystore")).toEqual(["a", "b", "c"]);
  expect(countOf(rawArgs, "verbose")).toBe(3);
  expect(countOf(rawArgs, "json")).toBe(0);
  expect(repeated(["--", "--keystore=x"], "keystore")).toEqual([]);
});

describe("a command", () => {
  const leaf = (name: string): AnyCommand => ({
    meta: { name },
    args: { "db-path": { type: "string", alias: "d" }, daemon: { type: "boolean" } },
    run: () => 0,
  });
  const root: AnyCommand = {
    meta: { name: "tool" },
    subCommands: {
      sync: leaf("tool-sync"),
      query: { meta: { name: "tool-query" }, subCommands: { stats: leaf("stats") } },
    },
  };
  const found = async (...argv: string[]) => {
    const { path, words, asks } = await findCommand(root, argv);
    return [path.join(" "), words.join(" "), asks];
  };

  test("is found wherever its options stand", async () => {
    expect(await found("-v", "sync")).toEqual(["tool sync", "-v", null]);
    expect(await found("--daemon", "sync")).toEqual(["tool sync", "--daemon", null]);
    expect(await found("-d", "x.db", "query", "stats")).toEqual([
      "tool query stats",
      "-d x.db",
      null,
    ]);
    expect(await found("--db-path=x.db", "sync")).toEqual(["tool sync", "--db-path=x.db", null]);
    expect(await found("query", "-d", "x.db", "-v", "stats")).toEqual([
      "tool query stats",
      "-d x.db -v",
      null,
    ]);
  });

  test("may share its name with a file", async () => {
    expect(await found("-d", "sync", "sync")).toEqual(["tool sync", "-d sync", null]);
    expect(await found("sync", "-d", "query")).toEqual(["tool sync", "-d query", null]);
  });

  test("is not looked for behind --", async () => {
    expect(await found("--", "sync")).toEqual(["tool", "-- sync", null]);
  });

  test("is explained by help before it as by --help after it", async () => {
    expect(await found("help", "query", "stats")).toEqual(["tool query stats", "", "help"]);
    expect(await found("query", "help", "stats")).toEqual(["tool query stats", "", "help"]);
    expect(await found("help")).toEqual(["tool", "", "help"]);
    expect(findCommand(root, ["help", "snyc"])).rejects.toThrow("unknown command snyc");
  });

  test("that is named as the default runs when none is called, if there is one", async () => {
    const path = async (argv: string[], name: string) =>
      (await findCommand({ ...root, default: name }, argv)).path.join(" ");
    expect(await path([], "sync")).toBe("tool sync");
    expect(await path(["-d", "x.db"], "sync")).toBe("tool sync");
    expect(await path(["--help"], "sync")).toBe("tool");
    expect(await path([], "status")).toBe("tool");
  });
});
