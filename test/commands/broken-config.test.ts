// Broken files before every command that reads one: a helpful line, exit code 78, nothing on stdout.
import { afterAll, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

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

const COMMANDS = [
  ["config.ts", "validate"],
  ["config.ts", "show"],
  ["sync.ts", "--once"],
];

for (const { name, bytes, mode, says } of BROKEN_FILES) {
  test.skipIf(mode !== undefined && isRoot && drop === null)(name, () => {
    const file = folder.file(`${name.replaceAll(" ", "-")}.toml`);
    writeFileSync(file, bytes);
    if (mode !== undefined) chmodSync(file, mode);
    for (const [script = "", ...words] of COMMANDS) {
      // A file that is fine would have it look for a node.
      if (says === null && script === "sync.ts") continue;
      const { code, out, err } = run([join(ROOT, "commands", script), ...words, "--config", file]);
      expect(code).toBe(says === null ? 0 : 78);
      if (says === null) continue;
      expect(out).toBe("");
      expect(err).toContain(file + says);
      expect(err).toContain("mvm config example");
    }
  });
}

test.skipIf(!isRoot || drop === null)(
  "who is not in the group that may read the file is told to join it, also where the folder is closed",
  () => {
    const [name, , gid] =
      readFileSync("/etc/group", "utf8")
        .split("\n")
        .map((line) => line.split(":"))
        .find((parts) => Number(parts[2]) > 0) ?? [];
    const inside = folder.file("closed");
    mkdirSync(inside);
    for (const file of [folder.file("group.toml"), join(inside, "config.toml")]) {
      writeFileSync(file, "");
      chmodSync(file, 0o640);
      chownSync(file, 65_534, Number(gid));
    }
    chmodSync(inside, 0o750);
    chownSync(inside, 65_534, Number(gid));
    const says = `permission denied; its group may: join the group ${name} (usermod -aG ${name} NAME`;
    for (const file of [folder.file("group.toml"), join(inside, "config.toml")]) {
      const words = [join(ROOT, "commands/config.ts"), "validate", "--config", file];
      const { code, err } = run(words);
      expect(code).toBe(78);
      expect(err).toContain(`${file}: cannot be read: ${says}`);
    }
  },
);
