// SIGHUP and alerts: switched on, off, and to another address in a running mvm-sync, they come or stay away.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";

import { startDevnet } from "../../examples/devnet/devnet.ts";
import { openReceiver } from "../helpers/alert-lab.ts";
import { startSync, startWith, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const LONG_MS = 60_000;
const SLOT_MS = 6000;

/** Whoever sleeps makes few blocks too: that is told elsewhere. */
const QUIET = "min_expected_blocks = 100000\n";

test(
  "alerts switched on tell what happens from then on, to the address of the latest file, and a bad file changes nothing",
  async () => {
    // Alerts of turns need blocks of the present: its history ends now.
    await using devnet = await openDevnet();
    await using first = openReceiver();
    await using second = openReceiver();
    using folder = temporaryFolder();
    const [config, file] = [folder.file("mvm.toml"), folder.file("mvm.db")];
    const keystore = folder.file("keystore");
    mkdirSync(keystore);
    await devnet.writeKeystore(keystore, 0);
    const write = (alerts: string): void =>
      writeFileSync(config, `[validator]\nkeystore_path = "${keystore}"\n[alerts]\n${alerts}`);
    const on = (url: string): string => `enabled = true\nwebhook_url = "${url}/hook"\n${QUIET}`;
    write(on(first.url).replace("true", "false"));
    await using sync = startSync(devnet.url, file, "--config", config);
    await sync.until("following", () => sync.log().includes("synced at"));
    devnet.setAbsent([0]);
    const reload = async (alerts: string, says: string): Promise<void> => {
      write(alerts);
      sync.kill("SIGHUP");
      await sync.until(says, () => sync.log().includes(says));
    };
    /** On by ten slots at a time, until some of ours went by. */
    const grow = async (): Promise<void> => {
      const { missed } = devnet.truth();
      for (let i = 0; i < 2 || devnet.truth().missed.length < missed.length + 3; i++) {
        await devnet.step(10);
        const { finalized } = devnet.truth();
        await sync.until("stored", () => storedHeights(file).finalized >= finalized);
      }
    };
    await grow();
    expect(sync.log()).not.toContain("alert missed-slot");

    await reload(on(first.url), "alerts.enabled false → true, in effect");
    await grow();
    // Not always first: the chain's clock runs ahead as it is stepped, and the checks may see that before.
    const isMissed = ({ body }: { body: Record<string, unknown> }): boolean =>
      body["kind"] === "missed-slot";
    await sync.until("the missed slot told", () => first.received.some(isMissed));

    await reload(`${on(second.url)}missed_in_row = 0\n`, "not reloaded");
    const before = first.received.length;
    await grow();
    await first.until(before + 1);
    expect(second.received).toEqual([]);

    await reload(on(second.url), "alerts.webhook_url changed, in effect");
    await grow();
    await second.until(1);

    await reload(on(second.url).replace("true", "false"), "alerts.enabled true → false, in effect");
    const told = sync.log().length;
    await grow();
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    expect(sync.log().slice(told)).toContain("missed before:");
    expect(sync.log().slice(told)).not.toContain("alert ");
    expect(sync.log()).not.toContain("/hook");
  },
  LONG_MS,
);

test.each([
  ["another", 'url = "ws://127.0.0.1:1"', "rpc.url"],
  ["several others", 'urls = ["ws://127.0.0.1:1", "ws://127.0.0.1:2"]', "rpc.urls"],
])(
  "the checks stay with the node that is synced though the file by now names %s; where else they look is taken over",
  async (_, named, key) => {
    await using devnet = await openDevnet();
    devnet.setFaults({ noPeers: true });
    await using receiver = openReceiver();
    using folder = temporaryFolder();
    const config = folder.file("mvm.toml");
    const alerts = `[alerts]\nenabled = true\nnode_down_secs = 0\nwebhook_url = "${receiver.url}"\n`;
    writeFileSync(config, `${alerts}[rpc]\nurl = "${devnet.url}"\n`);
    const words = ["-d", folder.file("mvm.db"), "--config", config];
    await using sync = startWith(...words);
    await sync.until("following", () => sync.log().includes("synced at"));
    writeFileSync(
      config,
      `${alerts}[rpc]\n${named}\nmetrics_url = "${devnet.metricsUrl}"\n[view]\nexpected_ip = "192.0.2.1"\n`,
    );
    sync.kill("SIGHUP");
    // What waits for a restart is said last.
    const waits = new RegExp(`${key} .*→ ws://127\\.0\\.0\\.1:1.*: needs a restart`);
    await sync.until("the changes", () => waits.test(sync.log()));
    expect(sync.log()).toContain("view.expected_ip not set → 192.0.2.1");
    expect(sync.log()).toMatch(/rpc\.metrics_url not set → \S+, in effect/);
    await receiver.until(1);
    const kinds = receiver.received.map(({ body }) => body["kind"]);
    expect(kinds).toContain("peers-low");
    expect(kinds).not.toContain("node-unreachable");
  },
  LONG_MS,
);

async function openDevnet() {
  const devnet = await startDevnet({
    ...{ seed: "reload", history: 60, endSlot: Math.floor(Date.now() / SLOT_MS), clock: "manual" },
    ...{ slotMs: SLOT_MS, slotsPerEpoch: 40, seats: 40, validators: 4, permissioned: 2 },
    ...{ missRate: 0, forkRate: 0, pruning: "archive" },
  });
  return { ...devnet, [Symbol.asyncDispose]: async () => await devnet.stop() };
}
