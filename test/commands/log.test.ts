// What a log line looks like, and where it goes, in a real process with a real stderr.
import { describe, expect, test } from "bun:test";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

import { join } from "pathe";
import pc from "picocolors";

import type { LogLine } from "../../commands/_log-format.ts";
import { formatFileText, formatJson, formatText } from "../../commands/_log-format.ts";
import type { LogOptions } from "../../commands/_log.ts";
import { LEVELS } from "../../core/log.ts";
import { linesIn, parseLines, plainLog } from "../helpers/log-options.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const LOG = join(import.meta.dir, "../../commands/_log.ts");

interface Told {
  options?: Partial<LogOptions>;
  env?: Record<string, string>;
  /** Statements with a `log`. */
  script: string;
  stderr?: number | "pipe";
}

/** Runs statements with a log in a process of their own; everything it wrote to stderr. */
function tell({ options = {}, env = {}, script, stderr = "pipe" }: Told): string {
  const all = JSON.stringify({ ...plainLog, ...options });
  const text = `const { openLog } = await import("${LOG}"); const log = openLog(${all}); ${script}`;
  const { NO_COLOR: _, FORCE_COLOR: __, JOURNAL_STREAM: ___, ...clean } = process.env;
  const ran = Bun.spawnSync([process.execPath, "-e", text], {
    stdio: ["ignore", "pipe", stderr],
    env: { ...clean, ...env },
  });
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout.toString()).toBe("");
  return stderr === "pipe" ? (ran.stderr?.toString() ?? "") : "";
}

const EVERY = LEVELS.map((level) => `log.${level}("said at ${level}", { block: 7 });`).join(" ");
const line: LogLine = {
  ...{ date: new Date(1_700_000_000_123), level: "info", command: "mvm-sync", message: "hello" },
  fields: {},
};

describe("level and format", () => {
  for (const level of LEVELS) {
    for (const format of ["text", "json"] as const) {
      test(`${level}, ${format}: what is as urgent and more, in that format`, () => {
        const wanted = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
        const out = tell({ options: { level, format }, script: EVERY });
        if (format === "json") {
          expect(parseLines(out).map((each) => each.level)).toEqual(wanted);
        } else {
          const words = out.trimEnd().split("\n");
          expect(words.map((each) => each.replace(/^\d\d:\d\d:\d\d /, ""))).toEqual(
            wanted.map((each) => `${each.padEnd(5)} said at ${each}`),
          );
        }
      });
    }
  }

  test("both change while it runs, from the next line on", () => {
    const script = `log.info("a"); log.debug("b"); log.reconfigure({ level: "debug", format: "text" }); log.debug("c");
      if (log.enabled("trace") || !log.enabled("debug")) throw new Error("enabled");`;
    const out = tell({ script });
    expect(parseLines(out.split("\n")[0] ?? "")).toHaveLength(1);
    expect(out.split("\n")[1]).toEndWith(" debug c");
  });

  test("the same line a hundred times is a hundred lines", () => {
    const out = tell({ script: 'for (let i = 0; i < 100; i++) log.warn("again", { i: 0 });' });
    expect(parseLines(out)).toHaveLength(100);
  });
});

test("a JSON line has time, level, command and message first, then the fields, which hide none of them", () => {
  const fields = { block: 12, author: null, ok: true, time: "never", level: "x" };
  const text = formatJson({ ...line, fields });
  expect(text).toBe(
    '{"time":"2023-11-14T22:13:20.123Z","level":"info","command":"mvm-sync","message":"hello",' +
      '"block":12,"author":null,"ok":true}',
  );
});

describe("what a node says", () => {
  const evil = "a\u001b[2J\nfake line\r\u0007\u009b31m\u202Ebad\u2028end\u007f";

  test("commands no terminal and breaks no line, in text", () => {
    const plain = pc.createColors(false);
    for (const text of [
      formatText({ ...line, message: evil }, plain),
      formatFileText({ ...line, message: evil }),
    ]) {
      expect(text).not.toMatch(/[\p{Cc}\u2028\u202E]/u);
      expect(text).toContain("a\\u001b[2J\\nfake line\\u000d");
    }
  });

  test("is kept whole in JSON, and raw in no byte of it", () => {
    const text = formatJson({ ...line, message: evil, fields: { params: evil } });
    expect(text).not.toMatch(/[\p{Cc}\u2028\u202E]/u);
    expect(JSON.parse(text)).toMatchObject({ message: evil, params: evil });
  });
});

test("passwords in addresses are masked, in messages and fields, and nothing else is touched", () => {
  const message = "ws://me:secret@node:9944: gone, and ws://me:secret@node:9944 again";
  const fields = { url: "wss://me:secret@node", mail: "someone@example.org" };
  const text = formatJson({ ...line, message, fields });
  expect(text).not.toContain("secret");
  expect(JSON.parse(text)).toMatchObject({ mail: "someone@example.org" });
  expect(formatFileText({ ...line, message })).not.toContain("secret");
});

describe("priorities", () => {
  const prefixes = ["<3>", "<4>", "<6>", "<7>", "<7>"];

  /** stderr is a file whose device and inode the environment names, as systemd does with its socket. */
  function underJournal(options: Partial<LogOptions>, right = true): string[] {
    using folder = temporaryFolder();
    const path = folder.file("journal");
    const fd = openSync(path, "w");
    const { dev, ino } = fstatSync(fd);
    const env = { JOURNAL_STREAM: `${dev}:${right ? ino : ino + 1}` };
    tell({ options: { level: "trace", ...options }, env, script: EVERY, stderr: fd });
    closeSync(fd);
    return linesIn(path);
  }

  test("begin each line where stderr is the journal, which knows the time itself", () => {
    expect(underJournal({ format: "text" })).toEqual(
      LEVELS.map((level, i) => `${prefixes[i]}${level.padEnd(5)} said at ${level}`),
    );
  });

  test("stand before the JSON too", () => {
    const lines = underJournal({ format: "json" });
    expect(lines.map((each) => each.slice(0, 3))).toEqual(prefixes);
    expect(parseLines(lines.map((each) => each.slice(3)).join("\n"))).toHaveLength(5);
  });

  test("are absent where stderr was led away from the journal", () => {
    expect(parseLines(underJournal({ format: "json" }, false).join("\n"))).toHaveLength(5);
  });

  test("--syslog asks for them anywhere, also beside a file", () => {
    using folder = temporaryFolder();
    const file = folder.file("mvm.log");
    const out = tell({ options: { syslog: true, file, format: "text" }, script: EVERY });
    expect(out).toBe("<3>error said at error\n<4>warn  said at warn\n<6>info  said at info\n");
    expect(linesIn(file).map((each) => each.slice(25))).toEqual([
      ...["error said at error", "warn  said at warn", "info  said at info"],
    ]);
  });
});

test("a log file takes the place of stderr", () => {
  using folder = temporaryFolder();
  const file = folder.file("mvm.log");
  expect(tell({ options: { file }, script: EVERY })).toBe("");
  expect(parseLines(readFileSync(file, "utf8"))).toHaveLength(3);
});

test("a log file that cannot be written: one complaint, and every line on stderr", () => {
  const out = tell({ options: { file: "/dev/full" }, script: EVERY });
  const lines = parseLines(out);
  expect(lines.map((each) => each.level)).toEqual(["warn", "error", "warn", "info"]);
  expect(lines[0]?.message).toContain("cannot write the log file /dev/full");
});

test("a stderr nobody reads any more, a full one and none at all end nothing", () => {
  const write = 'for (let i = 0; i < 50; i++) { log.error("x".repeat(9999)); await Bun.sleep(1); }';
  const full = openSync("/dev/full", "w");
  expect(tell({ script: write, stderr: full })).toBe("");
  closeSync(full);
  const all = JSON.stringify(plainLog);
  const text = `const { openLog } = await import("${LOG}"); const log = openLog(${all}); ${write} console.log("alive");`;
  for (const end of ["2> >(exec true)", "2>&-"]) {
    const shell = ["bash", "-c", `"$0" -e "$1" ${end}`, process.execPath, text];
    const ran = Bun.spawnSync(shell, { stdio: ["ignore", "pipe", "inherit"] });
    expect([ran.exitCode, ran.stdout.toString()]).toEqual([0, "alive\n"]);
  }
});
