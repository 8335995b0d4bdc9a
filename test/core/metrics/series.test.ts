import { expect, test } from "bun:test";

import { openSeries } from "../../../core/metrics/series.ts";
import type { Snapshot, ValidatorFigures } from "../../../core/metrics/snapshot.ts";

const VALIDATOR: ValidatorFigures = {
  ...{ id: "home", blocks: 900, missed: 7, orphaned: 2 },
  ...{ epochBlocks: 3, epochMissed: 1, epochExpected: 4 },
  ...{ seats: 5, nextSeats: null, registered: true },
  ...{ nextSlotTimeMs: 1_700_000_000_500, lastBlock: null },
};

const SNAPSHOT: Snapshot = {
  ...{ chain: "Midnight Devnet", lastBlock: 100, lastBlockTimeMs: 1_700_000_000_000 },
  ...{ finalizedBlock: 98, nodeBlock: 103, nodePeers: null, blocksPerSecond: 0.2 },
  ...{ epoch: { number: 12, progress: 0.5 }, mainchainEpoch: null },
  ...{ unattributed: 0, missed: 40, orphaned: 3, databaseBytes: 4096 },
  checks: [
    {
      ...{ name: "chain.block-age", subject: null, verdict: "warning", value: 30, unit: "s" },
      ...{ message: "late", hint: null },
    },
    {
      ...{ name: "validator.loaded", subject: 'a"b\\c\n', verdict: "unknown", value: null },
      ...{ unit: null, message: "hidden by safe RPC", hint: null },
    },
  ],
  openAlerts: { critical: 1 },
  validators: [VALIDATOR],
};

async function samples(snapshot: Snapshot, series = open()): Promise<string[]> {
  const { body } = await series.render(snapshot);
  return body.split("\n").filter((line) => line.startsWith("mvm_"));
}

function open() {
  return openSeries({ version: "1.2.3", commit: "abc" });
}

test("what is known is exported under the names operators use", async () => {
  const lines = await samples(SNAPSHOT);
  expect(lines).toContain('mvm_sync_last_block{chain="Midnight Devnet"} 100');
  expect(lines).toContain('mvm_sync_blocks_behind{chain="Midnight Devnet"} 3');
  expect(lines).toContain(
    'mvm_validator_blocks_total{chain="Midnight Devnet",validator="home"} 900',
  );
  expect(lines).toContain(
    'mvm_validator_next_slot_time_seconds{chain="Midnight Devnet",validator="home"} 1700000000.5',
  );
  expect(lines).toContain('mvm_check_status{check="chain.block-age",validator=""} 1');
  expect(lines).toContain('mvm_alerts_open{severity="critical"} 1');
  expect(lines).toContain('mvm_build_info{version="1.2.3",commit="abc"} 1');
});

test("what is not known is left out, and an unknown check is 3", async () => {
  const lines = (await samples(SNAPSHOT)).join("\n");
  expect(lines).not.toContain("mvm_node_peers");
  expect(lines).not.toContain("mvm_mainchain_epoch");
  expect(lines).not.toContain("committee_seats_next{");
  expect(lines).not.toContain('mvm_check_value{check="validator.loaded"');
  expect(lines).toContain('mvm_check_status{check="validator.loaded",validator="a\\"b\\\\c\\n"} 3');
});

test("a second page holds the second moment alone", async () => {
  const series = open();
  await samples(SNAPSHOT, series);
  const later = await samples(
    {
      ...SNAPSHOT,
      lastBlock: null,
      lastBlockTimeMs: null,
      checks: [],
      openAlerts: {},
      validators: [],
    },
    series,
  );
  expect(later.filter((line) => /^mvm_(?:validator|check|alerts|sync_last)/.test(line))).toEqual(
    [],
  );
});

test("counters say the number of the file, not the sum of all pages", async () => {
  const series = open();
  await samples(SNAPSHOT, series);
  expect(await samples(SNAPSHOT, series)).toContain(
    'mvm_validator_missed_total{chain="Midnight Devnet",validator="home"} 7',
  );
});

test("requests are counted into seconds", async () => {
  const series = open();
  series.observeRequest("chain_getHeader", 20, "ok");
  const lines = await samples(SNAPSHOT, series);
  expect(lines).toContain(
    'mvm_rpc_request_duration_seconds_bucket{le="0.05",method="chain_getHeader",outcome="ok"} 1',
  );
});
