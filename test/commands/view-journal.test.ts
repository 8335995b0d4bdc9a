// The daemon's log from the journal: a journalctl of our own making stands in for the machine's.
import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { parseJournalLine } from "../../core/view/journal.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { HAVE_TMUX, openTerminal } from "../helpers/tmux.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";

const folder = temporaryFolder();
const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 60 });
const flags = ["-d", fixture.file, "-r", "ws://127.0.0.1:9"];
const journal = folder.file("journal");
afterAll(() => folder[Symbol.dispose]());

function entry(message: string, priority = 6, atMs = fixture.nowMs): string {
  const at = String(atMs * 1000);
  return JSON.stringify({ __REALTIME_TIMESTAMP: at, PRIORITY: String(priority), MESSAGE: message });
}

/** Says who it is, then follows a file as journalctl follows its journal. */
function writeJournalctl(script: string): Record<string, string> {
  mkdirSync(folder.file("bin"), { recursive: true });
  const path = folder.file("bin/journalctl");
  writeFileSync(path, `#!/bin/sh\necho "$$ $*" > '${folder.file("called")}'\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: `${folder.file("bin")}:${process.env["PATH"] ?? ""}` };
}

/** What has ended may stand in the table until its parent looks. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe.skipIf(!HAVE_TMUX)("in the view of logs", () => {
  test("the journal's lines are shown as they come, and its reader is ended with the view", async () => {
    writeFileSync(journal, `${entry("info  synced to #60")}\n`);
    const env = writeJournalctl(`exec tail -n +1 -f '${journal}'`);
    await using terminal = await openTerminal(flags, { env });
    await terminal.until("Chain Tip");
    await terminal.press("5");
    const shown = await terminal.until("synced to #60");
    expect(shown).toContain("journal of mvm-sync");
    expect(shown).not.toContain("of the daemon");
    appendFileSync(journal, `${entry("warn  the node is silent")}\n`);
    await terminal.until(/warn +the node is silent/);
    const [pid = "", ...words] = (await Bun.file(folder.file("called")).text()).trim().split(" ");
    expect(words.join(" ")).toContain("--unit mvm-sync.service --output json");
    expect(isAlive(Number(pid))).toBe(true);
    await terminal.press("1");
    await terminal.until("Chain Tip");
    while (isAlive(Number(pid))) await Bun.sleep(20);
    await terminal.press("5");
    await terminal.until("the node is silent");
    const [next = ""] = (await Bun.file(folder.file("called")).text()).split(" ");
    await terminal.press("q");
    await terminal.until("exit code 0");
    while (isAlive(Number(next))) await Bun.sleep(20);
  });

  test("where the journal has nothing, or there is none to read, the database's records are shown", async () => {
    for (const script of ["exec sleep 60", "exit 1"]) {
      await using terminal = await openTerminal(flags, { env: writeJournalctl(script) });
      await terminal.until("Chain Tip");
      await terminal.press("5");
      await terminal.until("message 59 of the daemon");
      await terminal.press("q");
      await terminal.until("exit code 0");
      const [pid = ""] = (await Bun.file(folder.file("called")).text()).split(" ");
      while (isAlive(Number(pid))) await Bun.sleep(20);
    }
  });
});

test("a line is read in each form the daemon and systemd write, and nothing else is one", () => {
  const atMs = 1_700_000_000_000;
  const read = (message: string, priority?: number) =>
    parseJournalLine(entry(message, priority, atMs));
  expect(read("error no room left")).toMatchObject({
    level: "error",
    message: "no room left",
    atMs,
  });
  expect(read("Started mvm-sync.")).toMatchObject({ level: "info", message: "Started mvm-sync." });
  expect(read("Failed.", 3)).toMatchObject({ level: "error" });
  const own = { time: "2026-01-16T08:00:00.000Z", level: "debug", message: "asked", blocks: 3 };
  expect(read(JSON.stringify(own))).toMatchObject({ level: "debug", message: "asked" });
  const bytes = { __REALTIME_TIMESTAMP: "1700000000000000", MESSAGE: [104, 105] };
  expect(parseJournalLine(JSON.stringify(bytes))).toMatchObject({ message: "hi", level: "info" });
  for (const line of ["", "-- No entries --", "[]", "{}", '{"MESSAGE":null}']) {
    expect(parseJournalLine(line)).toBeNull();
  }
});
