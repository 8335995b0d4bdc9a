// The version line: release, commit, Bun; and "unknown" where no repository of ours is.
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";

import { VERSION } from "../../commands/_main.ts";
import { describeCheckout, versionLine } from "../../commands/_version.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

test("names release, commit and Bun", () => {
  const commit = "(?:[0-9a-f]{7,}(?:-dirty)?|unknown)";
  const bun = Bun.version.replaceAll(".", "\\.");
  expect(versionLine("mvm-sync")).toMatch(
    new RegExp(`^mvm-sync ${VERSION.replaceAll(".", "\\.")} \\(commit ${commit}, bun ${bun}\\)$`),
  );
});

test("a commit is that of the checkout, and marked when files differ from it", () => {
  using folder = temporaryFolder();
  const git = (...words: string[]) => {
    const name = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
    return Bun.spawnSync(["git", "-C", folder.path, ...name, ...words])
      .stdout.toString()
      .trim();
  };
  expect(describeCheckout(folder.path)).toBe("unknown");
  git("init");
  expect(describeCheckout(folder.path)).toBe("unknown");
  git("commit", "--allow-empty", "-m", "first");
  const commit = git("rev-parse", "--short=7", "HEAD");
  expect(commit).not.toBe("");
  expect(describeCheckout(folder.path)).toBe(commit);
  // A folder below is not a checkout of ours, though git would find the one above.
  mkdirSync(folder.file("below"));
  expect(describeCheckout(folder.file("below"))).toBe("unknown");
  git("tag", "v9");
  expect(describeCheckout(folder.path)).toBe(commit);
});
