// Which build this is: the release, the commit it was made from, and the Bun that runs it.
import { existsSync } from "node:fs";

import { join } from "pathe";

import packageJson from "../package.json" with { type: "json" };

/** Put in by the build; in a checkout there is none. */
declare const MVM_COMMIT: string | undefined;

export function versionLine(name: string): string {
  return `${name} ${packageJson.version} (commit ${readCommit()}, bun ${Bun.version})`;
}

/** Short hash; "unknown" in a build that was made outside a checkout. */
export function readCommit(): string {
  return typeof MVM_COMMIT === "string" ? MVM_COMMIT : describeCheckout();
}

/** Short hash, with `-dirty` when files differ from it; "unknown" outside a checkout. */
export function describeCheckout(root = join(import.meta.dir, "..")): string {
  // Without a repository of our own, git would describe one further up.
  if (!existsSync(join(root, ".git")) || Bun.which("git") === null) return "unknown";
  const git = Bun.spawnSync(
    ["git", "-C", root, "describe", "--always", "--dirty", "--exclude=*", "--abbrev=7"],
    { stderr: "ignore" },
  );
  const commit = git.stdout.toString().trim();
  return git.exitCode === 0 && /^[0-9a-f]{7,40}(?:-dirty)?$/.test(commit) ? commit : "unknown";
}
