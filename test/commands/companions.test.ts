// What runs beside the sync: its own looks at a real node, at the pace it is given.
import { expect, test } from "bun:test";

import { prepareCompanions } from "../../commands/_companions.ts";
import { loadSettings } from "../../commands/_settings.ts";
import { readOurs } from "../../core/ours.ts";
import { openWritable } from "../../core/storage/open.ts";
import { openKeptLog, openReceiver } from "../helpers/alert-lab.ts";
import { openWorld, writeSettings } from "../helpers/health-world.ts";

test("a node without peers is told, and its recovery, by the looks of the companions alone", async () => {
  await using world = await openWorld({ endSlot: Math.floor(Date.now() / 6000) });
  await using receiver = openReceiver();
  const { devnet } = world;
  Object.assign(world.settings, {
    rpc: `url = "${devnet.url}"`,
    database: `path = "${world.file}"`,
    validator: `keystore_path = "${world.keystore}"`,
    alerts: `enabled = true\nwebhook_url = "${receiver.url}/hook"\ncooldown_secs = 0`,
  });
  const config = await loadSettings({ config: await writeSettings(world) }, {}, []);
  const log = openKeptLog();
  const ours = readOurs(config.validators);
  const companions = prepareCompanions(config, ours, { firstMs: 1, everyMs: 50 });
  devnet.setFaults({ noPeers: true });
  {
    using file = openWritable(world.file);
    await using _beside = companions.open({ db: file.db, log });
    await receiver.until(1);
    devnet.setFaults({ noPeers: false });
    await receiver.until(2);
    // A fault of the wrong kind of settings is refused before anything changes.
    expect(() =>
      companions.prepareReload(
        { ...config, alerts: { ...config.alerts, quiet_hours: "late" } },
        ours,
      ),
    ).toThrow("late");
    companions.prepareReload({ ...config, alerts: { ...config.alerts, enabled: false } }, ours)();
    devnet.setFaults({ noPeers: true });
    await Bun.sleep(300);
  }
  const told = receiver.received.map(
    ({ body }) => `${String(body["action"])} ${String(body["kind"])}`,
  );
  expect(told).toEqual(["raise peers-low", "recover peers-low"]);
});
