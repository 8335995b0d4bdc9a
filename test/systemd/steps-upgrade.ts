// Newer, broken and older versions over the one that runs; then none.
import type { Steps } from "./inside.ts";
import { grows, must, pretendInstalled, property, sameAsBefore, shows, until } from "./inside.ts";

export const UPGRADE_STEPS: Steps = [
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
      return await sameAsBefore(machine);
    },
  ],
];
