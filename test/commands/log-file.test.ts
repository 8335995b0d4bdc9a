// The log file: nothing lost, nothing torn, whatever happens to it.
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";

import { join } from "pathe";

import type { LogFileOptions } from "../../commands/_log-file.ts";
import { openLogFile } from "../../commands/_log-file.ts";
import type { LogOptions } from "../../commands/_log.ts";
import { MonitorError } from "../../core/errors.ts";
import { linesIn, parseLines, plainLog, readRotated, upTo } from "../helpers/log-options.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const LOG = join(import.meta.dir, "../../commands/_log.ts");

/** Logs numbered lines as fast as it can, with turns for signals in between. */
function writerScript(options: LogOptions, lines: number): string {
  return `
    const { openLog } = await import("${LOG}");
    using log = openLog(${JSON.stringify(options)});
    process.on("SIGHUP", () => log.reopen());
    for (let n = 0; n < ${lines}; n++) {
      log.info("line " + n + " " + "x".repeat(n % 97), { n });
      if (n % 64 === 0) await Bun.sleep(0);
    }
    process.stdout.write("done\\n");`;
}

function open(path: string, more: Partial<LogFileOptions> = {}) {
  const complaints: string[] = [];
  const options = { path, maxBytes: 0, maxAgeMs: 0, maxFiles: 3, ...more };
  const file = openLogFile(options, (text) => complaints.push(text));
  return { ...file, complaints };
}

/** One writer and its rotations: everything it wrote must be there, once, whole and in order. */
async function rotateUnderLoad(folder: string, lines: number): Promise<number> {
  mkdirSync(folder);
  const file = join(folder, "mvm.log");
  const script = writerScript({ ...plainLog, file, maxBytes: 4000, maxFiles: 5000 }, lines);
  const child = Bun.spawn([process.execPath, "-e", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stderr = new Response(child.stderr).text();
  // Reopening all the while changes nothing.
  const timer = setInterval(() => existsSync(`${file}.1`) && child.kill("SIGHUP"), 20);
  expect(await new Response(child.stdout).text()).toBe("done\n");
  clearInterval(timer);
  expect(await child.exited).toBe(0);
  expect(await stderr).toBe("");
  const names = readdirSync(folder);
  for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(4000);
  expect(parseLines(readRotated(file)).map((line) => line["n"])).toEqual(upTo(lines));
  return names.length - 1;
}

test("a thousand rotations under load lose, tear and double no line", async () => {
  using folder = temporaryFolder();
  const rotations = await Promise.all(
    upTo(8).map(async (i) => await rotateUnderLoad(folder.file(`log-${i}`), 3500)),
  );
  expect(rotations.reduce((sum, each) => sum + each)).toBeGreaterThan(1000);
});

test("only so many old files are kept, and none when none are wanted", () => {
  using folder = temporaryFolder();
  const path = folder.file("mvm.log");
  const file = open(path, { maxBytes: 20, maxFiles: 2 });
  for (const n of upTo(10)) file.write(`line number ${n} here`);
  file.close();
  expect(readdirSync(folder.path).sort()).toEqual(["mvm.log", "mvm.log.1", "mvm.log.2"]);
  expect(linesIn(`${path}.2`)).toEqual(["line number 7 here"]);
  const none = open(path, { maxBytes: 20, maxFiles: 0 });
  none.write("the only line now");
  none.close();
  expect(linesIn(path)).toEqual(["the only line now"]);
  expect(linesIn(`${path}.1`)).toEqual(["line number 8 here"]);
});

test("a line longer than the limit is written all the same", () => {
  using folder = temporaryFolder();
  const path = folder.file("mvm.log");
  const file = open(path, { maxBytes: 10 });
  file.write("x".repeat(100));
  file.write("short");
  file.close();
  expect(linesIn(`${path}.1`)).toEqual(["x".repeat(100)]);
  expect(linesIn(path)).toEqual(["short"]);
});

test("a file is rotated for its age, counted from when it was made", async () => {
  using folder = temporaryFolder();
  const path = folder.file("mvm.log");
  open(path, { maxAgeMs: 20 }).write("old");
  await Bun.sleep(40);
  // Another process finds it, as after a restart.
  const file = open(path, { maxAgeMs: 20 });
  file.write("new");
  expect([linesIn(`${path}.1`), linesIn(path)]).toEqual([["old"], ["new"]]);
});

test("a file that was moved away or removed is made anew, with or without the signal", () => {
  using folder = temporaryFolder();
  const path = folder.file("mvm.log");
  const file = open(path);
  file.write("one");
  renameSync(path, folder.file("moved"));
  file.write("two");
  rmSync(path);
  file.write("three");
  file.reopen();
  file.write("four");
  expect([linesIn(folder.file("moved")), linesIn(path)]).toEqual([["one"], ["three", "four"]]);
  expect(statSync(path).mode & 0o777 & ~0o640).toBe(0);
  expect(file.complaints).toEqual([]);
});

test("it belongs to owner and group: mode 0640", () => {
  using folder = temporaryFolder();
  const before = process.umask(0);
  try {
    open(folder.file("mvm.log")).close();
  } finally {
    process.umask(before);
  }
  expect(statSync(folder.file("mvm.log")).mode & 0o777).toBe(0o640);
});

test("a folder that is gone is complained of once, and once it is back the file goes on", async () => {
  using folder = temporaryFolder();
  const path = folder.file("log/mvm.log");
  mkdirSync(folder.file("log"));
  const file = open(path);
  expect(file.write("one")).toBe(true);
  rmSync(folder.file("log"), { recursive: true });
  expect([file.write("two"), file.write("three")]).toEqual([false, false]);
  expect(file.complaints).toHaveLength(1);
  expect(file.complaints[0]).toContain(path);
  mkdirSync(folder.file("log"));
  // It is tried again once a second, or at once when asked to.
  file.reopen();
  expect(file.write("four")).toBe(true);
  expect(file.complaints[1]).toContain("written again; 2 lines");
  expect(linesIn(path)).toEqual(["four"]);
});

test("a full device refuses each line, is complained of once and never throws", () => {
  const file = open("/dev/full", { maxBytes: 5 });
  expect(upTo(5).map((n) => file.write(`line ${n}`))).toEqual(upTo(5).map(() => false));
  expect(file.complaints).toHaveLength(1);
  expect(file.complaints[0]).toContain("ENOSPC");
});

describe("a full disk", () => {
  const folder = temporaryFolder();
  const disk = folder.path;
  const mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk];
  const mounted = Bun.spawnSync(mount).exitCode === 0;
  if (!mounted) process.stderr.write("no small disk can be mounted here: its test is skipped\n");

  afterAll(() => {
    if (mounted) Bun.spawnSync(["umount", disk]);
    folder[Symbol.dispose]();
  });

  test.skipIf(!mounted)("half a line is taken back: the file holds whole lines only", () => {
    const path = join(disk, "mvm.log");
    const file = open(path);
    const line = "y".repeat(2999);
    const written = upTo(10).filter(() => file.write(line)).length;
    expect(written).toBeGreaterThan(3);
    expect(written).toBeLessThan(6);
    expect(linesIn(path)).toEqual(upTo(written).map(() => line));
    expect(statSync(path).size).toBe(written * 3000);
    file.close();
  });
});

test("a file that cannot be rotated grows on, and that is said once", () => {
  using folder = temporaryFolder();
  const path = folder.file("mvm.log");
  // A folder in the way: no rename goes onto it.
  mkdirSync(`${path}.1`);
  chmodSync(`${path}.1`, 0o700);
  const file = open(path, { maxBytes: 10, maxFiles: 1 });
  for (const n of upTo(5)) expect(file.write(`line ${n}`)).toBe(true);
  expect(linesIn(path)).toHaveLength(5);
  expect(file.complaints).toHaveLength(1);
});

test("a folder that does not exist, a folder in place of the file, a pipe nobody reads: an error", () => {
  using folder = temporaryFolder();
  Bun.spawnSync(["mkfifo", folder.file("pipe")]);
  for (const path of [folder.file("missing/mvm.log"), folder.path, folder.file("pipe")]) {
    let error: unknown;
    try {
      open(path);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MonitorError);
    expect(error).toMatchObject({ code: "config" });
    expect(String(error)).toContain(path);
  }
});
