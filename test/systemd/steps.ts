// What an operator does and what happens to machines, in order; each step leaves a running service behind.
import type { Machine } from "./machine.ts";

type Step = (machine: Machine) => Promise<string>;

const UNIT = "mvm-sync.service";

/** Runs a command that must succeed; returns what it printed. */
async function must({ sh }: Machine, command: string): Promise<string> {
  const { code, out } = await sh(command);
  if (code !== 0) throw new Error(`${command}\nexit ${code}\n${out}`);
  return out;
}

async function until(
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1000) {
    if (await holds()) return (performance.now() - startedAt) / 1000;
    await Bun.sleep(250);
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

async function property({ sh }: Machine, name: string): Promise<string> {
  return (await sh(`systemctl show ${UNIT} -p ${name} --value`)).out;
}

async function lastBlock(machine: Machine): Promise<number> {
  const { code, out } = await machine.sh("mvm query stats --json");
  if (code !== 0) return 0;
  return Number(/"lastBlock":\s*(\d+)/.exec(out)?.[1] ?? 0);
}

async function grows(machine: Machine, seconds = 30): Promise<string> {
  const before = await lastBlock(machine);
  const took = await until("a new block", seconds, async () => (await lastBlock(machine)) > before);
  return `new block after ${took.toFixed(1)} s`;
}

async function startNode(machine: Machine, flags = ""): Promise<void> {
  await must(
    machine,
    `systemd-run -q --unit devnet --collect /opt/devnet --history 600 --slot-ms 2000 --pruning archive ${flags}`,
  );
  await until("the node answers", 30, async () => {
    return (await machine.sh("journalctl -u devnet -o cat | grep -q 'devnet ready'")).code === 0;
  });
}

function shows(text: string, wanted: RegExp): void {
  if (!wanted.test(text)) throw new Error(`expected ${String(wanted)} in\n${text}`);
}

async function files(machine: Machine): Promise<string> {
  // What other packages write while the machine runs is not ours.
  const skip = "-path /proc -o -path /sys -o -path /run -o -path /dev -o -path /tmp -o -path /opt";
  const noise =
    "/var/(log/journal|cache|lib/systemd|tmp|lib/dpkg)|/etc/[.]pwd.lock|(passwd|group|shadow|gshadow|subuid|subgid)-$|/root|__pycache__";
  return await must(
    machine,
    `find / \\( ${skip} \\) -prune -o -print | grep -Ev '${noise}' | sort`,
  );
}

let before = "";

export const STEPS: readonly (readonly [string, Step])[] = [
  [
    "the units hold nothing systemd does not know",
    async (machine) => {
      before = await files(machine);
      await startNode(machine);
      await must(machine, "cd /opt/mvm && ./install.sh");
      const { out } = await machine.sh("systemd-analyze verify --man=no /etc/systemd/system/mvm-*");
      if (out !== "") throw new Error(out);
      return "";
    },
  ],
  [
    "exposure is at most 1.5",
    async (machine) => {
      const notes: string[] = [];
      for (const unit of ["mvm-sync", "mvm-status"]) {
        if ((await machine.sh(`systemctl cat ${unit}`)).code !== 0) continue;
        const out = await must(
          machine,
          `systemd-analyze security --no-pager ${unit}.service | tail -1`,
        );
        const exposure = Number(/: ([\d.]+)/.exec(out)?.[1]);
        if (!(exposure <= 1.5)) throw new Error(out);
        notes.push(`${unit} ${exposure}`);
      }
      return notes.join(", ");
    },
  ],
  [
    "after install.sh the service runs and blocks arrive",
    async (machine) => {
      await until(
        "the service is up",
        10,
        async () => (await property(machine, "ActiveState")) === "active",
      );
      return await grows(machine);
    },
  ],
  [
    "installing again changes nothing",
    async (machine) => {
      const pid = await property(machine, "MainPID");
      shows(await must(machine, "cd /opt/mvm && ./install.sh"), /nothing changed/);
      if ((await property(machine, "MainPID")) !== pid)
        throw new Error("the service was restarted");
      return "";
    },
  ],
  [
    "a member of the group looks without sudo, others do not",
    async (machine) => {
      await must(machine, "useradd -m -G mvm alice && useradd -m bob");
      shows(await must(machine, "su alice -c 'cd; mvm query stats'"), /blocks +\d+/);
      const { code } = await machine.sh("su bob -c 'cd; mvm query stats'");
      if (code === 0) throw new Error("anybody can read the database");
      await must(machine, "userdel -r alice; userdel -r bob");
      return "";
    },
  ],
  [
    "killed, it is restarted and leaves no hole",
    async (machine) => {
      await must(machine, `systemctl kill -s KILL ${UNIT}`);
      const took = await until(
        "restarted",
        30,
        async () => (await property(machine, "SubState")) === "running",
      );
      await grows(machine);
      shows(await must(machine, "mvm query gaps"), /no gaps/);
      return `up again after ${took.toFixed(1)} s`;
    },
  ],
  [
    "hung, the watchdog restarts it",
    async (machine) => {
      await must(
        machine,
        `mkdir -p /run/systemd/system/${UNIT}.d && printf '[Service]\\nWatchdogSec=6s\\n' > /run/systemd/system/${UNIT}.d/test.conf && systemctl daemon-reload && systemctl restart ${UNIT}`,
      );
      await Bun.sleep(15_000);
      const pid = await property(machine, "MainPID");
      const restarts = Number(await property(machine, "NRestarts"));
      if (restarts > 0) throw new Error("the watchdog restarted a healthy service");
      await must(machine, `kill -STOP ${pid}`);
      const took = await until("another process", 60, async () => {
        const now = await property(machine, "MainPID");
        return now !== pid && now !== "0";
      });
      await must(machine, `rm -r /run/systemd/system/${UNIT}.d && systemctl daemon-reload`);
      await grows(machine);
      return `restarted after ${took.toFixed(1)} s of a 6 s watchdog`;
    },
  ],
  [
    "stopping in the middle of the first sync is quick",
    async (machine) => {
      await must(machine, `systemctl stop ${UNIT} && rm -f /var/lib/mvm/mvm.db*`);
      await must(machine, `systemctl start ${UNIT}`);
      const startedAt = performance.now();
      await must(machine, `systemctl stop ${UNIT}`);
      const seconds = (performance.now() - startedAt) / 1000;
      if (seconds > 2) throw new Error(`took ${seconds.toFixed(1)} s`);
      shows(await property(machine, "Result"), /^success$/);
      await must(machine, `systemctl start ${UNIT}`);
      await grows(machine);
      return `${seconds.toFixed(2)} s`;
    },
  ],
  [
    "a wrong setting keeps it down, with a line that names it",
    async (machine) => {
      await must(machine, "cp -a /etc/mvm/config.toml /root/good.toml");
      await must(machine, "sed -i 's/^\\[rpc\\]/[rpc]\\nurll = 1/' /etc/mvm/config.toml");
      await machine.sh(`systemctl restart ${UNIT}`);
      await until("failed", 15, async () => (await property(machine, "ActiveState")) === "failed");
      await Bun.sleep(12_000);
      if ((await property(machine, "ActiveState")) !== "failed")
        throw new Error("it was restarted");
      shows(await must(machine, `journalctl -u ${UNIT} -n 5 -o cat`), /urll.*did you mean|urll/);
      shows(await property(machine, "ExecMainStatus"), /^78$/);
      await must(machine, "cp -a /root/good.toml /etc/mvm/config.toml; rm /root/good.toml");
      await must(machine, `systemctl reset-failed ${UNIT}; systemctl start ${UNIT}`);
      return await grows(machine);
    },
  ],
  [
    "with the node away at boot it waits, and recovers by itself",
    async (machine) => {
      await must(machine, "systemctl stop devnet; systemctl reset-failed devnet 2>/dev/null; true");
      await machine.shutDown();
      await machine.boot();
      await Bun.sleep(15_000);
      shows(await property(machine, "ActiveState"), /^active$/);
      shows(await property(machine, "NRestarts"), /^0$/);
      const complaints = await must(machine, `journalctl -b -u ${UNIT} -o cat | grep -c warn`);
      if (Number(complaints) > 2) throw new Error(`${complaints} complaints`);
      await must(machine, "rm -f /var/lib/mvm/mvm.db*; true");
      await must(
        machine,
        `systemctl stop ${UNIT}; rm -f /var/lib/mvm/mvm.db*; systemctl start ${UNIT}`,
      );
      await startNode(machine);
      const took = await until("blocks", 90, async () => (await lastBlock(machine)) > 600);
      return `caught up ${took.toFixed(1)} s after the node came`;
    },
  ],
  [
    "an upgrade keeps the database and what ran",
    async (machine) => {
      await pretendInstalled(machine, "0.2.0");
      const out = await must(machine, "cd /opt/mvm && ./install.sh");
      shows(out, /database kept as .*before-/);
      await until("up", 10, async () => (await property(machine, "SubState")) === "running");
      shows(await must(machine, "mvm-sync --version"), /^mvm-sync (?!0\.2\.0)/);
      return await grows(machine);
    },
  ],
  [
    "a failed upgrade brings the old version back, running",
    async (machine) => {
      await must(machine, "cp -a /opt/mvm /opt/broken");
      await must(
        machine,
        'cd /opt/broken/dist && for each in mvm mvm-sync; do printf \'#!/bin/sh\\n[ "$1" = --version ] && echo "%s 9.9.9" && exit 0\\nexit 70\\n\' $each > $each; chmod 755 $each; done',
      );
      const { code, out } = await machine.sh("cd /opt/broken && ./install.sh");
      if (code === 0) throw new Error(`it called this a success\n${out}`);
      shows(out, /the upgrade to 9\.9\.9 failed; .* is back/);
      await until("up", 20, async () => (await property(machine, "SubState")) === "running");
      return await grows(machine);
    },
  ],
  [
    "a downgrade is refused with words",
    async (machine) => {
      await pretendInstalled(machine, "99.0.0");
      const { code, out } = await machine.sh("cd /opt/mvm && ./install.sh");
      if (code === 0) throw new Error("it went through");
      shows(out, /99\.0\.0 is installed and newer/);
      await must(machine, "cd /opt/mvm && ./install.sh --force");
      return await grows(machine);
    },
  ],
  [
    "uninstall keeps the data, --purge leaves nothing of ours",
    async (machine) => {
      await must(machine, "cd /opt/mvm && ./uninstall.sh");
      await must(machine, "test -f /var/lib/mvm/mvm.db && test -f /etc/mvm/config.toml");
      await must(machine, "cd /opt/mvm && ./uninstall.sh --purge");
      const left = new Set(before.split("\n"));
      const after = new Set((await files(machine)).split("\n"));
      const odd = [...after].filter((each) => !left.has(each));
      const gone = [...left].filter((each) => !after.has(each));
      if (odd.length + gone.length > 0)
        throw new Error(`left: ${odd.join(" ")}\ngone: ${gone.join(" ")}`);
      return `${after.size} paths before and after`;
    },
  ],
];

/** The installed executables claim another version, and run as they did. */
async function pretendInstalled(machine: Machine, version: string): Promise<void> {
  await must(
    machine,
    `cd /usr/local/bin && for each in mvm mvm-sync; do mkdir -p /opt/real; cp $each /opt/real/$each.new; mv /opt/real/$each.new /opt/real/$each; printf '#!/bin/sh\\n[ "$1" = --version ] && echo "%s ${version}" && exit 0\\nexec /opt/real/%s "$@"\\n' $each $each > $each.new; chmod 755 $each.new; mv $each.new $each; done; systemctl restart ${UNIT}`,
  );
}
