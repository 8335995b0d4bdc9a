import { describe, expect, test } from "bun:test";

import {
  epochFirstSlot,
  epochOf,
  mainchainEpochAt,
  mainchainFromChainName,
  mainchainFromStatus,
  slotAt,
  slotTimeMs,
} from "../../core/time.ts";
import type { MainchainParams } from "../../core/types.ts";
import { HAVE_VECTORS, readVectors } from "../helpers/vectors.ts";

const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: 300 };
const NETWORKS = ["preview", "preprod", "mainnet"] as const;
const DAY_MS = 86_400_000;

function paramsOf(network: string): MainchainParams {
  const params = mainchainFromChainName(`Midnight ${network}`);
  if (params === undefined) throw new Error(`no parameters for ${network}`);
  return params;
}

describe("slots and epochs", () => {
  test("a mainnet slot has the time of its recorded block", () => {
    expect(new Date(slotTimeMs(297_426_104, CHAIN)).toISOString()).toBe("2026-07-20T14:10:24.000Z");
    expect(slotAt(Date.parse("2026-07-20T14:10:24.431Z"), CHAIN)).toBe(297_426_104);
    expect(slotAt(Date.parse("2026-07-20T14:10:29.999Z"), CHAIN)).toBe(297_426_104);
    expect(slotAt(Date.parse("2026-07-20T14:10:30.000Z"), CHAIN)).toBe(297_426_105);
  });

  test("an epoch is slots divided by the slots an epoch has, on this chain", () => {
    expect([0, 299, 300, 599].map((slot) => epochOf(slot, CHAIN))).toEqual([0, 0, 1, 1]);
    expect(epochFirstSlot(epochOf(297_426_104, CHAIN), CHAIN)).toBeLessThanOrEqual(297_426_104);
    // The retired test network: 1200 slots an epoch, epoch 245638 began at 2026-01-16T20:00Z.
    const testnet = { slotDurationMs: 6000, slotsPerEpoch: 1200 };
    const slot = slotAt(Date.parse("2026-01-16T20:00:00Z"), testnet);
    expect(epochOf(slot, testnet)).toBe(245_638);
    expect(epochFirstSlot(245_638, testnet)).toBe(slot);
  });
});

describe("Cardano epochs", () => {
  test.skipIf(!HAVE_VECTORS)("are counted with each network's own parameters", async () => {
    type Vector = Record<string, number>;
    const vectors = await readVectors<Record<string, Vector>>("cardano_epoch_params");
    for (const network of NETWORKS) {
      const expected = vectors[network] ?? {};
      expect(paramsOf(network)).toEqual({
        network,
        firstEpochTimestampMs: expected["first_epoch_timestamp_millis"] ?? 0,
        firstEpoch: expected["first_epoch_number"] ?? 0,
        firstSlot: expected["first_slot_number"] ?? 0,
        epochDurationMs: expected["epoch_duration_millis"] ?? 0,
        slotDurationMs: expected["slot_duration_millis"] ?? 0,
      });
    }
  });

  test("begin where the network says, and not where a node computes them without the first epoch", () => {
    // `sidechain_getStatus` says first + epoch × duration: right on preview, 20 days late on preprod,
    // 1040 days late on mainnet.
    const late = NETWORKS.map((network) => {
      const params = paramsOf(network);
      const epoch = params.firstEpoch + 100;
      const begins = params.firstEpochTimestampMs + 100 * params.epochDurationMs;
      expect(mainchainEpochAt(begins, params)).toBe(epoch);
      expect(mainchainEpochAt(begins - 1, params)).toBe(epoch - 1);
      const claimed = params.firstEpochTimestampMs + epoch * params.epochDurationMs;
      return (claimed - begins) / DAY_MS;
    });
    expect(late).toEqual([0, 20, 1040]);
  });

  for (const network of NETWORKS) {
    test(`tell that a node follows ${network} by one epoch and slot`, () => {
      const params = paramsOf(network);
      for (const day of ["2024-03-01", "2026-07-20", "2027-11-11"]) {
        const timeMs = Date.parse(`${day}T12:34:56Z`);
        const slot = params.firstSlot + Math.floor((timeMs - params.firstEpochTimestampMs) / 1000);
        expect(mainchainFromStatus(mainchainEpochAt(timeMs, params), slot)?.network).toBe(network);
      }
    });
  }

  test("stay unknown where no network fits what the node reports", () => {
    expect(mainchainFromStatus(500, 12)).toBeUndefined();
    expect(mainchainFromStatus(0, -5)).toBeUndefined();
    expect(mainchainFromStatus(1_000_000, 1)).toBeUndefined();
  });

  test("are paired with a chain's name only where the documentation pairs them", () => {
    expect(mainchainFromChainName("Midnight Preprod")?.network).toBe("preprod");
    expect(mainchainFromChainName(" midnight mainnet ")?.network).toBe("mainnet");
    for (const name of ["Midnight Devnet", "undeployed", "", "Midnight Preview 2"]) {
      expect(mainchainFromChainName(name)).toBeUndefined();
    }
  });
});
