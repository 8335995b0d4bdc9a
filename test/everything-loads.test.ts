// Every module can be imported, and importing it does nothing: no output, no file, no timer, no port.
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";

import { join } from "pathe";

import { temporaryFolder } from "./helpers/sync-process.ts";

const ROOT = join(import.meta.dir, "..");
/** Scripts are run, not imported; so is the devnet's own entry. */
const FOLDERS = ["core", "commands", "examples/devnet", "ui"];
const ENTRIES = new Set(["examples/devnet/main.ts"]);

const modules = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
).filter((name) => !ENTRIES.has(name));

test("there are modules to load", () => {
  expect(modules.length).toBeGreaterThan(60);
  expect(modules).toContain("core/sync/sync.ts");
  expect(modules).toContain("commands/sync.ts");
});

test("every module loads by itself, silently, and leaves nothing running", () => {
  using folder = temporaryFolder();
  // One process for all; it ends by itself only when no module left a timer, a socket or a watcher behind.
  const code = `for (const name of ${JSON.stringify(modules)}) {
    const loaded = await import(${JSON.stringify(`${ROOT}/`)} + name);
    if ("default" in loaded) throw new Error(name + " has a default export");
  }`;
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "-e", code], {
    cwd: folder.path,
    timeout: 20_000,
  });
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toBe("");
  expect(exitCode).toBe(0);
  expect(readdirSync(folder.path)).toEqual([]);
}, 30_000);
