// The live node as the dashboard sees it: a devnet over a real socket.
import { expect, test } from "bun:test";

import type { NodeFacts } from "../../../core/view/messages.ts";
import { followNode } from "../../../core/view/node.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { startSmallDevnet, startTwins } from "../chain/small-devnet.ts";

interface Watched extends AsyncDisposable {
  facts: () => NodeFacts | null;
  until: (what: string, condition: (facts: NodeFacts) => boolean) => Promise<NodeFacts>;
}

function watch(url: string | readonly string[], ours: readonly string[] = []): Watched {
  const aborter = new AbortController();
  let facts: NodeFacts | null = null;
  const options = { urls: [url].flat(), timeoutMs: 2000, pollMs: 50, ours };
  const done = followNode(options, (each) => (facts = structuredClone(each)), aborter.signal);
  return {
    facts: () => facts,
    until: async (what, condition) => {
      for (const end = performance.now() + 30_000; performance.now() < end; await Bun.sleep(10)) {
        if (facts !== null && condition(facts)) return facts;
      }
      throw new Error(`timed out waiting for: ${what}; ${JSON.stringify(facts)}`);
    },
    [Symbol.asyncDispose]: async () => {
      aborter.abort();
      await done.catch(() => undefined);
    },
  };
}

function best(devnet: Devnet): number {
  return devnet.truth().best;
}

test("tip, finality, company and authors come from a safe node alone", async () => {
  await using devnet = await startSmallDevnet();
  await using node = watch(devnet.url, [devnet.validator(0).aura]);
  const facts = await node.until(
    "up",
    ({ state, peers, finalized }) => state === "up" && peers !== null && finalized !== null,
  );
  expect(facts).toMatchObject({ chain: "Midnight Devnet", transport: "websocket", syncing: false });
  expect(facts.best?.number).toBe(best(devnet));
  expect(facts.finalized).toBe(devnet.truth().finalized);
  expect(facts.peerList).toBe("hidden");
  const truth = new Map(devnet.truth().blocks.map((block) => [block.number, block.author]));
  const blocks = facts.recent.filter((row) => row.kind === "block");
  expect(blocks.length).toBeGreaterThan(20);
  for (const { number, author } of blocks) expect(author).toBe(truth.get(number ?? 0) ?? "none");
});

test("new blocks, missed slots and reorganisations follow the best branch", async () => {
  await using devnet = await startSmallDevnet({ missRate: 0.2 });
  await using node = watch(devnet.url);
  await node.until("up", ({ state }) => state === "up");
  for (let i = 0; i < 6; i++) {
    devnet.fork(2);
    await devnet.step(8);
    await node.until("the tip", (facts) => facts.best?.number === best(devnet));
  }
  const { blocks, missed } = devnet.truth();
  const rows = node.facts()?.recent ?? [];
  const lowest = Math.min(...rows.map(({ slot }) => slot));
  const shown = (kind: string): (string | null)[] =>
    rows.filter((row) => row.kind === kind).map(({ slot, author }) => `${slot} ${author}`);
  const told = (list: readonly { slot: number; author: string }[]): string[] =>
    list.filter(({ slot }) => slot >= lowest).map(({ slot, author }) => `${slot} ${author}`);
  expect(shown("block").toReversed()).toEqual(told(blocks));
  expect(shown("missed").toReversed()).toEqual(told(missed));
});

test("peers are listed where the node may tell them", async () => {
  await using devnet = await startSmallDevnet({ rpcMethods: "unsafe" });
  await using node = watch(devnet.url);
  const { peerList, peers } = await node.until("peers", (facts) => Array.isArray(facts.peerList));
  expect(peerList).toHaveLength(peers ?? -1);
});

test("over HTTP heads are asked for", async () => {
  await using devnet = await startSmallDevnet({ rpcMethods: "safe" });
  devnet.setFaults({ rejectWebSocket: true });
  await using node = watch(devnet.httpUrl);
  await node.until("up", ({ state }) => state === "up");
  expect(node.facts()?.transport).toBe("http");
  await devnet.step(5);
  await node.until("the tip", (facts) => facts.best?.number === best(devnet));
});

test("a node that restarts is away for a while and keeps what was heard", async () => {
  await using devnet = await startSmallDevnet();
  await using node = watch(devnet.url);
  const before = await node.until("up", ({ state }) => state === "up");
  const back = devnet.restart(300);
  const down = await node.until("down", ({ state }) => state === "down");
  expect(down.failure?.code).toBe("unavailable");
  expect(down.best).toEqual(before.best);
  await back;
  await node.until("up again", ({ state }) => state === "up");
});

test("a node that takes questions and never answers is told as such", async () => {
  await using devnet = await startSmallDevnet();
  devnet.setFaults({ silent: true });
  await using node = watch(devnet.url);
  const { failure } = await node.until("down", ({ state }) => state === "down");
  expect(failure?.message).toContain("no answer");
});

test("wrong replies are no facts, and the node is asked again", async () => {
  await using devnet = await startSmallDevnet();
  devnet.setFaults({ wrongEvery: 7 });
  await using node = watch(devnet.url);
  await node.until("down", ({ state }) => state === "down");
  devnet.setFaults({ wrongEvery: 0 });
  const facts = await node.until("up", ({ state }) => state === "up");
  expect(facts.best?.number).toBe(best(devnet));
});

test("of several nodes the first that answers is followed, and the next one when it goes away", async () => {
  await using twins = await startTwins();
  const { first, second } = twins;
  await using node = watch(["ws://127.0.0.1:1", first.url, second.url]);
  expect((await node.until("up", ({ state }) => state === "up")).url).toBe(first.url);
  await first.stop();
  await node.until("the other", ({ state, url }) => state === "up" && url === second.url);
  await second.step(5);
  await node.until("its tip", (facts) => facts.best?.number === best(second));
});
