// Links and folders where the installer writes, in a root of its own.
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { dirname, join } from "pathe";

import { temporaryFolder } from "../helpers/sync-process.ts";
import type { Tally } from "./neighbour-kit.ts";
import { openTally, tryCase } from "./neighbour-kit.ts";

const ROOT = join(import.meta.dir, "../..");
const VICTIM = "what somebody else wrote\n";
/** Says its version and makes a configuration, through no link: all the installer asks of it. */
const PROGRAM = `#!/bin/sh
case "$*" in
--version) echo "mvm 0.3.0" ;;
*--path*) shift 3; set -C; printf '[database]\\n#path = "./mvm.db"\\n' >"$1" ;;
esac
`;

/** @param targets how many of the places */
export async function runInstaller(targets = TARGETS.length): Promise<Tally> {
  const tally = openTally("installer");
  for (const target of TARGETS.slice(-targets)) {
    for (const [how, plant] of Object.entries(PLANTS)) {
      await tryCase(tally, `${how} at ${target}`, () => install(tally, target, how, plant));
    }
  }
  await tryCase(tally, "no temporary file is left", () => {
    const before = temporaries();
    install(tally, "/usr/local/bin/mvm", "a file", PLANTS["a file"] ?? (() => undefined));
    if (temporaries() > before) throw new Error("temporary files are left");
  });
  await tryCase(tally, "the service's own folder", () => checkService(tally));
  return tally;
}

const TARGETS = [
  "/usr/local/bin/mvm",
  "/usr/local/bin/mvm.new",
  "/usr/local/bin/mvm-sync",
  "/etc/systemd/system/mvm-sync.service",
  "/etc/systemd/system/mvm-sync.service.new",
  "/etc/logrotate.d/mvm.new",
  "/usr/local/lib/mvm/manifest",
  "/etc/mvm/config.toml",
];

const PLANTS: Record<string, (path: string, victim: string) => unknown> = {
  "a file": (path) => writeFileSync(path, VICTIM),
  "a link to a file": (path, victim) => symlinkSync(victim, path),
  "a link to nothing": (path, victim) => symlinkSync(`${victim}-none`, path),
  "a link to a folder": (path, victim) => symlinkSync(dirname(victim), path),
  "a link to itself": (path) => symlinkSync(path, path),
};

function install(
  tally: Tally,
  target: string,
  how: string,
  plant: (path: string, victim: string) => unknown,
): void {
  using folder = temporaryFolder();
  const release = folder.file("release");
  for (const name of ["mvm", "mvm-sync", "mvm-status", "mvm-view"]) {
    mkdirSync(`${release}/bin`, { recursive: true });
    writeFileSync(`${release}/bin/${name}`, PROGRAM);
    chmodSync(`${release}/bin/${name}`, 0o755);
  }
  copyFileSync(join(ROOT, "install.sh"), `${release}/install.sh`);
  Bun.spawnSync(["cp", "-r", join(ROOT, "units"), join(ROOT, "examples"), release]);
  const root = folder.file("root");
  const victim = folder.file("elsewhere/victim");
  mkdirSync(dirname(victim), { recursive: true });
  writeFileSync(victim, VICTIM);
  mkdirSync(dirname(root + target), { recursive: true });
  plant(root + target, victim);
  const ran = Bun.spawnSync(["sh", `${release}/install.sh`, "--no-start"], {
    env: { PATH: process.env["PATH"] ?? "", DESTDIR: root },
  });
  const said = `${how} at ${target}: ${ran.stderr.toString().slice(0, 300)}`;
  if (readFileSync(victim, "utf8") !== VICTIM) tally.leaks.push(`${said}: was written through`);
  const beside = [...new Bun.Glob("*").scanSync(dirname(victim))];
  if (beside.length !== 1) tally.leaks.push(`${said}: wrote ${beside.join()} elsewhere`);
  if (ran.exitCode !== 0) {
    tally.refused += 1;
    return;
  }
  const bin = lstatSync(`${root}/usr/local/bin/mvm`);
  if (!bin.isFile())
    tally.crashes.push(
      `${said}: no program was put there but ${readlinkSync(`${root}/usr/local/bin/mvm`)}`,
    );
}

function temporaries(): number {
  return [...new Bun.Glob("tmp.*").scanSync({ cwd: tmpdir(), onlyFiles: false })].length;
}

/** What root does in the folder of the data it does with the service's rights: a link there leads nowhere that those do not. */
function checkService(tally: Tally): void {
  if (process.getuid?.() !== 0 || Bun.which("runuser") === null) return;
  using folder = temporaryFolder();
  const [data, secret, target] = [
    folder.file("data"),
    folder.file("secret"),
    folder.file("target"),
  ];
  mkdirSync(data);
  writeFileSync(`${data}/mvm.db`, "attack\n");
  writeFileSync(secret, VICTIM);
  chmodSync(secret, 0o600);
  writeFileSync(target, VICTIM);
  symlinkSync(target, `${data}/mvm.db.before-9.new`);
  chmodSync(folder.path, 0o755);
  Bun.spawnSync(["chown", "-Rh", "nobody", data]);
  const script = readFileSync(join(ROOT, "install.sh"), "utf8");
  const parts = ["as_service", "back_up"].map((name) =>
    functionIn(script, name).replaceAll("/var/lib/mvm", data),
  );
  const run = (): void =>
    void Bun.spawnSync([
      "sh",
      "-c",
      `say() { :; }; systemctl() { :; }; UPGRADE=yes DESTDIR= DRY_RUN=no HAVE=1 NEW=9 SERVICE_USER=nobody\n${parts.join("\n")}\nback_up`,
    ]);
  run();
  if (readFileSync(target, "utf8") !== VICTIM)
    tally.leaks.push("root wrote through a link of the service's");
  Bun.spawnSync(["sh", "-c", `cd ${data} && rm -f * && ln -s ${secret} mvm.db`]);
  run();
  for (const name of new Bun.Glob("*before*").scanSync(data)) {
    if (readFileSync(`${data}/${name}`, "utf8") === VICTIM)
      tally.leaks.push("root copied what the service may not read");
  }
}

function functionIn(script: string, name: string): string {
  const found = new RegExp(`^${name}\\(\\) \\{.*?(?: \\}|^\\})$`, "ms").exec(script)?.[0];
  if (found === undefined) throw new Error(`install.sh has no ${name}`);
  return found;
}
