// The WebSocket link against replies an honest node would not give.
import { describe, expect, test } from "bun:test";

import { connect } from "../../../core/chain/connect.ts";
import type { Link } from "../../../core/chain/link.ts";
import { containing } from "./containing.ts";
import { echo, failure, result, startFakeNode } from "./fake-node.ts";

const SHORT_MS = 200;
const PAIR = [["a"], ["b"]];

/** The link is dead for everybody: what waits fails, what comes later fails too. */
async function expectDead(link: Link, code: string): Promise<void> {
  expect(await link.closed).toMatchObject({ code });
  await expect(link.request("late", [])).rejects.toMatchObject({ code });
}

describe("replies are matched by their ids", () => {
  test("in whatever order a batch is answered", async () => {
    await using node = startFakeNode({
      onMessage: (calls, send) => send(JSON.stringify(echo(calls).toReversed())),
    });
    const link = await connect(node.url);
    expect(await link.batch("m", [["a"], ["b"], ["c"]])).toEqual(["a", "b", "c"]);
    link.close();
  });

  test("in whatever order requests and batches are answered", async () => {
    const held: (() => void)[] = [];
    await using node = startFakeNode({
      onMessage: (calls, send, isBatch) => {
        const replies = echo(calls);
        held.unshift(() => send(JSON.stringify(isBatch ? replies : replies[0])));
        if (held.length === 3) for (const each of held) each();
      },
    });
    const link = await connect(node.url);
    const answers = [link.request("m", [1]), link.batch("m", [[2], [3]]), link.request("m", [4])];
    expect(await Promise.all(answers)).toEqual([1, [2, 3], 4]);
    link.close();
  });

  test("and one call's error leaves the others their results", async () => {
    await using node = startFakeNode({
      onMessage: ([call], send) => {
        const id = call?.id ?? 0;
        const bad = call?.method === "bad";
        send(JSON.stringify(bad ? failure(id, "no such thing") : result(id, "fine")));
      },
    });
    const link = await connect(node.url);
    const [bad, good] = await Promise.allSettled([link.request("bad", []), link.request("m", [])]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "rpc" } });
    expect(good).toMatchObject({ status: "fulfilled", value: "fine" });
    link.close();
  });

  test("and pruned state is told from other errors by its words", async () => {
    await using node = startFakeNode({
      onMessage: ([call], send) =>
        send(JSON.stringify(failure(call?.id ?? 0, String(call?.params[0]), 4003))),
    });
    const link = await connect(node.url);
    for (const [words, code] of [
      ["Client error: UnknownBlock: State already discarded for 0x12", "discarded"],
      ["UnknownBlock: Header was not found in the database: 0x12", "discarded"],
      ["Execution failed: Exported method is not found", "rpc"],
    ] as const) {
      await expect(link.request("m", [words])).rejects.toMatchObject({ code });
    }
    link.close();
  });
});

describe("a reply that cannot be matched ends the link", () => {
  const cases: [string, (ids: number[]) => string][] = [
    ["an id nobody asked with", () => JSON.stringify(result(999_999, "x"))],
    ["a text for an id", () => '{"jsonrpc":"2.0","id":"1","result":1}'],
    ["neither result nor error", ([id]) => JSON.stringify({ jsonrpc: "2.0", id })],
    ["a batch with an id twice", ([id = 0]) => JSON.stringify([result(id, 1), result(id, 2)])],
    ["a batch with one reply too few", ([id = 0]) => JSON.stringify([result(id, 1)])],
    [
      "a batch with one reply too many",
      ([a = 0, b = 0]) => JSON.stringify([result(a, 1), result(b, 2), result(b + 1, 3)]),
    ],
    ["a batch with a foreign id", ([a = 0]) => JSON.stringify([result(a, 1), result(a + 7, 2)])],
    ["an empty batch", () => "[]"],
    ["a single reply to a batch", ([id = 0]) => JSON.stringify(result(id, 1))],
    ["JSON cut short", ([id = 0]) => JSON.stringify(result(id, "long enough")).slice(0, -9)],
    ["no JSON", () => "<html>502 Bad Gateway</html>"],
    ["null", () => "null"],
    ["a notification without parameters", () => '{"jsonrpc":"2.0","method":"chain_newHead"}'],
  ];
  for (const [what, reply] of cases) {
    test(what, async () => {
      await using node = startFakeNode({
        onMessage: (calls, send) => send(reply(calls.map(({ id }) => id))),
      });
      const link = await connect(node.url);
      await expect(link.batch("m", PAIR)).rejects.toMatchObject({ code: "bad-reply" });
      await expectDead(link, "bad-reply");
    });
  }

  test("or one bigger than allowed, with the hint that helps", async () => {
    await using node = startFakeNode({
      onMessage: (calls, send) => send(JSON.stringify(result(calls[0]?.id ?? 0, "x".repeat(2000)))),
    });
    const link = await connect(node.url, { maxReplyBytes: 1000 });
    await expect(link.request("m", [])).rejects.toMatchObject({
      code: "too-much",
      hint: containing("--batch-size"),
    });
  });
});

describe("a node that takes no batches", () => {
  for (const size of [1, 2]) {
    test(`is asked one by one: a batch of ${size}`, async () => {
      await using node = startFakeNode({
        onMessage: (calls, send, isBatch) => {
          const refusal = failure(null, "Batched requests are not supported by this server");
          send(JSON.stringify(isBatch ? refusal : echo(calls)[0]));
        },
      });
      const link = await connect(node.url, { timeoutMs: 2000 });
      const calls = PAIR.slice(0, size);
      expect(await link.batch("m", calls)).toEqual(calls.flat());
      const before = node.received.length;
      expect(await link.batch("m", calls)).toEqual(calls.flat());
      // It is not asked twice whether it takes batches.
      expect(node.received.slice(before).map((each) => each.length)).toEqual(calls.map(() => 1));
      link.close();
    });
  }

  test("refuses the batches under way, not the single requests beside them", async () => {
    const held: (() => void)[] = [];
    await using node = startFakeNode({
      onMessage: (calls, send, isBatch) => {
        if (isBatch) send(JSON.stringify(failure(null, "no batches here")));
        else if (calls[0]?.method === "slow") held.push(() => send(JSON.stringify(echo(calls)[0])));
        else send(JSON.stringify(echo(calls)[0]));
      },
    });
    const link = await connect(node.url);
    const slow = link.request("slow", ["in time"]);
    const batches = await Promise.all([link.batch("m", PAIR), link.batch("m", PAIR)]);
    expect(batches.flat()).toEqual(["a", "b", "a", "b"]);
    for (const each of held) each();
    expect(await slow).toBe("in time");
    link.close();
  });

  test("is told from a node that refuses what the batch asks", async () => {
    await using node = startFakeNode({
      onMessage: (calls, send) =>
        send(JSON.stringify(calls.map(({ id }) => failure(id, "Method not found", -32_601)))),
    });
    const link = await connect(node.url);
    await expect(link.batch("m", PAIR)).rejects.toMatchObject({ code: "rpc" });
    expect(node.received).toHaveLength(1);
    link.close();
  });
});

describe("a dead peer", () => {
  test("that stays silent fails the request by its name", async () => {
    await using node = startFakeNode({ onMessage: () => undefined });
    const link = await connect(node.url, { timeoutMs: SHORT_MS });
    const waiting = [link.request("chain_getHeader", []), link.batch("m", PAIR)];
    const [first, second] = await Promise.allSettled(waiting);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "too-much" } });
    expect(second).toMatchObject({ status: "rejected", reason: { code: "too-much" } });
    expect((await link.closed).message).toContain("no answer to chain_getHeader");
  });

  test("that cuts the connection fails every request under way", async () => {
    await using node = startFakeNode({ onMessage: () => node.received.length === 3 && node.cut() });
    const link = await connect(node.url);
    const waiting = [link.request("m", []), link.batch("m", PAIR), link.request("m", [])];
    for (const each of await Promise.allSettled(waiting)) {
      expect(each).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
    await expectDead(link, "unavailable");
  });

  test("is no matter once we closed the link ourselves", async () => {
    await using node = startFakeNode({ onMessage: () => undefined });
    const link = await connect(node.url);
    const waiting = Promise.allSettled([link.request("m", [])]);
    link.close();
    expect(await waiting).toMatchObject([{ status: "rejected", reason: { code: "stopped" } }]);
    await expectDead(link, "stopped");
  });
});

describe("a subscription", () => {
  const HEADS = { subscribe: "subscribe", unsubscribe: "unsubscribe" };
  const notify = (subscription: string, item: unknown): string =>
    JSON.stringify({ jsonrpc: "2.0", method: "head", params: { subscription, result: item } });

  test("delivers in order, the item right behind its own reply included", async () => {
    await using node = startFakeNode({
      onMessage: ([call], send) => {
        if (call?.method !== "subscribe") return;
        send(JSON.stringify(result(call.id, "s1")));
        for (const item of [1, 2, 3]) send(notify("s1", item));
      },
    });
    const link = await connect(node.url);
    const items: unknown[] = [];
    const all = Promise.withResolvers<void>();
    await link.subscribe?.(HEADS, (item) => {
      items.push(item);
      if (items.length === 3) all.resolve();
    });
    await all.promise;
    expect(items).toEqual([1, 2, 3]);
    link.close();
  });

  test("takes no items of another one, and none once it is closed", async () => {
    await using node = startFakeNode({
      onMessage: ([call], send) => {
        const id = call?.id ?? 0;
        if (call?.method === "subscribe") return send(JSON.stringify(result(id, "s1")));
        for (const name of ["s2", "s1"]) send(notify(name, call?.method));
        send(JSON.stringify(result(id, true)));
      },
    });
    const link = await connect(node.url);
    const items: unknown[] = [];
    const subscription = await link.subscribe?.(HEADS, (item) => items.push(item));
    await link.request("one", []);
    expect(items).toEqual(["one"]);
    subscription?.close();
    await link.request("two", []);
    expect(items).toEqual(["one"]);
    expect(node.received.flat().map(({ method }) => method)).toContain("unsubscribe");
    link.close();
  });
});
