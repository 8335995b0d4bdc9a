import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { TypeRegistry } from "@polkadot/types";
import { blake2AsHex } from "@polkadot/util-crypto";

import { runControl } from "../../../examples/devnet/control.ts";
import {
  type Devnet,
  type DevnetOptions,
  type Faults,
  startDevnet,
} from "../../../examples/devnet/devnet.ts";
import { main } from "../../../examples/devnet/main.ts";
import { ask, call, type HeaderJson, openSocket, postText, shaped, type Socket } from "./client.ts";

const SMALL = {
  seed: "live",
  history: 30,
  slotsPerEpoch: 20,
  validators: 10,
  permissioned: 3,
  seats: 12,
  missRate: 0,
  forkRate: 0,
  endSlot: 299_000_010,
} as const;

const registry = new TypeRegistry();
let devnet: Devnet | undefined;

async function start(options: Partial<DevnetOptions> = {}): Promise<Devnet> {
  devnet = await startDevnet({ ...SMALL, ...options });
  return devnet;
}

afterEach(async () => {
  await devnet?.stop();
  devnet = undefined;
});

function hashOf(header: HeaderJson): string {
  return blake2AsHex(registry.createType("Header", header).toU8a());
}

async function failureOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "",
    (error: unknown) => String(error),
  );
}

/** "all", "new" or "final". */
function kindOf(message: unknown): string {
  return /chain_(all|new|final)/.exec(JSON.stringify(message))?.[1] ?? "";
}

async function subscribe(socket: Socket, ...methods: string[]): Promise<void> {
  for (const [i, method] of methods.entries())
    socket.send({ jsonrpc: "2.0", id: i + 1, method, params: [] });
  // A reply and the present value each.
  await socket.until(methods.length * 2);
}

describe("subscriptions", () => {
  test("tell imports, best blocks and finality in a node's order across a fork", async () => {
    const node = await start();
    const socket = await openSocket(node.url);
    await subscribe(
      socket,
      "chain_subscribeAllHeads",
      "chain_subscribeNewHeads",
      "chain_subscribeFinalizedHeads",
    );
    const before = socket.received.length;
    node.fork(3);
    await node.step(8);
    await socket.until(before + 17);
    const { blocks, orphans, best, finalized } = node.truth();
    expect(orphans).toHaveLength(3);
    expect([best, finalized]).toEqual([35, 33]);
    // Nothing above the common ancestor, 30, becomes final until the fork is over.
    const slots = ["all new final", "all new final", "all new", "all", "all", "all"];
    const told = socket.received.slice(before).map((message) => kindOf(message));
    expect(told).toEqual([...slots, "all new final", "all new final"].join(" ").split(" "));
    const hash = (number: number): string => blocks[number - 1]?.hash ?? "";
    const losing = orphans.map((b) => b.hash);
    const winning = [31, 32, 33, 34, 35].map(hash);
    expect(socket.notifications("chain_allHead").slice(1).map(hashOf)).toEqual([
      ...losing,
      ...winning,
    ]);
    // The reorg jumps to the tip of the branch that won.
    expect(socket.notifications("chain_newHead").slice(1).map(hashOf)).toEqual([
      ...losing,
      ...winning.slice(3),
    ]);
    // 31 is skipped: it became final together with 32.
    expect(socket.notifications("chain_finalizedHead").map(hashOf)).toEqual(
      [28, 29, 30, 32, 33].map(hash),
    );
    socket.close();
  });

  test("end when unsubscribed", async () => {
    const node = await start();
    const socket = await openSocket(node.url);
    await subscribe(socket, "chain_subscribeNewHeads");
    const { result: id } = shaped<{ result: string }>(socket.received[0]);
    expect(id).toHaveLength(16);
    socket.send({ jsonrpc: "2.0", id: 9, method: "chain_unsubscribeNewHeads", params: [id] });
    await socket.until(3);
    expect(socket.received[2]).toEqual({ jsonrpc: "2.0", id: 9, result: true });
    await node.step(3);
    expect(await call<object>(node.httpUrl, "system_health")).toBeDefined();
    expect(socket.received).toHaveLength(3);
    socket.close();
  });
});

test("a fork across an epoch boundary rotates on both branches to the same committee", async () => {
  const node = await start();
  node.fork(3, 2);
  // The boundary is at slot 299 000 020; the fork begins two slots before it.
  await node.step(16);
  const { orphans, blocks } = node.truth();
  expect(orphans.map((b) => b.slot)).toEqual([299_000_018, 299_000_019, 299_000_020]);
  expect(orphans.map((b) => b.rotation)).toEqual([false, false, true]);
  const winning = blocks.filter((b) => b.slot > 299_000_020);
  expect(winning[0]?.rotation).toBe(true);
  expect(winning.slice(1).some((b) => b.rotation)).toBe(false);
  const logs = await Promise.all(
    [orphans[2]?.hash, winning[0]?.hash].map(async (hash) => {
      const { digest } = await call<HeaderJson>(node.httpUrl, "chain_getHeader", [hash]);
      return digest.logs.find((log) => log.startsWith("0x0461757261"));
    }),
  );
  expect(logs[0]).toBeDefined();
  expect(logs[0]).toBe(logs[1]);
});

describe("faults", () => {
  const header = { jsonrpc: "2.0", id: 1, method: "chain_getHeader", params: [] };

  test("wrong replies come in turn and every reply between them is right", async () => {
    const node = await start();
    const right = await postText(node.httpUrl, JSON.stringify(header));
    const everySecond: Partial<Faults> = { wrongEvery: 2 };
    node.setFaults(everySecond);
    const wrong: string[] = [];
    for (let i = 2; i <= 13; i++) {
      const text = await postText(node.httpUrl, JSON.stringify(header));
      if (i % 2 === 0) wrong.push(text);
      else expect(text).toBe(right);
    }
    expect(new Set(wrong).size).toBe(6);
    expect(wrong).not.toContain(right);
    for (const text of wrong) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test("replies are cut, swollen, or refused as asked", async () => {
    const node = await start();
    node.setFaults({ truncateEvery: 1 });
    const cut = await postText(node.httpUrl, JSON.stringify(header));
    expect(() => JSON.parse(cut) as unknown).toThrow();
    node.setFaults({ truncateEvery: 0, oversizeEvery: 1, oversizeBytes: 100_000 });
    expect((await postText(node.httpUrl, JSON.stringify(header))).length).toBeGreaterThan(100_000);
    node.setFaults({ oversizeEvery: 0, noBatch: true, noHashList: true });
    const refused = await postText(node.httpUrl, JSON.stringify([header]));
    expect(JSON.parse(refused)).toHaveProperty("error.code", -32005);
    expect((await ask(node.httpUrl, "chain_getBlockHash", [[1]])).error?.code).toBe(-32602);
  });

  test("connections drop after so many replies, and upgrades can be forbidden", async () => {
    const node = await start();
    node.setFaults({ dropEvery: 2 });
    const socket = await openSocket(node.url);
    socket.send(header);
    socket.send(header);
    await socket.closed;
    expect(socket.received).toHaveLength(2);
    node.setFaults({ dropEvery: 0, rejectWebSocket: true });
    expect(await failureOf(openSocket(node.url))).toContain("refused");
  });

  test("a silent node accepts and never answers", async () => {
    const node = await start();
    node.setFaults({ silent: true });
    const socket = await openSocket(node.url);
    socket.send(header);
    await Bun.sleep(50);
    expect(socket.received).toHaveLength(0);
    const answer = fetch(node.httpUrl, {
      method: "POST",
      body: JSON.stringify(header),
      signal: AbortSignal.timeout(50),
    });
    expect(await failureOf(answer)).toContain("Timeout");
    socket.close();
  });
});

test("a restart cuts connections and comes back on the same port with the same chain", async () => {
  const node = await start();
  const socket = await openSocket(node.url);
  const before = node.truth();
  const back = node.restart(30);
  await socket.closed;
  await back;
  expect(await call<string>(node.httpUrl, "chain_getBlockHash", [0])).toBe(before.genesisHash);
  expect(node.truth()).toEqual(before);
});

test("on the wall clock a block comes every slot and the history ends now", async () => {
  const { endSlot: _, ...options } = SMALL;
  const node = await startDevnet({ ...options, clock: "wall", slotMs: 100, history: 20 });
  devnet = node;
  const first = node.truth();
  expect(first.best).toBeGreaterThanOrEqual(20);
  await Bun.sleep(450);
  const later = node.truth();
  expect(later.best - first.best).toBeGreaterThanOrEqual(3);
  const newest = later.blocks.at(-1)?.slot ?? 0;
  expect(Math.abs(newest - Date.now() / 100)).toBeLessThan(3);
});

test("on the wall clock too, nodes that agree in the last slot of their history are of one chain", async () => {
  const endSlot = Math.floor(Date.now() / 100) - 10;
  const options = { ...SMALL, clock: "wall", slotMs: 100, endSlot, forkRate: 0.2 } as const;
  const [first, second] = [await startDevnet(options), await startDevnet(options)];
  try {
    const past = first.truth().best + 5;
    while (Math.min(first.truth().finalized, second.truth().finalized) < past) await Bun.sleep(50);
    const [one, other] = [first.truth(), second.truth()];
    expect(one.blocks.slice(0, past)).toEqual(other.blocks.slice(0, past));
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
  const future = { ...SMALL, clock: "wall", endSlot: Math.floor(Date.now() / 6000) + 10 } as const;
  expect(await failureOf(startDevnet(future))).toContain("in the future");
});

test("a keystore holds three files named by key type and public key", async () => {
  const node = await start({ history: 1 });
  const folder = await mkdtemp(join(tmpdir(), "devnet-"));
  await node.writeKeystore(folder, 2);
  const { aura, gran, sidechain } = node.validator(2);
  const names = [
    `61757261${aura.slice(2)}`,
    `6772616e${gran.slice(2)}`,
    `63726368${sidechain.slice(2)}`,
  ];
  expect((await readdir(folder)).sort()).toEqual(names.sort());
  const file = join(folder, names[0] ?? "");
  expect(await Bun.file(file).text()).toBe('"//devnet//2"');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
});

describe("the command line", () => {
  test("control lines drive the devnet and say what was wrong", async () => {
    const node = await start();
    expect(await runControl(node, "fork 1")).toBe("ok fork 1");
    expect(await runControl(node, "step 4")).toBe("ok step 4");
    expect(node.truth().orphans).toHaveLength(1);
    expect(await runControl(node, "db-sync down")).toBe("ok db-sync down");
    expect((await ask(node.httpUrl, "sidechain_getStatus")).error?.code).toBe(-32603);
    expect(await runControl(node, "faults noBatch=true latencyMs=1")).toStartWith("ok");
    expect(node.options.faults).toMatchObject({ noBatch: true, latencyMs: 1 });
    expect(await runControl(node, "dance")).toContain("unknown command");
    expect(await runControl(node, "step soon")).toBe("step: slots expected");
  });

  test("starts, says it is ready, and leaves the truth behind on SIGTERM", async () => {
    const folder = await mkdtemp(join(tmpdir(), "devnet-"));
    const truthFile = join(folder, "truth.json");
    const flags = ["--history=15", "--validators=5", "--permissioned=2", "--seats=4", "--port=0"];
    const child = Bun.spawn(
      ["bun", "examples/devnet/main.ts", ...flags, "--metrics-port=0", `--truth=${truthFile}`],
      { cwd: join(import.meta.dir, "../../.."), stderr: "pipe", stdin: "ignore" },
    );
    const { value } = await child.stderr.getReader().read();
    expect(new TextDecoder().decode(value)).toMatch(/^devnet ready ws:\/\/\S+ blocks 1\d /);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    const truth = shaped<{ blocks: unknown[] }>(await Bun.file(truthFile).json());
    expect(truth.blocks.length).toBeGreaterThanOrEqual(15);
    await rm(folder, { recursive: true });
  });

  test("an unknown flag or a bad value is a usage error", async () => {
    expect(await main(["--histroy", "5"])).toBe(64);
    expect(await main(["--history", "many"])).toBe(64);
  });
});
