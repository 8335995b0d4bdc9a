// A Debian machine of its own, booted with a real systemd, that leaves nothing behind.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

const PACKAGES =
  "systemd,systemd-sysv,dbus,ca-certificates,procps,logrotate,man-db,acl,rpm,openssh-client,sqlite3";
const BOOT_SECONDS = 60;

interface Ran {
  code: number;
  out: string;
}

export interface Machine extends AsyncDisposable {
  /** Where its root is on this machine. */
  root: string;
  /** Runs a shell command inside, as root; output and errors together. */
  sh: (command: string) => Promise<Ran>;
  /** Boots, or boots again. */
  boot: () => Promise<void>;
  shutDown: () => Promise<void>;
}

/** What is missing to run machines here; null when nothing is. */
export async function whatIsMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "root";
  for (const tool of ["systemd-nspawn", "debootstrap", "nsenter"]) {
    if (Bun.which(tool) === null) return tool;
  }
  const folder = mkdtempSync("/var/tmp/mvm-overlay-");
  try {
    await $`mkdir ${folder}/l ${folder}/u ${folder}/w ${folder}/m`.quiet();
    const options = `lowerdir=${folder}/l,upperdir=${folder}/u,workdir=${folder}/w`;
    const { exitCode } = await $`mount -t overlay overlay -o ${options} ${folder}/m`
      .quiet()
      .nothrow();
    if (exitCode !== 0) return "the right to mount";
    await $`umount ${folder}/m`.quiet();
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh root of a Debian release, made once and kept as it came. Throws when it cannot be had. */
export async function fetchRoot(release: string, folder: string): Promise<string> {
  // By what is in it: a root of before some package was wanted is not taken for one with it.
  const root = join(folder, `${release}-${Bun.hash(PACKAGES).toString(36)}`);
  if (existsSync(join(root, "sbin/init"))) return root;
  mkdirSync(folder, { recursive: true });
  rmSync(`${root}.part`, { recursive: true, force: true });
  await $`debootstrap --variant=minbase --include=${PACKAGES} ${release} ${root}.part`.quiet();
  await $`mv ${root}.part ${root}`.quiet();
  return root;
}

/** A machine over a root that is only read; what it writes goes with it. */
export async function openMachine(base: string): Promise<Machine> {
  const folder = mkdtempSync("/var/tmp/mvm-machine-");
  const root = join(folder, "root");
  await $`mkdir ${root} ${folder}/upper ${folder}/work`.quiet();
  const options = `lowerdir=${base},upperdir=${folder}/upper,workdir=${folder}/work`;
  await $`mount -t overlay overlay -o ${options} ${root}`.quiet();
  let nspawn: Bun.Subprocess | undefined;
  let leader = "";

  async function sh(command: string): Promise<Ran> {
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const { exitCode, stdout } =
      await $`nsenter -t ${leader} -a env -i ${path} HOME=/root sh -c ${`${command}`} 2>&1`
        .quiet()
        .nothrow();
    return { code: exitCode, out: stdout.toString().trimEnd() };
  }

  async function boot(): Promise<void> {
    const flags = ["-q", "-D", root, "--register=no", "--keep-unit", "-b"];
    nspawn = Bun.spawn(["systemd-nspawn", ...flags], { stdio: ["ignore", "ignore", "ignore"] });
    for (let i = 0; i < BOOT_SECONDS; i++) {
      await Bun.sleep(1000);
      leader = (await $`pgrep -P ${nspawn.pid}`.quiet().nothrow().text()).trim();
      if (leader === "") continue;
      const { out } = await sh("systemctl is-system-running");
      if (out === "running" || out === "degraded") return;
    }
    throw new Error(`${base} did not boot in ${BOOT_SECONDS} s`);
  }

  async function shutDown(): Promise<void> {
    if (nspawn === undefined) return;
    nspawn.kill("SIGTERM"); // an orderly power-off of the machine inside
    const gone = await Promise.race([nspawn.exited, Bun.sleep(30_000)]);
    if (gone === undefined) nspawn.kill("SIGKILL");
    nspawn = undefined;
  }

  return {
    root,
    sh,
    boot,
    shutDown,
    [Symbol.asyncDispose]: async () => {
      await shutDown();
      await $`umount -l ${root}`.quiet().nothrow();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
