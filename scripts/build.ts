// One executable per role from its own entry script, so that the daemon carries nothing it does not need; and what is
// installed beside them. `--target linux-arm64` builds for another machine, into dist/linux-arm64; `--folder` names another
// place.
import { parseArgs } from "node:util";

import { $ } from "bun";

import { describeCheckout } from "../commands/_version.ts";
import { formatCompletions } from "../commands/completions.ts";
import { mvmCommand } from "../commands/mvm.ts";
import packageJson from "../package.json" with { type: "json" };
import type { Executable } from "./executables.ts";
import { EXECUTABLES } from "./executables.ts";
import { formatThirdParty } from "./licences.ts";
import { writeManPages } from "./man.ts";
import { packagesInside } from "./parts.ts";
import type { Target } from "./targets.ts";
import { absentScreens, ownTarget, screenOf, TARGETS } from "./targets.ts";

const COMPLETIONS = [
  ["bash", "mvm.bash"],
  ["zsh", "_mvm"],
  ["fish", "mvm.fish"],
] as const;

const { values } = parseArgs({
  options: { target: { type: "string" }, folder: { type: "string" } },
});
const target = TARGETS.find((each) => each === values.target) ?? null;
if (values.target !== undefined && target === null) {
  leave(`--target ${values.target}: known are ${TARGETS.join(", ")}`);
}
const built = target ?? ownTarget();
if (built === null) leave(`nothing is built for ${process.platform}-${process.arch}`);
const folder = values.folder ?? (target === null ? "dist" : `dist/${target}`);
const commit = describeCheckout();
const screen = screenOf(built);

for (const executable of EXECUTABLES) {
  if (screen === null && executable.name === "mvm-view") {
    say(`absent: ${folder}/mvm-view, since @opentui/core has no part for ${built} here`);
    continue;
  }
  await compile(executable, built);
  const path = `${folder}/${executable.name}`;
  say(`${path}  ${megabytes(path)}  ${await versionOf(path, built)}`);
}
if (screen === null)
  say(`absent: the dashboard of ${folder}/mvm; its other commands are all there`);
await writeLibrary();
await Bun.write(`${folder}/THIRD-PARTY`, formatThirdParty(await packagesInside()));
say(`${folder}/THIRD-PARTY`);
for (const [shell, name] of COMPLETIONS) {
  await Bun.write(`${folder}/completions/${name}`, await formatCompletions(mvmCommand, shell));
  say(`${folder}/completions/${name}`);
}
for (const path of await writeManPages(`${folder}/man`)) say(path);

async function compile({ name, entry, workers }: Executable, on: Target): Promise<void> {
  const result = await Bun.build({
    entrypoints: [entry, ...workers],
    // Threads are found by their path in the repository, whatever else is built beside them.
    root: ".",
    target: "bun",
    external: absentScreens(),
    minify: { syntax: true, whitespace: true },
    sourcemap: "linked",
    bytecode: true,
    format: "esm",
    splitting: true,
    define: { "process.env.NODE_ENV": '"production"', MVM_COMMIT: JSON.stringify(commit) },
    compile: {
      outfile: `${folder}/${name}`,
      ...(target === null ? {} : { target: `bun-${on}` as const }),
      // Autoloading would run a bunfig.toml or read an .env of whatever folder the operator stands in.
      ...{ autoloadDotenv: false, autoloadBunfig: false },
    },
    throw: false,
  });
  if (!result.success) leave(result.logs.map(({ message }) => message).join("\n"));
  // The map is embedded; the copies beside the executable are nobody's.
  await $`rm -f ${folder}/${{ raw: "*.map" }}`.quiet();
}

/** Built is not yet working: where it runs, the version line proves that it starts. */
async function versionOf(path: string, on: Target): Promise<string> {
  if (!on.startsWith(`${process.platform}-${process.arch}`)) return `not run: built for ${on}`;
  const version = (await $`${path} --version`.text()).trim();
  if (!version.includes(`${packageJson.version} (commit ${commit},`)) {
    leave(`${path} says ${version}`);
  }
  return version;
}

/** The screen's native library as a file of its own, with the notices it asks for: it can be replaced, and needs no unpacking. */
async function writeLibrary(): Promise<void> {
  await $`rm -rf ${folder}/lib`.quiet();
  if (screen === null) return;
  const to = `${folder}/lib/mvm/${screen.name}`;
  await $`mkdir -p ${to}`;
  const wanted = /^(?:libopentui\.so|LICENSE.*|AUTHORS.*|PATENTS.*|FFMPEG.*)$/;
  for await (const name of new Bun.Glob("*").scan(screen.folder)) {
    if (wanted.test(name)) await $`install -m 0644 ${screen.folder}/${name} ${to}/${name}`.quiet();
  }
  say(`${to}/libopentui.so  ${megabytes(`${to}/libopentui.so`)}`);
}

function megabytes(path: string): string {
  return `${(Bun.file(path).size / 1e6).toFixed(1)} MB`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function leave(text: string): never {
  process.stderr.write(`build: ${text}\n`);
  process.exit(1);
}
