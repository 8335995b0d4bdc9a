// One block in full: its digest and calls from a node, named by the runtime that built it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { join } from "pathe";

import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { grow } from "../core/chain/small-devnet.ts";
import { startSync, syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/query.ts");
const METADATA = join(import.meta.dir, "../../../shared/vectors/metadata");
const HAVE_METADATA = existsSync(METADATA);
const UPGRADE_AT = 200;
const folder = temporaryFolder();
const file = folder.file("mvm.db");
let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({
    seed: "block",
    history: 260,
    slotsPerEpoch: 20,
    validators: 8,
    permissioned: 3,
    seats: 10,
    pruning: "archive",
    upgradeAt: UPGRADE_AT,
    upgradeTo: 2_001_000,
    ...(HAVE_METADATA
      ? {
          metadataFile: join(METADATA, "1.0.0.scale"),
          upgradeMetadataFile: join(METADATA, "2.1.0.scale"),
        }
      : {}),
  });
  await using sync = startSync(devnet.url, file);
  await sync.until("following", () => sync.log().includes("synced at"));
  // A branch that lost before the follower listened is in no file: it listens once it stores what is new.
  await grow(devnet, sync, file, 10);
  devnet.fork(2);
  await grow(devnet, sync, file, 20);
}, 60_000);

afterAll(async () => {
  await devnet.stop();
  folder[Symbol.dispose]();
});

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, SCRIPT, "block", ...words, "-d", file], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder.path,
    env: { ...process.env, MVM_RPC_URL: devnet.url },
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

async function json(...words: string[]): Promise<unknown> {
  const { code, out, err } = await run(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

const named = (pallet: string, call: string): unknown =>
  expect.objectContaining({ pallet, call, kind: "bare" });

test.skipIf(!HAVE_METADATA)(
  "calls are named, and what is no call is unknown with its size",
  async () => {
    const { blocks } = devnet.truth();
    const block = blocks[249];
    const calls = await json("250");
    expect(calls).toMatchObject({
      hash: block?.hash,
      authorAura: block?.author,
      nodeMissing: null,
    });
    const anySize: unknown = expect.any(Number);
    expect(calls).toHaveProperty("node.extrinsics.0", {
      ...{ index: 0, bytes: anySize, kind: "bare", pallet: "timestamp", call: "set" },
      args: { now: String((block?.slot ?? 0) * 6000 + 2) },
    });
    expect(calls).toHaveProperty(
      "node.extrinsics.1",
      named("midnightSystem", "sendMnSystemTransaction"),
    );
    expect(calls).toHaveProperty("node.unnamed", null);
    const { out } = await run("250");
    expect(out).toMatch(/unknown \(2\d bytes\)/);
    expect(out).toContain("timestamp.set");
  },
);

test.skipIf(!HAVE_METADATA)(
  "the block that enacts an upgrade is read by the runtime that built it",
  async () => {
    const enacting = await json(String(UPGRADE_AT));
    expect(enacting).toHaveProperty("node.specVersion", 1_000_000);
    // Under the new metadata the same bytes would be a call of Babe.
    expect(enacting).toHaveProperty(
      "node.extrinsics",
      expect.arrayContaining([named("grandpa", "noteStalled")]),
    );
    const later = await json(String(UPGRADE_AT + 5));
    expect(later).toHaveProperty("node.specVersion", 2_001_000);
    expect(later).toHaveProperty(
      "node.extrinsics",
      expect.arrayContaining([named("grandpa", "noteStalled")]),
    );
  },
);

test("every log of the digest is told in words", async () => {
  const { blocks } = devnet.truth();
  const rotation = blocks.find(({ rotation: changes }) => changes);
  const { out } = await run(String(rotation?.number));
  expect(out).toContain(`slot ${rotation?.slot}`);
  expect(out).toContain("10 authorities from the next block on");
  expect(out).toContain("10 finality voters from the next block on");
  expect(out).toContain("built by runtime 1000000");
  expect(out).toContain("main-chain block 0x");
  expect(out).toContain("sr25519 signature 0x");
  expect(out).toContain("fits the author, checked now");
  expect((await run(String(UPGRADE_AT))).out).toContain("new runtime code from the next block on");
});

test("a hash finds its block with the node, without it, and off the chain", async () => {
  const { blocks, orphans } = devnet.truth();
  const block = blocks[99];
  expect(await json(block?.hash ?? "")).toMatchObject({ number: 100, canonical: true });
  const alone = await run(block?.hash.toUpperCase().replace("0X", "") ?? "", "--offline", "--json");
  expect(JSON.parse(alone.out)).toMatchObject({
    number: 100,
    node: null,
    nodeMissing: "not asked (--offline)",
  });
  expect(alone.err).toBe("");
  const lost = orphans.at(-1);
  const found = await json(lost?.hash ?? "");
  expect(found).toMatchObject({ number: lost?.number, canonical: false, authorAura: lost?.author });
  expect(found).toHaveProperty("rivals.0.hash", blocks[(lost?.number ?? 0) - 1]?.hash);
});

test("a node that is away leaves what the file knows, and says so", async () => {
  const { code, out } = await run("120", "--json", "--rpc-url", "ws://127.0.0.1:9");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ number: 120, node: null });
  expect(out).toContain("127.0.0.1:9");
});

test("a node without metadata, or with its states pruned, leaves the calls without names", async () => {
  await using bare = await startDevnetOf({ pruning: 10 });
  const other = folder.file("bare.db");
  await syncOnce(bare.url, other);
  const words = ["50", "--json", "--rpc-url", bare.url];
  const child = Bun.spawn([process.execPath, SCRIPT, "block", ...words, "-d", other], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answer: unknown = JSON.parse(await new Response(child.stdout).text());
  expect(answer).toHaveProperty("node.extrinsics.0.pallet", null);
  expect(answer).toHaveProperty("node.unnamed", expect.stringContaining("metadata"));
});

async function startDevnetOf(
  options: Parameters<typeof startDevnet>[0],
): Promise<AsyncDisposable & { url: string }> {
  const started = await startDevnet({
    history: 60,
    validators: 4,
    permissioned: 2,
    seats: 4,
    ...options,
  });
  return { url: started.url, [Symbol.asyncDispose]: () => started.stop() };
}
