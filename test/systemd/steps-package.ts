// The packages: what they hold, and the life of the .deb.
import { $ } from "bun";

import type { Steps } from "./inside.ts";
import { grows, must, property, sameAsBefore, shows, until } from "./inside.ts";

export const PACKAGE_STEPS: Steps = [
  [
    "the .deb installs and runs, upgrades an older one, keeps data when removed",
    async (machine) => {
      // The same package under an older number.
      await must(
        machine,
        "cd /opt && dpkg-deb -R release/*.deb old && sed -i 's/^Version: .*/Version: 0.2.0/' old/DEBIAN/control && dpkg-deb -Znone -b old old.deb",
      );
      await must(machine, "dpkg -i /opt/old.deb");
      await until("up", 10, async () => (await property(machine, "ActiveState")) === "active");
      await grows(machine);
      const pid = await property(machine, "MainPID");
      await must(machine, "dpkg -i /opt/release/*.deb");
      await until("up", 10, async () => (await property(machine, "SubState")) === "running");
      if ((await property(machine, "MainPID")) === pid) throw new Error("the old one still runs");
      shows(await must(machine, "mvm-sync --version"), /^mvm-sync /);
      const note = await grows(machine);
      await must(machine, "dpkg -r mvm && test -f /var/lib/mvm/mvm.db -a -f /etc/mvm/config.toml");
      shows(await property(machine, "ActiveState"), /^(?:inactive|failed)$/);
      return note;
    },
  ],
  [
    "purged, the .deb leaves nothing of ours",
    async (machine) => {
      await must(machine, "dpkg -P mvm");
      return await sameAsBefore(machine);
    },
  ],
  [
    "the .rpm holds the same files",
    async (machine) => {
      const names = "sed 's/[.]gz$//; /[/]$/d' | sort";
      // Asked where it was built: a Debian need not know the other kind.
      if (Bun.which("rpmbuild") === null) return "left out: no rpmbuild here";
      const file = `${machine.root}/opt/release/*.rpm`;
      const rpm = (await $`sh -c ${`rpm -qpl ${file} 2>/dev/null | ${names}`}`.text()).trimEnd();
      const deb = await must(
        machine,
        `dpkg-deb -c /opt/release/*.deb | awk '{ print substr($6, 2) }' | ${names}`,
      );
      if (rpm !== deb) throw new Error(`rpm:\n${rpm}\ndeb:\n${deb}`);
      shows(rpm, /^\/usr\/bin\/mvm$/m);
      return `${rpm.split("\n").length} files`;
    },
  ],
];
