// Installing, and looking at what is there.
import type { Steps } from "./inside.ts";
import { files, grows, must, property, shows, snapshot, startNode, until } from "./inside.ts";

export const INSTALL_STEPS: Steps = [
  [
    "the units hold nothing systemd does not know",
    async (machine) => {
      snapshot.before = await files(machine);
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
];
