// What happens to a running service.
import type { Steps } from "./inside.ts";
import { grows, lastBlock, must, property, shows, startNode, UNIT, until } from "./inside.ts";

/** Blocks of the first sync that is stopped. */
const HISTORY = 20_000;

export const SERVICE_STEPS: Steps = [
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
      await must(machine, `systemctl stop ${UNIT} devnet; rm -f /var/lib/mvm/mvm.db*`);
      await startNode(machine, HISTORY);
      // Once its log holds some blocks it is in the middle.
      const wait = `for i in $(seq 500); do [ "$(stat -c %s /var/lib/mvm/mvm.db-wal 2>/dev/null || echo 0)" -lt 600000 ] || break; sleep 0.01; done`;
      const took = await must(
        machine,
        `systemctl start ${UNIT}; ${wait}; date +%s.%N; systemctl stop ${UNIT}; date +%s.%N`,
      );
      const [from = 0, to = 0] = took.split("\n").map(Number);
      const seconds = to - from;
      if (!(seconds < 2)) throw new Error(`took ${seconds.toFixed(1)} s`);
      const reached = await lastBlock(machine);
      if (reached === 0 || reached >= HISTORY) throw new Error(`stopped at block ${reached}`);
      shows(await property(machine, "Result"), /^success$/);
      await must(machine, `systemctl start ${UNIT}`);
      await grows(machine);
      return `${seconds.toFixed(2)} s, at block ${reached} of ${HISTORY}`;
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
      const urgent = await must(machine, `journalctl -b -t mvm-sync -p warning -o cat`);
      shows(urgent, /^warn /);
      if (/^(?:info|debug) /m.test(urgent)) throw new Error(urgent);
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
];
