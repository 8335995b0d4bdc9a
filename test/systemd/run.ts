// From a bare machine to a running service, on a real booted systemd: bun test/systemd/run.ts [bookworm trixie]
import { mkdirSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { fetchRoot, openMachine, whatIsMissing } from "./machine.ts";
import { STEPS } from "./steps.ts";

const ROOTS = process.env["MVM_ROOTS"] ?? "/var/tmp/mvm-roots";
const PROJECT = join(import.meta.dir, "../..");

const missing = await whatIsMissing();
if (missing !== null) {
  process.stdout.write(`skipped: no machine can be booted here without ${missing}\n`);
  process.exit(0);
}
const releases = process.argv.slice(2);
let failures = 0;
for (const release of releases.length > 0 ? releases : ["bookworm"]) {
  failures += await runOn(release);
}
process.exit(failures === 0 ? 0 : 1);

async function runOn(release: string): Promise<number> {
  process.stdout.write(`${release}\n`);
  const base = await fetchRoot(release, ROOTS);
  await using machine = await openMachine(base);
  await fill(machine.root);
  await machine.boot();
  for (const [name, step] of STEPS) {
    const startedAt = performance.now();
    try {
      const note = await step(machine);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`  ok    ${name}  (${seconds} s${note === "" ? "" : `; ${note}`})\n`);
    } catch (error) {
      process.stdout.write(`  FAIL  ${name}\n${String(error).replaceAll(/^/gm, "        ")}\n`);
      const { out } = await machine.sh("journalctl -u 'mvm-*' -n 30 --no-pager -o short-iso");
      process.stdout.write(`${out.replaceAll(/^/gm, "        ")}\n`);
      return 1;
    }
  }
  return 0;
}

/** What a person would have copied there: the built release, and a node to follow. */
async function fill(root: string): Promise<void> {
  const target = join(root, "opt/mvm");
  mkdirSync(target, { recursive: true });
  const parts = ["dist", "units", "examples", "install.sh", "uninstall.sh"];
  await $`cp -a ${parts} ${target}`.cwd(PROJECT).quiet();
  const key = join(root, "opt/key");
  await $`ssh-keygen -q -t ed25519 -N "" -f ${key} && ssh-keygen -q -t ed25519 -N "" -f ${key}2`.quiet();
  const env = { ...process.env, MVM_SIGNING_KEY: key };
  const pack = join(PROJECT, "scripts/build-release.sh");
  await $`sh ${pack} ${root}/opt/release folder deb rpm`.cwd(PROJECT).env(env).quiet();
  await $`sh -c ${`mv ${root}/opt/release/mvm-*-linux-* ${root}/opt/rel`}`.quiet();
  for (const [name, who] of [
    ["signers", "key"],
    ["others", "key2"],
  ] as const) {
    const [type, bytes] = (await Bun.file(join(root, "opt", `${who}.pub`)).text()).split(" ");
    await Bun.write(join(root, "opt", name), `mvm ${type} ${bytes}\n`);
  }
  const devnet = join(PROJECT, "examples/devnet/main.ts");
  await $`bun build --compile ${devnet} --outfile ${root}/opt/devnet`.quiet();
}
