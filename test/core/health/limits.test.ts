// Limits that no test can reach for real: a real look with one number changed.
import { beforeAll, describe, expect, test } from "bun:test";

import type { FileFacts } from "../../../core/health/file.ts";
import { readFileFacts } from "../../../core/health/file.ts";
import { judgeHealth } from "../../../core/health/health.ts";
import type { Observation } from "../../../core/health/observe.ts";
import { observe } from "../../../core/health/observe.ts";
import type { Check } from "../../../core/health/report.ts";
import { missing, valueOf } from "../../../core/health/told.ts";
import type { OurValidator } from "../../../core/ours.ts";
import { readOurs } from "../../../core/ours.ts";
import { openReadable } from "../../../core/storage/open.ts";
import { openWorld } from "../../helpers/health-world.ts";

let looked: Observation;
let facts: FileFacts;
let ours: OurValidator[];

beforeAll(async () => {
  await using world = await openWorld();
  const { devnet, keystore, file } = world;
  ours = readOurs([{ keystore_path: keystore, keys_file: null, label: "Watched" }]);
  const now = (): number => devnet.timeMs();
  const place = { node: [devnet.url], metricsUrl: null, nodeExporterUrl: null };
  looked = await observe({ ...place, ours, timeoutMs: 3000, now });
  using db = openReadable(file);
  facts = readFileFacts(db, file, ours);
});

function judge(
  name: Check["name"],
  observation: Partial<Observation>,
  file: Partial<FileFacts> = {},
): Check {
  const { checks } = judgeHealth({
    nodes: ["ws://devnet"],
    expectedAddress: "203.0.113.7",
    network: null,
    thresholdPercent: 80,
    minExpectedBlocks: 5,
    minPeers: 3,
    finalityLagBlocks: 100,
    observation: { ...looked, ...observation },
    fileState: { kind: "read", facts: { ...facts, ...file } },
    ours,
  });
  const found = checks.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

test("finality: 100 blocks behind are fine, 101 a warning, 601 critical", () => {
  const best = valueOf(looked.best);
  if (best === null) throw new Error("no best block");
  const behind = (blocks: number) => {
    const finalized = { value: { ...best, number: best.number - blocks } };
    return judge("chain.finality", { finalized }).verdict;
  };
  expect([0, 100, 101, 600, 601].map(behind)).toEqual([
    "ok",
    "ok",
    "warning",
    "warning",
    "critical",
  ]);
});

test("block age: fine up to three slots, a warning up to ten, critical past them", () => {
  const slot = valueOf(looked.best)?.digest.slot ?? 0;
  const aged = (slots: number) => judge("chain.block-age", { atMs: (slot + slots) * 6000 }).verdict;
  expect([0, 3, 4, 10, 11].map(aged)).toEqual(["ok", "ok", "warning", "warning", "critical"]);
});

test("peers: none is critical, two a warning, three fine; on a chain that needs none all is fine", () => {
  const peers = (count: number, shouldHavePeers = true) =>
    judge("node.peers", { health: { value: { peers: count, syncing: false, shouldHavePeers } } })
      .verdict;
  expect([0, 1, 2, 3].map((count) => peers(count))).toEqual([
    "critical",
    "warning",
    "warning",
    "ok",
  ]);
  expect(peers(0, false)).toBe("ok");
});

test("a slow answer is a warning", () => {
  const slow = (latencyMs: number) =>
    judge("node.latency", { reachable: { value: { transport: "websocket", latencyMs } } });
  expect(slow(999).verdict).toBe("ok");
  expect(slow(1500)).toMatchObject({ verdict: "warning", value: 1500, unit: "ms" });
});

test("a disk is low when both the free part and the free bytes are small", () => {
  const disk = (freeBytes: number, totalBytes: number) =>
    judge("database.disk", {}, { disk: { freeBytes, totalBytes } }).verdict;
  expect(disk(50e9, 100e9)).toBe("ok");
  expect(disk(9e9, 100e9)).toBe("warning");
  expect(disk(4e9, 100e9)).toBe("critical");
  // Four per cent of four terabytes last for years; half of a small disk is half.
  expect(disk(160e9, 4e12)).toBe("ok");
  expect(disk(4e9, 8e9)).toBe("ok");
  expect(judge("database.disk", {}, { disk: null }).verdict).toBe("unknown");
});

describe("the node's address", () => {
  const judgeAddress = (listening: string[], external: string[] | null) =>
    judge("node.address", {
      listenAddresses: { value: listening },
      externalAddresses: external === null ? missing("unsafe") : { value: external },
    });

  test("is right when it listens there, or is known there", () => {
    expect(judgeAddress(["/ip4/203.0.113.7/tcp/30333/p2p/x"], null).verdict).toBe("ok");
    const external = ["/ip4/203.0.113.7/tcp/30333"];
    expect(judgeAddress(["/ip4/10.0.0.2/tcp/30333"], external).verdict).toBe("ok");
  });

  test("is wrong when it is another public one, even one that begins alike", () => {
    const { verdict, message } = judgeAddress(["/ip4/203.0.113.70/tcp/30333"], null);
    expect(verdict).toBe("warning");
    expect(message).toContain("203.0.113.70");
  });

  test("is not known behind a router where the public one is hidden", () => {
    const addresses = ["/ip4/192.168.1.5/tcp/30333", "/ip4/127.0.0.1/tcp/30333"];
    expect(judgeAddress(addresses, null).verdict).toBe("unknown");
  });
});

test("under BABE nobody's next turn is told", () => {
  const best = valueOf(looked.best);
  if (best === null) throw new Error("no best block");
  const value = { ...best, digest: { ...best.digest, engine: "babe" as const } };
  expect(judge("validator.next-slot", { best: { value } })).toMatchObject({
    verdict: "unknown",
    value: null,
  });
});

test("pruned state, a method that is not there, and one that is hidden are told apart", () => {
  const said = (reason: Parameters<typeof missing>[0]) =>
    judge("validator.committee", { authorities: missing(reason) });
  expect(said("discarded").message).toContain("that state is pruned");
  expect(said("unsupported").message).toContain("this node does not tell");
  expect(said("unsafe").message).toContain("hidden by safe RPC");
  for (const reason of ["discarded", "unsupported", "unsafe"] as const) {
    expect(said(reason).verdict).toBe("unknown");
  }
});
