// What the steps have in common: commands inside the machine, waiting, and what the service says of itself.
import type { Machine } from "./machine.ts";

/** Returns a note for the report. */
type Step = (machine: Machine) => Promise<string>;
export type Steps = readonly (readonly [name: string, step: Step])[];

export const UNIT = "mvm-sync.service";

/** Runs a command that must succeed; returns what it printed. */
export async function must({ sh }: Machine, command: string): Promise<string> {
  const { code, out } = await sh(command);
  if (code !== 0) throw new Error(`${command}\nexit ${code}\n${out}`);
  return out;
}

export async function until(
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

export async function property({ sh }: Machine, name: string): Promise<string> {
  return (await sh(`systemctl show ${UNIT} -p ${name} --value`)).out;
}

export async function lastBlock(machine: Machine): Promise<number> {
  const { code, out } = await machine.sh("mvm query stats --json");
  if (code !== 0) return 0;
  return Number(/"lastBlock":\s*(\d+)/.exec(out)?.[1] ?? 0);
}

export async function grows(machine: Machine, seconds = 30): Promise<string> {
  const before = await lastBlock(machine);
  const took = await until("a new block", seconds, async () => (await lastBlock(machine)) > before);
  return `new block after ${took.toFixed(1)} s`;
}

export async function startNode(machine: Machine, history = 600): Promise<void> {
  await must(
    machine,
    `systemd-run -q --unit devnet --collect /opt/devnet --history ${history} --slot-ms 2000 --pruning archive`,
  );
  await until("the node answers", 120, async () => {
    // Of this start alone: an earlier one said the same.
    const id = "$(systemctl show devnet -p InvocationID --value)";
    const ready = `journalctl _SYSTEMD_INVOCATION_ID=${id} -o cat | grep -q 'devnet ready'`;
    return (await machine.sh(ready)).code === 0;
  });
}

export function shows(text: string, wanted: RegExp): void {
  if (!wanted.test(text)) throw new Error(`expected ${String(wanted)} in\n${text}`);
}

export async function files(machine: Machine): Promise<string> {
  // What other packages write while the machine runs is not ours.
  const skip = "-path /proc -o -path /sys -o -path /run -o -path /dev -o -path /tmp -o -path /opt";
  const noise =
    "/var/(lib/logrotate/status|log/journal|log/dpkg.log|cache|lib/systemd|tmp|lib/dpkg)|/etc/[.]pwd.lock|(passwd|group|shadow|gshadow|subuid|subgid)-$|/root|__pycache__";
  return await must(
    machine,
    // Of what systemd keeps for itself the timers' stamps are ours to remove.
    `{ find / \\( ${skip} \\) -prune -o -print | grep -Ev '${noise}'; find /var/lib/systemd/timers -name '*mvm*'; } | sort`,
  );
}

/** The installed executables claim another version, and run as they did. */
export async function pretendInstalled(machine: Machine, version: string): Promise<void> {
  await must(
    machine,
    `cd /usr/local/bin && for each in mvm mvm-sync; do mkdir -p /opt/real; cp $each /opt/real/$each.new; mv /opt/real/$each.new /opt/real/$each; printf '#!/bin/sh\\n[ "$1" = --version ] && echo "%s ${version}" && exit 0\\nexec /opt/real/%s "$@"\\n' $each $each > $each.new; chmod 755 $each.new; mv $each.new $each; done; systemctl restart ${UNIT}`,
  );
}

/** Every path of the bare machine, set by the first step. */
export const snapshot = { before: "" };

/** Throws when a path came or went since. */
export async function sameAsBefore(machine: Machine): Promise<string> {
  const then = new Set(snapshot.before.split("\n"));
  const now = new Set((await files(machine)).split("\n"));
  const odd = [...now].filter((each) => !then.has(each));
  const gone = [...then].filter((each) => !now.has(each));
  if (odd.length + gone.length > 0) {
    throw new Error(`left: ${odd.join(" ")}\ngone: ${gone.join(" ")}`);
  }
  return `${now.size} paths before and after`;
}
