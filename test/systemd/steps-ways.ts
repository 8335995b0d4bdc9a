// Other ways to come and go: beside another tool of the same name, from a signed release, compact, by another user.
import { must, property, sameAsBefore, shows, until } from "./inside.ts";
import type { Steps } from "./inside.ts";

/** What the Rust tool leaves on a machine: an executable and a unit of our names. */
const OTHERS = `printf '#!/bin/sh\\nsleep 1000\\n' > /usr/local/bin/mvm && chmod 755 /usr/local/bin/mvm &&
  printf '[Service]\\nExecStart=/usr/local/bin/mvm\\n' > /etc/systemd/system/mvm-sync.service &&
  systemctl daemon-reload && systemctl start mvm-sync`;

export const WAYS_STEPS: Steps = [
  [
    "another tool's files of our names are set aside, and are back after the removal",
    async (machine) => {
      await must(machine, OTHERS);
      const sums = "sha256sum /usr/local/bin/mvm /etc/systemd/system/mvm-sync.service";
      const before = await must(machine, sums);
      const out = await must(machine, "cd /opt/mvm && ./install.sh");
      shows(out, /stopped mvm-sync\.service, which was not of this mvm/);
      shows(out, /\/usr\/local\/bin\/mvm was there already: kept as/);
      shows(await must(machine, "mvm --version"), /^mvm \d/);
      shows(await property(machine, "ActiveState"), /^active$/);
      await must(machine, "cd /opt/mvm && ./uninstall.sh --purge");
      if ((await must(machine, sums)) !== before) throw new Error("they are not as they were");
      await must(machine, "rm /usr/local/bin/mvm /etc/systemd/system/mvm-sync.service");
      await must(machine, "systemctl daemon-reload");
      return await sameAsBefore(machine);
    },
  ],
  [
    "a dry run says what would be done and does nothing",
    async (machine) => {
      shows(await must(machine, "cd /opt/mvm && ./install.sh --dry-run"), /dry run: \d\d files/);
      return await sameAsBefore(machine);
    },
  ],
  [
    "a release that was changed, or signed by somebody else, is refused before anything is touched",
    async (machine) => {
      const install = "./install.sh --signers /opt/signers";
      const forged = await machine.sh(`cd /opt/rel && ./install.sh --signers /opt/others`);
      if (forged.code === 0) throw new Error("a stranger's signature was good enough");
      shows(forged.out, /not signed by a key of/);
      await must(machine, "cp -a /opt/rel /opt/bad && echo >> /opt/bad/units/mvm-sync.service");
      const changed = await machine.sh(`cd /opt/bad && ${install}`);
      if (changed.code === 0) throw new Error("a changed file was good enough");
      shows(changed.out, /differs from SHA256SUMS/);
      await must(machine, "rm -r /opt/bad");
      return await sameAsBefore(machine);
    },
  ],
  [
    "from a release, compact, as another user, not started; started by the next install",
    async (machine) => {
      const flags = "--signers /opt/signers --compact --user watcher --no-start";
      await must(machine, `cd /opt/rel && ./install.sh ${flags}`);
      shows(await property(machine, "ActiveState"), /^inactive$/);
      shows(await property(machine, "UnitFileState"), /^disabled$/);
      shows(await must(machine, "readlink /usr/local/bin/mvm-sync"), /^mvm$/);
      await must(machine, "cd /opt/rel && ./install.sh");
      await until("up", 10, async () => (await property(machine, "SubState")) === "running");
      shows(await property(machine, "User"), /^watcher$/);
      shows(await property(machine, "UnitFileState"), /^enabled$/);
      await must(machine, "cd /opt/rel && ./uninstall.sh --purge");
      return await sameAsBefore(machine);
    },
  ],
];
