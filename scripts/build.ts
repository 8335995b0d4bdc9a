// One executable per role from its own entry script, so that the daemon carries nothing it does not need.
import { existsSync } from "node:fs";

import { $ } from "bun";

import { describeCheckout } from "../commands/_version.ts";
import packageJson from "../package.json" with { type: "json" };
import { EXECUTABLES } from "./executables.ts";
import { writeManPages } from "./man.ts";

const FOREIGN_SCREENS = [
  ...[
    "linux-x64",
    "linux-arm64",
    "linux-x64-musl",
    "linux-arm64-musl",
    "darwin-x64",
    "darwin-arm64",
  ],
  ...["win32-x64", "win32-arm64"],
]
  .map((platform) => `@opentui/core-${platform}`)
  .filter((name) => !existsSync(`node_modules/${name}`));

const commit = describeCheckout();

for (const { entry, name, workers } of EXECUTABLES) {
  const result = await Bun.build({
    entrypoints: [entry, ...workers],
    target: "bun",
    // The screen's library names a native part for each platform; ours is the one that is installed.
    external: FOREIGN_SCREENS,
    minify: { syntax: true, whitespace: true },
    sourcemap: "linked",
    bytecode: true,
    format: "esm",
    splitting: true,
    define: { "process.env.NODE_ENV": '"production"', MVM_COMMIT: JSON.stringify(commit) },
    // Autoloading would run a bunfig.toml or read an .env of whatever folder the operator stands in.
    compile: { outfile: `dist/${name}`, autoloadDotenv: false, autoloadBunfig: false },
    throw: false,
  });
  if (!result.success) {
    for (const log of result.logs) process.stderr.write(`${log.message}\n`);
    process.exit(1);
  }
  // The map is embedded; the copies beside the executable are nobody's.
  await $`rm -f dist/*.map`.quiet();
  // Built is not yet working: the version line proves that it starts.
  const version = (await $`dist/${name} --version`.text()).trim();
  if (!version.includes(`${packageJson.version} (commit ${commit},`))
    throw new Error(`dist/${name} says ${version}`);
  const bytes = Bun.file(`dist/${name}`).size;
  process.stdout.write(`dist/${name}  ${(bytes / 1e6).toFixed(1)} MB  ${version}\n`);
}
for (const path of await writeManPages("dist/man")) process.stdout.write(`${path}\n`);
