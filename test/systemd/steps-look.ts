import type { Steps } from "./inside.ts";
import { grows, must, property, shows, startNode, UNIT, until } from "./inside.ts";
// What is asked of a running service: the dashboard, health checks, log levels, log files, a closed keystore.
import type { Machine } from "./machine.ts";

const KEYSTORE = "/opt/midnight/node/chains/midnight/keystore";
/** aura, and a public key. */
const KEY_FILE = `61757261${"ab".repeat(32)}`;

async function result({ sh }: Machine): Promise<string> {
  await sh("systemctl start mvm-status.service");
  return (await sh("systemctl show mvm-status.service -p Result,ExecMainStatus --value")).out;
}

export const LOOK_STEPS: Steps = [
  [
    "the dashboard opens on a terminal for a member of the group",
    async (machine) => {
      await must(machine, "useradd -m -G mvm alice");
      const view = "stty rows 40 cols 120; exec mvm-view";
      const { code, out } = await machine.sh(
        `(sleep 4; printf q) | su alice -c "cd; TERM=xterm-256color script -qec '${view}' /dev/null"`,
      );
      await must(machine, "userdel -r alice 2>/dev/null");
      if (code !== 0) throw new Error(`exit ${code}\n${out.slice(-2000)}`);
      shows(Bun.stripANSI(out), /Recent Blocks/);
      return "";
    },
  ],
  [
    "the timer fires, and only a critical check fails its unit",
    async (machine) => {
      await must(machine, "cd /opt/mvm && ./install.sh --with-status-timer");
      const drop = "/run/systemd/system/mvm-status.timer.d";
      const soon = "[Timer]\\nOnActiveSec=1s\\nRandomizedDelaySec=0\\nAccuracySec=1s\\n";
      await must(machine, `mkdir -p ${drop}; printf '${soon}' > ${drop}/test.conf`);
      await must(machine, "systemctl daemon-reload; systemctl restart mvm-status.timer");
      const fired = "journalctl -u mvm-status.service -o cat | grep -q 'Finished\\|Main process'";
      await until("the check", 30, async () => (await machine.sh(fired)).code === 0);
      await must(machine, `rm -r ${drop}; systemctl daemon-reload`);
      const well = await result(machine);
      shows(well, /success/);
      await must(machine, `systemctl stop devnet`);
      const ill = await result(machine);
      shows(ill, /exit-code/);
      shows(ill, /^2$/m);
      await must(machine, `systemctl stop ${UNIT}; rm -f /var/lib/mvm/mvm.db*`);
      await startNode(machine);
      await must(machine, `systemctl start ${UNIT}; systemctl reset-failed mvm-status.service`);
      return `node there: ${well.replaceAll("\n", " ")}; away: ${ill.replaceAll("\n", " ")}`;
    },
  ],
  [
    "the journal keeps each line's priority and unit as fields",
    async (machine) => {
      const out = await must(machine, "journalctl -t mvm-sync -n 1 -o json --no-pager");
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what journald writes
      const fields = JSON.parse(out) as Record<string, unknown>;
      shows(String(fields["PRIORITY"]), /^[3-7]$/);
      shows(String(fields["_SYSTEMD_UNIT"]), /^mvm-sync\.service$/);
      // The prefix was taken off again.
      shows(String(fields["MESSAGE"]), /^(?!<)/);
      return `priority ${String(fields["PRIORITY"])}`;
    },
  ],
  [
    "a reload takes another log level without a restart",
    async (machine) => {
      await grows(machine);
      const pid = await must(machine, `systemctl show ${UNIT} -p MainPID --value`);
      await must(machine, "cp -a /etc/mvm/config.toml /root/good.toml");
      await must(machine, `sed -i 's/^#level = "info"/level = "debug"/' /etc/mvm/config.toml`);
      await must(machine, `systemctl reload ${UNIT}`);
      const debug = "journalctl -t mvm-sync -o cat | grep -q ^debug";
      const took = await until(
        "a debug line",
        20,
        async () => (await machine.sh(debug)).code === 0,
      );
      await must(machine, "cp -a /root/good.toml /etc/mvm/config.toml; rm /root/good.toml");
      await must(machine, `systemctl reload ${UNIT}`);
      shows(await must(machine, `systemctl show ${UNIT} -p MainPID --value`), RegExp(`^${pid}$`));
      return `${took.toFixed(1)} s`;
    },
  ],
  [
    "reloaded in the moment it starts, it comes back",
    async (machine) => {
      await must(machine, `systemctl restart ${UNIT} && systemctl reload ${UNIT}`);
      const isUp = async () => (await property(machine, "SubState")) === "running";
      await Bun.sleep(1000);
      const took = await until("up", 30, isUp);
      await grows(machine);
      return `after ${(took + 1).toFixed(1)} s`;
    },
  ],
  [
    "a log file is turned over by the rules that were installed",
    async (machine) => {
      const log = "/var/log/mvm/sync.log";
      await must(machine, "cp -a /etc/mvm/config.toml /root/good.toml");
      await must(machine, `sed -i 's|^#log_file = .*|log_file = "${log}"|' /etc/mvm/config.toml`);
      await must(machine, `systemctl restart ${UNIT}`);
      await until("lines", 20, async () => (await machine.sh(`test -s ${log}`)).code === 0);
      await must(machine, "logrotate -f /etc/logrotate.d/mvm");
      await must(machine, `test -s ${log}.1`);
      await until("new lines", 20, async () => (await machine.sh(`test -s ${log}`)).code === 0);
      shows(await must(machine, `stat -c '%U %a' ${log}`), /^mvm 640$/);
      await must(machine, "cp -a /root/good.toml /etc/mvm/config.toml; rm /root/good.toml");
      await must(machine, `systemctl restart ${UNIT}`);
      return "";
    },
  ],
  [
    "of a closed keystore the names can be had by a list entry, the contents cannot",
    async (machine) => {
      await must(machine, `mkdir -p ${KEYSTORE} && printf secret > ${KEYSTORE}/${KEY_FILE}`);
      await must(machine, `chmod 0600 ${KEYSTORE}/* && chmod 0700 ${KEYSTORE}`);
      const keys = `su -s /bin/sh mvm -c 'cd; mvm keys show --keystore ${KEYSTORE}'`;
      if ((await machine.sh(keys)).code === 0) throw new Error("a closed folder was listed");
      await must(machine, `setfacl -m u:mvm:rx ${KEYSTORE}`);
      shows(await must(machine, keys), /abababab/);
      const { code } = await machine.sh(`su -s /bin/sh mvm -c 'cat ${KEYSTORE}/${KEY_FILE}'`);
      if (code === 0) throw new Error("the contents can be read");
      await must(machine, "rm -r /opt/midnight");
      return "";
    },
  ],
];
