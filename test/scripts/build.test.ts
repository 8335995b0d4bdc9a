// What the build leaves: executables that answer by the name they are called by, and the library as a file.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { linkSync, symlinkSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { findLibrary } from "../../commands/_view-library.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { openTerminal } from "../helpers/terminal.ts";

const ROOT = join(import.meta.dir, "../..");
const folder = temporaryFolder();
const built = folder.file("dist");

beforeAll(async () => {
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

test("the dashboard uses the library beside it and unpacks none", async () => {
  expect(findLibrary(`${built}/mvm-view`)).toBe(`${built}/lib/mvm`);
  for (const words of [["mvm-view"], ["mvm", "view"]]) {
    await using terminal = openView(`${built}/${words[0]}`, words.slice(1));
    await terminal.shows("Network");
    terminal.type("q");
  }
});

test("without a library it can load, the dashboard says what is missing", async () => {
  linkSync(`${built}/mvm-view`, folder.file("lonely"));
  expect(findLibrary(folder.file("lonely"))).toBeNull();
  await using terminal = openView(folder.file("lonely"), []);
  await terminal.shows("the dashboard cannot load its library");
});

/** Temporary files cannot be had there, as with a /tmp that runs nothing. */
function openView(program: string, words: readonly string[]) {
  const place = { BUN_TMPDIR: "/proc/none", TMPDIR: "/proc/none", HOME: folder.path };
  const command = [program, ...words, "--db-path", folder.file("none.db")];
  return openTerminal(command, { ...place, TERM: "xterm-256color" }, folder.path);
}

test("the notices the library asks for are beside it", async () => {
  const names = await Array.fromAsync(new Bun.Glob("lib/mvm/@opentui/*/*").scan(built));
  const files = names.map((name) => name.split("/").at(-1) ?? "");
  expect(files).toContain("libopentui.so");
  expect(files).toContain("LICENSE-FFMPEG");
});
