// What is wrong is said all at once, each with its place, and nothing of a secret.
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { inspectConfig, loadConfig } from "../../../core/config/load.ts";
import { openPlace, problemsOf } from "./place.ts";

describe("a file with a mistake", () => {
  const cases: [name: string, text: string, problem: string][] = [
    ["a typo in a key", "[rpc]\nulr = 1", "FILE:2: [rpc] ulr: unknown key, did you mean url?"],
    [
      "a key of another section",
      "[rpc]\nbatch_size = 1",
      "FILE:2: [rpc] batch_size: unknown key, did you mean [sync] batch_size?",
    ],
    [
      "a typo in a section",
      "[synk]\na = 1",
      "FILE:1: [synk]: unknown section, did you mean [sync]?",
    ],
    ["an unknown section", "\n[constructor]\n", "FILE:2: [constructor]: unknown section, known: "],
    ["__proto__", "[__proto__]\na = 1", "FILE:1: [__proto__]: unknown section"],
    ["c12's own key", '["$meta"]\na = 1', 'FILE:1: ["$meta"]: unknown section'],
    [
      "a key outside",
      'url = "x"',
      "FILE:1: url: unknown key outside a section, did you mean [rpc] url?",
    ],
    [
      "a text for a number",
      '[sync]\nbatch_size = "9"',
      '[sync] batch_size: found "9", expected a whole',
    ],
    ["a fraction", "[sync]\nbatch_size = 1.5", "found 1.5, expected a whole number from 1 to"],
    ["inf", "[sync]\nbatch_size = inf", "found Infinity, expected a whole number"],
    ["out of range", "[sync]\nbatch_size = 0", "FILE:2: [sync] batch_size: found 0, expected"],
    [
      "a number for a text",
      "[validator]\nlabel = 1",
      "[validator] label: found 1, expected a text",
    ],
    ["an empty text", '[validator]\nlabel = ""', '[validator] label: found "", expected a text'],
    [
      "a text for a boolean",
      '[sync]\nfinalized_only = "yes"',
      'found "yes", expected true or false',
    ],
    ["no URL", '[rpc]\nurl = "localhost"', 'found "localhost", expected a URL with ws://'],
    ["a wrong protocol", '[rpc]\nurl = "ftp://a"', 'found "ftp://a", expected a URL with ws://'],
    [
      "an unknown choice",
      '[sync]\nverify_seals = "some"',
      'found "some", expected one of none, tip',
    ],
    ["a date", "[daemon]\npid_file = 2026-01-01", "found 2026-01-01, expected a path"],
    ["a list", "[rpc]\nurl = [\n1\n]", "FILE:2: [rpc] url: found a list, expected a URL"],
    ["a table", "[rpc.url]\na = 1", "FILE:1: [rpc] url: found a table, expected a URL"],
    ["a list of tables", "[[rpc]]\na = 1", "FILE:1: [rpc]: found a list, expected a table"],
    ["a section that is none", "rpc = 5", "FILE:1: [rpc]: found 5, expected a table"],
    ["an environment that is none", "[env]\na = 5", "FILE:2: [env] a: found 5, expected a table"],
    [
      "a typo in an environment not chosen",
      "[env.prod.rpc]\nulr = 1",
      "FILE:2: [env.prod.rpc] ulr: unknown key, did you mean url?",
    ],
    ["a dotted key", "rpc.ulr = 1", "FILE:1: [rpc] ulr: unknown key"],
    [
      "a duplicate key",
      "[sync]\nbatch_size = 1\nbatch_size = 2",
      "FILE:3: not TOML: Cannot redefine",
    ],
    ["a duplicate table", "[sync]\n[rpc]\n[sync]\n", "FILE:3: not TOML: Cannot redefine table"],
    ["no value", "[sync]\n\nbatch_size =\n[rpc]", "FILE:3: not TOML: "],
    ["an open text", '[rpc]\nurl = "ws://a\n[sync]\n', "FILE:2: not TOML: "],
    ["an open list", "[rpc]\nurl = [1,\n[sync]\na = 1\n", "FILE:2: not TOML: "],
    [
      "another language's true",
      "[sync]\nfinalized_only = True",
      "must be quoted; true and false are",
    ],
    ["capitals", '[log]\nlevel = "INFO"', "info, debug, trace; did you mean info?"],
    ["quotes too many", '[sync]\nbatch_size = "5"', "from 1 to 100000, without quotes"],
    ["text without quotes", "[rpc]\nurl = localhost", "FILE:2: not TOML: Strings must be quoted"],
    [
      "a mistake past a long text",
      '[rpc]\nurl = """\na\nb\n"""\n[sync]\na = = 1\n',
      "FILE:7: not TOML: ",
    ],
  ];
  test.each(cases)("%s", async (_, text, problem) => {
    using place = openPlace();
    place.write("project", text);
    const problems = await problemsOf(place);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    // Windows' line ends and its byte order mark change nothing.
    place.write("project", `\uFEFF${text.replaceAll("\n", "\r\n")}`);
    expect(await problemsOf(place)).toEqual(problems);
  });
});

test("all mistakes are told at once, of all files and variables, in their order", async () => {
  using place = openPlace();
  place.write("project", "[env.x.rpc]\nurl = 1\n[sync]\na = 1\n[env.x.log]\nlevel = 1\n");
  const system = place.write("system", "[sync]\nconcurrency = 0\n");
  const env = { MVM_BATCH_SIZE: "12x", MVM_SYNC_FINALIZED_ONLY: "maybe" };
  const problems = await problemsOf(place, { env });
  expect(problems.map((line) => line.split(":", 2).join(":"))).toEqual([
    "FILE:2",
    "FILE:4",
    "FILE:6",
    `${system}:2`,
    'MVM_BATCH_SIZE: found "12x", expected a whole number from 1 to 100000',
    'MVM_SYNC_FINALIZED_ONLY: found "maybe", expected true, false, 1, 0, yes or no',
  ]);
});

test("a thousand mistakes are cut short", async () => {
  using place = openPlace();
  place.write("project", Array.from({ length: 1000 }, (_, i) => `k${i} = 1`).join("\n"));
  const problems = await problemsOf(place);
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toBe("and 950 more problems");
});

test.each(["true", "1", "yes", "YES"])("%s in a variable is true", async (text) => {
  using place = openPlace();
  const env = { MVM_SYNC_FINALIZED_ONLY: text };
  expect((await loadConfig({ ...place.options, env })).values.sync.finalized_only).toBe(true);
});

test.each(["on", "off", "2", "y", " true"])("%s in a variable is no boolean", async (text) => {
  using place = openPlace();
  const problems = await problemsOf(place, { env: { MVM_SYNC_FINALIZED_ONLY: text } });
  expect(problems).toEqual([
    `MVM_SYNC_FINALIZED_ONLY: found ${JSON.stringify(text)}, expected true, false, 1, 0, yes or no`,
  ]);
});

describe("secrets", () => {
  test.each([
    '[alerts]\nwebhook_url = "hunter2"',
    "[alerts]\nwebhook_url = hunter2",
    '[alerts]\nwebhook_url = "hunter2',
    '[rpc]\nurl = "ftp://me:hunter2@host"',
  ])("%j is refused without repeating it", async (text) => {
    using place = openPlace();
    place.write("project", text);
    const problems = await problemsOf(place);
    expect(problems[0]).toStartWith("FILE:2: ");
    expect(problems.join()).not.toContain("hunter2");
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["a folder", "is a folder", (path: string) => mkdirSync(path)],
    ["binary", "is a binary file", (path: string) => writeFileSync(path, "a\0b")],
    ["not UTF-8", "is not UTF-8", (path: string) => writeFileSync(path, Buffer.from([0xff, 0x41]))],
    [
      "too large",
      "is larger than 256 KB",
      (path: string) => writeFileSync(path, "#".repeat(10_000_000)),
    ],
    [
      "of too many keys",
      "has more than 6000 keys",
      (path: string) =>
        writeFileSync(path, Array.from({ length: 6001 }, (_, i) => `k${i}=1`).join("\n")),
    ],
    ["a device", "is no regular file", (path: string) => symlinkSync("/dev/zero", path)],
    ["a loop", "cannot be read: ELOOP", (path: string) => symlinkSync(path, path)],
  ] as const)("%s", async (_, problem, make) => {
    using place = openPlace();
    make(place.paths.project);
    expect(await problemsOf(place)).toEqual([expect.stringContaining(`FILE: ${problem}`)]);
  });

  test.skipIf(process.getuid?.() === 0)("without permission", async () => {
    using place = openPlace();
    chmodSync(place.write("project", ""), 0o000);
    expect(await problemsOf(place)).toEqual(["FILE: cannot be read: permission denied"]);
  });

  test("named, but not there", async () => {
    using place = openPlace();
    expect(await problemsOf(place, { file: "mvm.toml" })).toEqual(["FILE: not found"]);
  });

  test("a link to a script is read as text and never run", async () => {
    using place = openPlace();
    const ran = join(place.options.cwd, "ran");
    const script = join(place.options.cwd, "script.ts");
    writeFileSync(script, `await Bun.write(${JSON.stringify(ran)}, "");export default {}`);
    symlinkSync(script, place.paths.project);
    expect((await problemsOf(place))[0]).toStartWith("FILE:1: not TOML: ");
    expect(await Bun.file(ran).exists()).toBe(false);
  });

  test("neighbours of the file are not looked at", async () => {
    using place = openPlace();
    mkdirSync(join(place.options.cwd, ".config"));
    for (const name of [".config/mvm.toml", ".mvmrc", ".configrc", "config.toml", ".env"]) {
      writeFileSync(join(place.options.cwd, name), "sync.batch_size=7\nMVM_BATCH_SIZE=7\n");
    }
    const { sources } = await loadConfig(place.options);
    expect(sources.get("sync.batch_size")).toBe("default");
    place.write("project", "#\n");
    expect((await loadConfig(place.options)).sources.get("sync.batch_size")).toBe("default");
  });
});

test.each(["# nothing\n", "\uFEFF# nothing", "\r\n\r\n"])(
  "%j is a file with nothing in it",
  async (text) => {
    using place = openPlace();
    place.write("project", text);
    const { files, values } = await loadConfig(place.options);
    expect(files[0]?.status).toBe("loaded");
    expect(values.sync.batch_size).toBe(100);
  },
);

describe("environments", () => {
  test("lie over the base of their own file only", async () => {
    using place = openPlace();
    place.write("project", "[sync]\nbatch_size = 3\n");
    place.write("system", "[env.x.sync]\nbatch_size = 5\nconcurrency = 5\n");
    const { values, environment } = await loadConfig({ ...place.options, environment: "x" });
    expect(values.sync).toMatchObject({ batch_size: 3, concurrency: 5 });
    expect(environment).toBe("x");
  });

  test("the flag is before the variable", async () => {
    using place = openPlace();
    place.write("project", "[env.x.sync]\nbatch_size = 5\n[env.y.sync]\nbatch_size = 6\n");
    const more = { env: { MVM_ENV: "y" }, environment: "x" };
    expect((await loadConfig({ ...place.options, ...more })).values.sync.batch_size).toBe(5);
  });

  test("one that no file has is refused", async () => {
    using place = openPlace();
    expect(await problemsOf(place, { env: { MVM_ENV: "y" } })).toEqual([
      'MVM_ENV: no environment "y", no file has one',
    ]);
    place.write("project", "[env.x.sync]\nbatch_size = 5\n");
    expect(await problemsOf(place, { environment: "y" })).toEqual([
      '--env: no environment "y", known: x',
    ]);
  });
});

test("inspecting tells the state of every file without throwing", async () => {
  using place = openPlace();
  place.write("project", "a");
  place.write("system", "#\n");
  const { files, loaded } = await inspectConfig(place.options);
  expect(loaded).toBeNull();
  expect(files.map(({ status }) => status)).toEqual(["broken", "absent", "loaded", "absent"]);
  rmSync(place.paths.project);
  expect((await inspectConfig(place.options)).loaded).not.toBeNull();
});
