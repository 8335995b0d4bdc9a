// The committed sources in a folder of their own: installed without running anything, built, started.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

const REPOSITORY = join(import.meta.dir, "../..");

export interface CleanInstall {
  /** `mvm mvm 0.3.0 (commit …)`, as the executable says. */
  version: string;
  /** What went wrong; empty when nothing did. */
  problem: string;
}

export function installWithoutScripts(): CleanInstall {
  const folder = mkdtempSync(join(tmpdir(), "mvm-clean-"));
  const tree = join(folder, "tree");
  const bun = process.execPath;
  const steps: [words: string[], cwd: string][] = [
    [["git", "clone", "--quiet", "--no-hardlinks", REPOSITORY, tree], folder],
    [[bun, "install", "--frozen-lockfile", "--ignore-scripts", "--silent"], tree],
    [[bun, "scripts/build.ts"], tree],
    [[join(tree, "dist/mvm"), "--version"], folder],
  ];
  try {
    let version = "";
    for (const [words, cwd] of steps) {
      const { exitCode, stdout, stderr } = Bun.spawnSync(words, { cwd });
      if (exitCode !== 0)
        return { version: "", problem: `${words.slice(0, 2).join(" ")}: ${stderr.toString()}` };
      version = stdout.toString().trim();
    }
    return { version, problem: "" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
