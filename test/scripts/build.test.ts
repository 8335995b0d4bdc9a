// What the build leaves: executables that answer by the name they are called by, and the library as a file.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { linkSync, symlinkSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { findLibrary } from "../../commands/_view-library.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { Terminal } from "../helpers/terminal.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { BEFORE, HAVE_SCREEN, HAVE_TMUX, openTerminal as openShell } from "../helpers/tmux.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";

const ROOT = join(import.meta.dir, "../..");
const folder = temporaryFolder();
const built = folder.file("dist");
const file = folder.file("view.db");
let fixture: ViewFixture;
const NOBODY = "ws://127.0.0.1:9";
const shown = ["-d", file, "-r", NOBODY];
const OTHER_SCREEN = "\u001b[?1049h";
const MAIN_SCREEN = "\u001b[?1049l";

beforeAll(async () => {
  fixture = writeViewFixture(file, { blocks: 400 });
  await $`${process.execPath} scripts/build.ts --folder ${built}`.cwd(ROOT).quiet();
  for (const role of ["mvm-sync", "mvm-status", "mvm-view", "mvm-other"]) {
    symlinkSync(`${built}/mvm`, folder.file(role));
  }
}, 60_000);

afterAll(() => folder[Symbol.dispose]());

test("a link of a role's name runs the role, any other name the umbrella", async () => {
  for (const name of ["mvm-sync", "mvm-status", "mvm-view"]) {
    const [linked, own] = await Promise.all([
      $`${folder.file(name)} --help`.text(),
      $`${built}/${name} --help`.text(),
    ]);
    expect(linked).toBe(own);
    expect(await $`${folder.file(name)} --version`.text()).toStartWith(`${name} 0.`);
  }
  expect(await $`${folder.file("mvm-other")} --version`.text()).toStartWith("mvm 0.");
});

test("the library beside an executable is the one used", () => {
  expect(findLibrary(`${built}/mvm-view`)).toBe(`${built}/lib/mvm`);
  expect(findLibrary(`${built}/mvm`)).toBe(`${built}/lib/mvm`);
});

test.each([
  ["mvm-view", [`${built}/mvm-view`]],
  ["mvm view", [`${built}/mvm`, "view"]],
  ["a link of its name", [folder.file("mvm-view")]],
])("the dashboard of %s reads the database, and gives the terminal back", async (_, command) => {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder.path };
  const once = await $`${command} --once --db-path ${file} --rpc-url ${NOBODY}`.env(env).text();
  expect(once).toContain("Midnight Preview");
  for (const [code, leave] of [
    [0, (terminal: Terminal) => terminal.type("q")],
    [143, (terminal: Terminal) => terminal.kill("SIGTERM")],
  ] as const) {
    await using terminal = openView(command);
    // Only the file knows that name.
    await terminal.shows("Midnight Preview");
    leave(terminal);
    const ended = await terminal.ended();
    expect(ended.code).toBe(code);
    expect(ended.sent).toContain(MAIN_SCREEN);
  }
});

test.each([
  ["mvm-view", [`${built}/mvm-view`]],
  ["mvm view", [`${built}/mvm`, "view"]],
])("other machines are asked by the thread of %s", async (_, command) => {
  await using terminal = openTerminal(
    [...command, "--remote", "http://127.0.0.1:9"],
    { HOME: folder.path, TERM: "xterm-256color" },
    folder.path,
  );
  await terminal.shows("connection refused");
  terminal.type("q");
  expect((await terminal.ended()).code).toBe(0);
});

test("a signal at any moment of the start ends the dashboard and leaves no half-taken terminal", async () => {
  for (let afterMs = 0; afterMs <= 200; afterMs += 20) {
    await using terminal = openView([`${built}/mvm-view`]);
    await Bun.sleep(afterMs);
    terminal.kill("SIGTERM");
    const { code, sent } = await terminal.ended();
    expect(code).toBe(143);
    expect(sent.lastIndexOf(MAIN_SCREEN)).toBeGreaterThanOrEqual(sent.lastIndexOf(OTHER_SCREEN));
  }
});

test("without a library it can load, the dashboard says what is missing", async () => {
  linkSync(`${built}/mvm-view`, folder.file("lonely"));
  expect(findLibrary(folder.file("lonely"))).toBeNull();
  await using terminal = openView([folder.file("lonely")]);
  await terminal.shows("the dashboard cannot load its library");
});

/** Temporary files cannot be had there, as with a /tmp that runs nothing. */
function openView(command: readonly string[]): Terminal {
  const place = { BUN_TMPDIR: "/proc/none", TMPDIR: "/proc/none", HOME: folder.path };
  const words = [...command, "--db-path", file, "--rpc-url", NOBODY];
  return openTerminal(words, { ...place, TERM: "xterm-256color" }, folder.path);
}

test.each([
  ["mvm-sync", [`${built}/mvm-sync`]],
  ["mvm sync", [`${built}/mvm`, "sync"]],
])("the thread that serves is in %s", async (name, command) => {
  await using devnet = await startSmallDevnet();
  const config = folder.file(`${name}.toml`);
  await Bun.write(config, '[metrics]\nlisten = "127.0.0.1:0"\n');
  const words = ["--config", config, "-d", folder.file(`${name}.db`), "-r", devnet.url];
  const child = Bun.spawn([...command, ...words], {
    ...{ env: { HOME: folder.path }, stdio: ["ignore", "ignore", "pipe"] },
  });
  let log = "";
  for await (const chunk of child.stderr) {
    log += Buffer.from(chunk).toString();
    const url = /metrics at (http\S+\/)metrics\b/.exec(log)?.[1];
    if (url === undefined || child.killed || !log.includes("synced at")) continue;
    expect(await (await fetch(`${url}api/v1/blocks?limit=1`)).json()).toHaveLength(1);
    expect(await (await fetch(`${url}metrics`)).text()).toContain("mvm_sync_last_block{");
    child.kill("SIGTERM");
  }
  expect(log).not.toContain("no metrics");
  expect(await child.exited).toBe(0);
});

test("the notices the library asks for are beside it", async () => {
  const names = await Array.fromAsync(new Bun.Glob("lib/mvm/@opentui/*/*").scan(built));
  const files = names.map((name) => name.split("/").at(-1) ?? "");
  expect(files).toContain("libopentui.so");
  expect(files).toContain("LICENSE-FFMPEG");
});

const WHERE = [
  ...(HAVE_TMUX ? [["tmux", false] as const] : []),
  ...(HAVE_SCREEN ? [["screen", true] as const] : []),
];

// Driven as a person does: in tmux, and in GNU screen, which has manners of its own.
describe.each(WHERE)("the compiled dashboard in %s", (_, inScreen) => {
  test("keys go in, the screen shows what they do, and q leaves the terminal as it was", async () => {
    await using terminal = await openShell(shown, { command: [`${built}/mvm-view`], inScreen });
    await terminal.until("Chain Tip");
    // A cursor would stand somewhere in the picture.
    expect((await terminal.modes()).split(" ")[1]).toBe("0");
    await terminal.press("2");
    await terminal.until("─ Blocks ─");
    // The rows come when they are read, a moment after the frame.
    await terminal.until("#400");
    await terminal.press("G");
    await terminal.until(/^▶#1 /m);
    await terminal.press("Enter");
    await terminal.until("Block #1");
    await terminal.press("BSpace");
    await terminal.press("/");
    await terminal.press("2", "5", "0", "Enter");
    await terminal.until(/^▶#250 /m);
    // Gone in the moment a frame is on its way: nothing of it may be left.
    await terminal.press("?");
    await terminal.press("q");
    const left = await terminal.until("settings as before");
    expect(left).not.toContain("Help");
    expect(left).toContain("exit code 0");
    expect(left).not.toContain("Chain Tip");
    expect((await terminal.modes()).split(" ").slice(1)).toEqual(BEFORE.split(" ").slice(1));
  });

  test("Ctrl-Z and fg, and a signal, leave it as it was too", async () => {
    await using terminal = await openShell(shown, { command: [`${built}/mvm-view`], inScreen });
    await terminal.until("Chain Tip");
    await terminal.press("C-z");
    await terminal.until("settings as before");
    await terminal.press("clear; fg", "Enter");
    await terminal.until("Chain Tip");
    process.kill(await terminal.pid(), "SIGTERM");
    await terminal.until(/[$#]\s*$/);
    await terminal.press("clear; stty -g > last; cmp before last && echo the same", "Enter");
    await terminal.until(/^the same/m);
    expect((await terminal.modes()).split(" ").slice(1)).toEqual(BEFORE.split(" ").slice(1));
  });

  test("y reaches the clipboard of the terminal outside, and nothing of it stands in the picture", async () => {
    await using terminal = await openShell(shown, { command: [`${built}/mvm-view`], inScreen });
    await terminal.until("★ MyValidator");
    await terminal.press("y");
    await terminal.until(/copied 0x[0-9a-f]{64}/);
    expect(await terminal.clipboard()).toBe(fixture.keys[0] ?? "");
    expect(await terminal.screen()).not.toMatch(/tmux;|\]52;/);
    await terminal.press("q");
    await terminal.until("exit code 0");
  });
});
