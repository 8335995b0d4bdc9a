// The node's process and its machine from their metrics, real ones of a devnet and made ones of node_exporter.
import { expect, test } from "bun:test";

import { parseMetrics } from "../../../core/chain/metrics.ts";
import { describeMachine } from "../../../core/health/machine.ts";
import { observe } from "../../../core/health/observe.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

const HOST = `
node_load1 0.42
node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 360
node_filesystem_size_bytes{mountpoint="/",fstype="ext4"} 1000
node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"} 700
node_filesystem_size_bytes{mountpoint="/data",fstype="ext4"} 1000
node_filesystem_avail_bytes{mountpoint="/data",fstype="ext4"} 310
node_filesystem_size_bytes{mountpoint="/run",fstype="tmpfs"} 1000
node_filesystem_avail_bytes{mountpoint="/run",fstype="tmpfs"} 1
`;

test("a node with metrics tells its age, its connections, its traffic and its pool", async () => {
  await using devnet = await startSmallDevnet();
  const told = await observe({ ...ask(devnet.url), metricsUrl: devnet.metricsUrl });
  const machine = describeMachine(told);
  // As the node's own page has it: 9 opened and 4 closed, 15 and 8.
  expect(machine).toMatchObject({ peersIn: 5, peersOut: 7, poolReady: 0, load: null });
  expect(machine.bytesIn).toBeGreaterThan(0);
  expect(machine.peerId).toStartWith("12D3KooW");
  expect(Date.parse(machine.startedAt ?? "")).toBeLessThanOrEqual(Date.now());
  // It listens on the loopback alone.
  expect(machine.address).toBeNull();
});

test("without metrics nothing is told, and nothing is zero", async () => {
  await using devnet = await startSmallDevnet();
  const machine = describeMachine(await observe(ask(devnet.url)));
  const { peerId, ...rest } = machine;
  expect(peerId).not.toBeNull();
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
});

test("of the machine the fullest real disk counts, and the memory that is in use", async () => {
  await using devnet = await startSmallDevnet();
  const told = await observe(ask(devnet.url));
  const machine = describeMachine({ ...told, host: { value: parseMetrics(HOST) } });
  expect(machine).toMatchObject({ load: 0.42, memoryUsedPercent: 64, diskFreePercent: 31 });
});

test("the public address is the first that is no private one", async () => {
  await using devnet = await startSmallDevnet();
  const told = await observe(ask(devnet.url));
  const listenAddresses = {
    value: ["/ip4/10.0.0.7/tcp/30333", "/ip4/203.0.113.7/tcp/30333/p2p/x"],
  };
  expect(describeMachine({ ...told, listenAddresses }).address).toBe("203.0.113.7:30333");
  const externalAddresses = { value: ["/ip6/2001:db8::7/tcp/30334"] };
  const both = { ...told, listenAddresses, externalAddresses };
  expect(describeMachine(both).address).toBe("[2001:db8::7]:30334");
});

function ask(url: string) {
  return { node: [url], metricsUrl: null, nodeExporterUrl: null, ours: [], timeoutMs: 10_000 };
}
