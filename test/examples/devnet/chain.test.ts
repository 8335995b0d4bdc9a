import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { TypeRegistry } from "@polkadot/types";
import { blake2AsHex, blake2AsU8a, cryptoWaitReady, sr25519Verify } from "@polkadot/util-crypto";

import {
  type Devnet,
  startDevnet,
  type Truth,
  type TruthBlock,
} from "../../../examples/devnet/devnet.ts";
import { call, type HeaderJson } from "./client.ts";

const END_SLOT = 299_000_050;
const CHAIN = {
  seed: "chain test",
  history: 260,
  slotsPerEpoch: 40,
  validators: 20,
  permissioned: 4,
  seats: 30,
  missRate: 0.08,
  forkRate: 0.03,
  pruning: "archive",
  endSlot: END_SLOT,
  upgradeAt: 150,
} as const;

const registry = new TypeRegistry();

interface Known {
  hash: string;
  header: HeaderJson;
}

function slotIn(header: HeaderJson): number {
  return Number(Buffer.from(header.digest.logs[0]?.slice(14) ?? "", "hex").readBigUInt64LE());
}

function withoutSeal(header: HeaderJson): Uint8Array {
  const logs = header.digest.logs.slice(0, -1);
  return blake2AsU8a(registry.createType("Header", { ...header, digest: { logs } }).toU8a());
}

/** Keys of an `AuraApi_authorities` reply. */
function keysOf(hex: string): string[] {
  return registry.createType("Vec<AccountId32>", hex).map((key) => key.toHex());
}

describe("a chain with misses and forks", () => {
  let devnet: Devnet;
  let truth: Truth;
  const headers: Known[] = [];

  beforeAll(async () => {
    await cryptoWaitReady();
    devnet = await startDevnet(CHAIN);
    truth = devnet.truth();
    for (const { hash } of [...truth.blocks, ...truth.orphans])
      headers.push({ hash, header: await call(devnet.httpUrl, "chain_getHeader", [hash]) });
  });
  afterAll(() => devnet.stop());

  test("has exactly the history asked for, with misses, orphans and a finalized head", () => {
    expect(truth.blocks).toHaveLength(CHAIN.history);
    expect(truth.blocks.map((b) => b.number)).toEqual(truth.blocks.map((_, i) => i + 1));
    expect(truth.missed.length).toBeGreaterThan(5);
    expect(truth.orphans.length).toBeGreaterThan(2);
    expect(truth.finalized).toBe(truth.best - 2);
  });

  test("every header re-encodes and hashes to its own hash with polkadot-js", () => {
    for (const { hash, header } of headers)
      expect<string>(blake2AsHex(registry.createType("Header", header).toU8a())).toBe(hash);
  });

  test("every seal is the author's over the header without its seal", () => {
    const authors = new Map([...truth.blocks, ...truth.orphans].map((b) => [b.hash, b.author]));
    for (const { hash, header } of headers) {
      const seal = Buffer.from(header.digest.logs.at(-1)?.slice(2 + 14) ?? "", "hex");
      expect(seal).toHaveLength(64);
      expect(sr25519Verify(withoutSeal(header), seal, authors.get(hash) ?? "")).toBe(true);
    }
  });

  test("parents link up and the slot in the digest is the true one", () => {
    const known = new Map(headers.map(({ hash, header }) => [hash, header]));
    for (const block of [...truth.blocks, ...truth.orphans]) {
      const header = known.get(block.hash);
      expect(header?.parentHash).toBe(block.parentHash);
      expect(header && slotIn(header)).toBe(block.slot);
    }
    expect(truth.blocks[0]?.parentHash).toBe(truth.genesisHash);
  });

  test("the author of a block is parent list[slot % n], and so is who missed a slot", async () => {
    const lists = new Map<string, string[]>();
    const listAt = async (hash: string): Promise<string[]> => {
      const known = lists.get(hash);
      if (known) return known;
      const keys = keysOf(
        await call<string>(devnet.httpUrl, "state_call", ["AuraApi_authorities", "0x", hash]),
      );
      lists.set(hash, keys);
      return keys;
    };
    for (const block of [...truth.blocks, ...truth.orphans]) {
      const list = await listAt(block.parentHash);
      expect(list[block.slot % list.length]).toBe(block.author);
    }
    for (const { slot, author } of truth.missed) {
      const next = truth.blocks.find((b) => b.slot > slot);
      const list = await listAt(next?.parentHash ?? "");
      expect(list[slot % list.length]).toBe(author);
    }
  });

  test("the authority list changes in the first block of an epoch and nowhere else", () => {
    const slots = new Map<string, TruthBlock>();
    for (const block of [...truth.blocks, ...truth.orphans]) slots.set(block.hash, block);
    const epoch = (slot: number): number => Math.floor(slot / CHAIN.slotsPerEpoch);
    for (const { hash, header } of headers) {
      const block = slots.get(hash);
      const parent = slots.get(header.parentHash);
      const logs = header.digest.logs.filter((log) => log.startsWith("0x0461757261"));
      const first = block && parent ? epoch(block.slot) > epoch(parent.slot) : false;
      expect(logs).toHaveLength(first ? 1 : 0);
      expect(block?.rotation).toBe(first);
    }
    expect(truth.blocks.filter((b) => b.rotation).length).toBeGreaterThan(4);
  });

  test("the log of a rotation is the list in that block's own state", async () => {
    const rotation = truth.blocks.find((b) => b.rotation);
    const header = await call<HeaderJson>(devnet.httpUrl, "chain_getHeader", [rotation?.hash]);
    const log = header.digest.logs.find((l) => l.startsWith("0x0461757261")) ?? "";
    const list = await call<string>(devnet.httpUrl, "state_call", [
      "AuraApi_authorities",
      "0x",
      rotation?.hash,
    ]);
    expect(log.endsWith(`01${list.slice(2)}`)).toBe(true);
    expect(keysOf(list)).toHaveLength(CHAIN.seats);
    expect(new Set(keysOf(list)).size).toBeLessThan(CHAIN.seats);
  });

  test("the upgrade block carries log 08 and the old version, the next block the new one", async () => {
    const versionAt = async (number: number): Promise<[string[], number]> => {
      const block = truth.blocks[number - 1];
      const header = await call<HeaderJson>(devnet.httpUrl, "chain_getHeader", [block?.hash]);
      const version = await call<{ specVersion: number }>(
        devnet.httpUrl,
        "state_getRuntimeVersion",
        [block?.hash],
      );
      return [header.digest.logs, version.specVersion];
    };
    const mnsv = (spec: number): string => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(spec);
      return `0x044d4e535610${bytes.toString("hex")}`;
    };
    const [upgradeLogs, upgraded] = await versionAt(CHAIN.upgradeAt);
    const [nextLogs] = await versionAt(CHAIN.upgradeAt + 1);
    expect(upgradeLogs).toContain("0x08");
    expect(upgradeLogs).toContain(mnsv(1_000_000));
    expect(nextLogs).not.toContain("0x08");
    expect(nextLogs).toContain(mnsv(1_001_000));
    expect(upgraded).toBe(1_001_000);
    expect((await versionAt(CHAIN.upgradeAt - 1))[1]).toBe(1_000_000);
  });

  test("Timestamp.set comes first in the body, 2 ms after the slot begins", async () => {
    const block = truth.blocks.at(-1);
    const { block: body } = await call<{ block: { extrinsics: string[] } }>(
      devnet.httpUrl,
      "chain_getBlock",
      [block?.hash],
    );
    const [first = ""] = body.extrinsics;
    expect(first).toStartWith("0x280501000b");
    const bytes = Buffer.from(first.slice(12), "hex");
    expect(bytes.readUIntLE(0, 6)).toBe((block?.slot ?? 0) * 6000 + 2);
    expect(body.extrinsics).toHaveLength(block?.extrinsics ?? 0);
    expect(body.extrinsics.length).toBeGreaterThanOrEqual(3);
  });

  test("the same seed and last slot make the same chain, another seed another", async () => {
    const again = await startDevnet(CHAIN);
    const other = await startDevnet({ ...CHAIN, seed: "other", history: 20 });
    expect(again.truth()).toEqual(truth);
    expect(other.truth().genesisHash).not.toBe(truth.genesisHash);
    await again.stop();
    await other.stop();
  });
});
