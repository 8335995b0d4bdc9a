// Broken files before every command that reads one: a helpful line, exit code 78, nothing on stdout.
import { afterAll, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { BROKEN_FILES } from "../helpers/broken-files.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const ROOT = join(import.meta.dir, "../..");
const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

// root reads what nobody may: it gives that right away, where it can.
const isRoot = process.getuid?.() === 0;
const drop = isRoot ? Bun.which("setpriv") : null;
const unprivileged = drop === null ? [] : [drop, "--bounding-set=-dac_override,-dac_read_search"];

function run(words: readonly string[]): { code: number; out: string; err: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [...unprivileged, process.execPath, ...words],
    {
      cwd: folder.path,
      env: { HOME: "/nonexistent", PATH: process.env["PATH"] ?? "" },
      timeout: 20_000,
    },
  );
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test.each(BROKEN_FILES.map((each) => [each.name, each] as const))(
  "%s",
  (name, { bytes, mode, says }) => {
    if (mode === 0o000 && isRoot && drop === null) {
      console.warn("skipped: root may read everything, and there is no setpriv");
      return;
    }
    const file = folder.file(`${name.replaceAll(" ", "-")}.toml`);
    writeFileSync(file, bytes);
    if (mode !== undefined) chmodSync(file, mode);
    for (const command of [
      ["config.ts", "validate"],
      ["config.ts", "show"],
      ["sync.ts", "--once"],
    ]) {
      if (says === null && command[0] === "sync.ts") continue;
      const [script = "", ...words] = command;
      const { code, out, err } = run([join(ROOT, "commands", script), ...words, "--config", file]);
      expect(code).toBe(says === null ? 0 : 78);
      if (says === null) continue;
      expect(out).toBe("");
      expect(err).toContain(file + says);
      expect(err).toContain("mvm config example");
    }
  },
);
