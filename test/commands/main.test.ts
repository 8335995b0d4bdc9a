// What every command line has in common: typos are refused by name, help and versions are answered, errors have codes.
import { describe, expect, spyOn, test } from "bun:test";

import type { AnyCommand } from "../../commands/_main.ts";
import { main, parseCount, VERSION } from "../../commands/_main.ts";
import type { ErrorCode } from "../../core/errors.ts";
import { MonitorError } from "../../core/errors.ts";
import { containing } from "../core/chain/containing.ts";

interface Ran {
  code: number;
  out: string;
  err: string;
  /** Arguments the command saw, when it ran. */
  args: Record<string, unknown> | undefined;
}

/** Runs a command line of a small command with one of each kind of flag, and two sub-commands. */
async function run(argv: readonly string[], fail?: () => unknown): Promise<Ran> {
  let seen: Record<string, unknown> | undefined;
  const shared = { "db-path": { type: "string", alias: "d", description: "the file" } } as const;
  const leaf = (name: string): AnyCommand => ({
    meta: { name, description: `does ${name}` },
    args: {
      ...shared,
      limit: { type: "string", alias: "l", default: "10", description: "how many" },
      json: { type: "boolean", default: false, description: "as JSON" },
      order: { type: "enum", options: ["up", "down"], description: "which way" },
    },
    run: async ({ args }: { args: Record<string, unknown> }) => {
      seen = args;
      if (fail !== undefined) throw fail();
      return 0;
    },
  });
  const root: AnyCommand = {
    meta: { name: "tool", version: VERSION, description: "for this test" },
    args: shared,
    subCommands: { blocks: leaf("blocks"), validators: leaf("validators") },
  };
  let out = "";
  let err = "";
  using _out = spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  using _err = spyOn(process.stderr, "write").mockImplementation((text) => {
    err += Bun.stripANSI(String(text));
    return true;
  });
  return { code: await main(root, argv), out, err, args: seen };
}

describe("a typo", () => {
  const typos: [string[], string, string][] = [
    [["blocks", "--limt", "5"], "unknown option --limt", "did you mean --limit?"],
    [["blocks", "--jsn"], "unknown option --jsn", "did you mean --json?"],
    [["blocks", "--limt=5"], "unknown option --limt", "did you mean --limit?"],
    [["blocks", "-x"], "unknown option -x", ""],
    [["blocks", "--completely-different"], "unknown option --completely-different", "known: "],
    [["blocs"], "unknown command blocs", "did you mean blocks?"],
    [["nothing-like-it"], "unknown command nothing-like-it", "known: blocks, validators"],
    [["blocks", "--limit"], "option --limit needs a value", ""],
    [["blocks", "-l"], "option -l needs a value", ""],
    [["blocks", "extra"], "unexpected argument extra", ""],
    [["blocks", "--limit", "5", "validators"], "unexpected argument validators", ""],
    [["blocks", "--order", "sideways"], "order", ""],
    [[], "no sub-command given", "--help"],
  ];
  for (const [argv, message, hint] of typos) {
    test(`tool ${argv.join(" ")} is refused with 64 and says: ${message} ${hint}`, async () => {
      const { code, out, err, args } = await run(argv);
      expect(code).toBe(64);
      expect(out).toBe("");
      expect(err).toContain(message);
      expect(err).toContain(hint);
      expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
      expect(args).toBeUndefined();
    });
  }
});

describe("flags", () => {
  test("count before and after the sub-command, long and short, spaced and joined", async () => {
    for (const argv of [
      ["blocks", "--limit", "5", "--db-path", "x.db"],
      ["--db-path", "x.db", "blocks", "--limit=5"],
      ["-d", "x.db", "blocks", "-l", "5"],
      ["blocks", "-l", "5", "-d", "x.db"],
    ]) {
      const { code, err, args } = await run(argv);
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(args).toMatchObject({ limit: "5", "db-path": "x.db" });
    }
  });

  test("may have a value that looks like a command or a flag", async () => {
    expect((await run(["blocks", "--limit", "validators"])).args).toMatchObject({
      limit: "validators",
    });
    const named = await run(["--db-path", "blocks", "validators"]);
    expect(named.args).toMatchObject({ "db-path": "blocks" });
  });

  test("have their defaults when they are left out", async () => {
    const { args } = await run(["validators"]);
    expect(args).toMatchObject({ limit: "10", json: false });
  });
});

describe("answers without running", () => {
  for (const flag of ["--help", "-h"]) {
    test(`${flag} prints the usage on stdout, of the sub-command where one is named`, async () => {
      const whole = await run([flag]);
      expect(whole.code).toBe(0);
      expect(whole.out).toContain("blocks");
      expect(whole.out).toContain("validators");
      const one = await run(["blocks", "--limit", "5", flag]);
      expect(one.code).toBe(0);
      expect(one.out).toContain("--limit");
      expect(one.args).toBeUndefined();
      expect(whole.err + one.err).toBe("");
    });
  }

  for (const flag of ["--version", "-V"]) {
    test(`${flag} prints name and version on stdout`, async () => {
      const { code, out, err } = await run([flag]);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain(VERSION);
    });
  }
});

describe("a failure", () => {
  const codes: Record<ErrorCode, number> = {
    usage: 64,
    unavailable: 69,
    rpc: 69,
    "bad-reply": 69,
    "too-much": 69,
    discarded: 69,
    database: 74,
    "disk-full": 74,
    busy: 74,
    locked: 74,
    output: 74,
    config: 78,
    "wrong-chain": 78,
    stopped: 0,
  };
  for (const [code, exit] of Object.entries(codes)) {
    test(`of the kind ${code} exits ${exit}, its words on stderr`, async () => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of the record above
      const kind = code as ErrorCode;
      const hint = "do this instead";
      const cause = new Error("the reason");
      const ran = await run(["blocks"], () => new MonitorError(kind, "it failed", { hint, cause }));
      expect(ran.code).toBe(exit);
      expect(ran.out).toBe("");
      expect(ran.err).toContain("it failed (the reason)");
      expect(ran.err).toContain("do this instead");
    });
  }

  test("is one JSON object on stderr with --json", async () => {
    const fail = (): MonitorError => new MonitorError("locked", "in use", { hint: "stop it" });
    const { code, out, err } = await run(["blocks", "--json"], fail);
    expect([code, out]).toEqual([74, ""]);
    expect(JSON.parse(err)).toEqual({
      error: { code: "locked", message: "in use", hint: "stop it" },
    });
    const typo = await run(["blocks", "--json", "--limt"]);
    expect(typo.code).toBe(64);
    expect(JSON.parse(typo.err)).toMatchObject({ error: { code: "usage" } });
  });

  test("nobody expected exits 70 with its stack, so that it can be reported", async () => {
    const { code, out, err } = await run(
      ["blocks"],
      () => new TypeError("undefined is no function"),
    );
    expect([code, out]).toEqual([70, ""]);
    expect(err).toContain("this is a bug");
    expect(err).toContain("undefined is no function");
    expect(err).toContain("main.test.ts");
    const json = await run(["blocks", "--json"], () => new TypeError("undefined is no function"));
    expect(json.code).toBe(70);
    expect(JSON.parse(json.err)).toEqual({
      error: { code: "bug", message: containing("main.test.ts"), hint: containing("report it") },
    });
  });
});

describe("a count", () => {
  test("is a whole number, no less than its minimum", () => {
    expect(parseCount("0", "--limit")).toBe(0);
    expect(parseCount("9007199254740991", "--limit", 1)).toBe(Number.MAX_SAFE_INTEGER);
    for (const wrong of ["", " 1", "-1", "1.5", "1e3", "0x10", "ten", "9007199254740993"]) {
      expect(() => parseCount(wrong, "--limit")).toThrow(
        expect.objectContaining({ code: "usage", message: containing("--limit") }),
      );
    }
    expect(() => parseCount("0", "--limit", 1)).toThrow("from 1 up");
  });
});

test("a switch may be followed by true or false, as the Rust tool wants it", async () => {
  expect((await run(["blocks", "--json", "true"])).args?.["json"]).toBe(true);
  expect((await run(["blocks", "--json", "false"])).args?.["json"]).toBe(false);
  expect((await run(["blocks", "--json"])).args?.["json"]).toBe(true);
  expect((await run(["blocks", "--no-json"])).args?.["json"]).toBe(false);
  expect((await run(["blocks", "--json", "maybe"])).err).toContain("unexpected argument maybe");
});

test("-v tells where an error arose, for commands that have no -v of their own", async () => {
  const fail = (): MonitorError =>
    new MonitorError("locked", "in use", { cause: new Error("the reason") });
  const quiet = await run(["blocks"], fail);
  expect(quiet.err).not.toContain("main.test.ts");
  for (const argv of [
    ["-v", "blocks"],
    ["blocks", "--verbose"],
  ]) {
    const { code, err, args } = await run(argv, fail);
    expect(code).toBe(74);
    expect(err).toContain("main.test.ts");
    expect(err).toContain("caused by Error: the reason");
    expect(args).not.toHaveProperty("verbose");
  }
});

test("a password in an address is shown by no error, as text, as JSON or as a defect", async () => {
  const text = "cannot reach ws://me:hunter2@node:9944";
  const known = (): unknown => new MonitorError("unavailable", text, { hint: `look at ${text}` });
  for (const [argv, fail] of [
    [["blocks"], known],
    [["blocks", "--json"], known],
    [["blocks", "--verbose"], known],
    [["blocks"], () => new TypeError(text)],
  ] as const) {
    const { err } = await run(argv, fail);
    expect(err).toContain("ws://****@node:9944");
    expect(err).not.toContain("hunter2");
  }
});
