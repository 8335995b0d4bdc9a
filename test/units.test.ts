// The units and scripts that are installed, looked at by the programs that will read them.
import { expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { EXECUTABLES } from "../scripts/executables.ts";
import { temporaryFolder } from "./helpers/sync-process.ts";

const ROOT = join(import.meta.dir, "..");
const units = await Array.fromAsync(new Bun.Glob("*").scan(join(ROOT, "units")));

function isHere(program: string): boolean {
  const found = Bun.which(program) !== null;
  if (!found) process.stderr.write(`skipped: there is no ${program} here\n`);
  return found;
}

/** What systemd says of our units, where their executables are there. */
async function verify(change: (text: string) => string): Promise<string> {
  using folder = temporaryFolder();
  cpSync(join(ROOT, "units"), folder.path, { recursive: true });
  for (const unit of units) {
    const text = readFileSync(folder.file(unit), "utf8");
    writeFileSync(
      folder.file(unit),
      change(text.replaceAll(/=\/usr\/local\/bin\/\S+/g, "=/bin/true")),
    );
  }
  const files = units.map((unit) => folder.file(unit));
  const { stdout, stderr } = await $`systemd-analyze verify --man=no ${files}`.quiet().nothrow();
  // Of this machine's own units it may complain as it likes.
  return `${stdout.toString()}${stderr.toString()}`
    .split("\n")
    .filter((line) => line.includes("mvm"))
    .join("\n");
}

test.if(isHere("systemd-analyze"))("systemd has nothing to say about the units", async () => {
  expect(await verify((text) => text)).toBe("");
  // It would, of a key that is misspelt.
  expect(await verify((text) => text.replace("MemoryMax", "MemoryMaximum"))).toContain(
    "MemoryMaximum",
  );
});

test("each unit runs an executable that is built", () => {
  for (const unit of units.filter((name) => name.endsWith(".service"))) {
    const text = readFileSync(join(ROOT, "units", unit), "utf8");
    const name = /^ExecStart=\/usr\/local\/bin\/(\S+)/m.exec(text)?.[1];
    expect(EXECUTABLES.map((each) => each.name)).toContain(name ?? "none");
  }
});

test.if(isHere("shellcheck"))("shellcheck has nothing to say about the scripts", async () => {
  const scripts = ["install.sh", "uninstall.sh", "scripts/build-release.sh", ".ci/run"];
  const package_ = ["postinst", "prerm", "postrm"].map((name) => `scripts/package/${name}`);
  const { stdout } = await $`shellcheck ${scripts} ${package_}`.cwd(ROOT).quiet().nothrow();
  expect(stdout.toString()).toBe("");
});
