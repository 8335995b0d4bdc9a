// From an address to a link: WebSocket, HTTP where upgrades are refused, and nothing that hangs.
import { describe, expect, test } from "bun:test";

import { connect } from "../../../core/chain/connect.ts";
import { MonitorError } from "../../../core/errors.ts";
import { containing } from "./containing.ts";
import { echo, failure, result, startFakeNode } from "./fake-node.ts";

const SHORT_MS = 200;

/** A port that takes connections and says nothing at all. */
function listenSilently(): Disposable & { url: string; connections: () => number } {
  let connections = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: () => void (connections += 1), data: () => undefined },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    connections: () => connections,
    [Symbol.dispose]: () => server.stop(true),
  };
}

/** The failure of something set going now and looked at later: waiting for it at once would hold the test. */
function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

describe("an address", () => {
  for (const url of ["", "localhost:9944", "ftp://localhost", "//localhost", "9944"]) {
    test(`'${url}' is refused as configuration`, async () => {
      await expect(connect(url)).rejects.toMatchObject({ code: "config" });
    });
  }

  test("where nobody listens is unavailable, not wrong", async () => {
    const gone = listenSilently();
    gone[Symbol.dispose]();
    await expect(connect(gone.url)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("written as http is still spoken to by WebSocket where that works", async () => {
    await using node = startFakeNode({
      onMessage: (calls, send) => send(JSON.stringify(echo(calls)[0])),
    });
    const link = await connect(node.url.replace("ws:", "http:"));
    expect(link.transport).toBe("websocket");
    expect(await link.request("m", ["here"])).toBe("here");
    link.close();
  });

  test("of a server that is no node is unavailable", async () => {
    await using node = startFakeNode({
      refuseUpgrade: 404,
      onMessage: (_, send) => send("<html>It works!</html>"),
    });
    await expect(connect(node.url)).rejects.toMatchObject({
      code: "unavailable",
      message: containing("neither WebSocket nor HTTP"),
    });
  });
});

describe("a stop is heard", () => {
  test("during a handshake that is never answered", async () => {
    using silent = listenSilently();
    const aborter = new AbortController();
    const failed = failureOf(connect(silent.url, {}, aborter.signal));
    while (silent.connections() === 0) await Bun.sleep(1);
    aborter.abort();
    expect(await failed).toMatchObject({ code: "stopped" });
  }, 5000);

  test("during the first request over HTTP that is never answered", async () => {
    await using node = startFakeNode({ refuseUpgrade: 403, onMessage: () => undefined });
    const aborter = new AbortController();
    const failed = failureOf(connect(node.url, { timeoutMs: 60_000 }, aborter.signal));
    while (node.received.length === 0) await Bun.sleep(1);
    aborter.abort();
    expect(await failed).toBeInstanceOf(MonitorError);
  }, 5000);

  test("before anything was sent", async () => {
    using silent = listenSilently();
    const failed = failureOf(connect(silent.url, {}, AbortSignal.abort()));
    expect(await failed).toMatchObject({ code: "stopped" });
  }, 5000);
});

describe("over HTTP", () => {
  const refuseUpgrade = 403;

  test("requests and batches are answered as over WebSocket", async () => {
    await using node = startFakeNode({
      refuseUpgrade,
      onMessage: (calls, send, isBatch) => {
        const replies = echo(calls).toReversed();
        send(JSON.stringify(isBatch ? replies : replies[0]));
      },
    });
    const link = await connect(node.url);
    expect(link.transport).toBe("http");
    expect(link.subscribe).toBeUndefined();
    expect(await link.request("m", ["a"])).toBe("a");
    expect(await link.batch("m", [["a"], ["b"], ["c"]])).toEqual(["a", "b", "c"]);
    link.close();
    expect((await link.closed).code).toBe("stopped");
  });

  test("a node that takes no batches is asked one by one, and batches are not tried again", async () => {
    await using node = startFakeNode({
      refuseUpgrade,
      onMessage: (calls, send, isBatch) =>
        send(JSON.stringify(isBatch ? failure(null, "no batches") : echo(calls)[0])),
    });
    const link = await connect(node.url);
    expect(await link.batch("m", [["a"], ["b"]])).toEqual(["a", "b"]);
    expect(await link.batch("m", [["a"]])).toEqual(["a"]);
    const sizes = node.received.map((calls) => calls.length);
    expect(sizes.filter((size) => size > 1)).toEqual([2]);
    link.close();
  });

  const cases: [string, string, (ids: number[]) => string][] = [
    ["a wrong id", "bad-reply", ([id = 0]) => JSON.stringify(result(id + 1, 1))],
    ["no id", "bad-reply", () => '{"jsonrpc":"2.0","result":1}'],
    ["neither result nor error", "bad-reply", ([id]) => JSON.stringify({ jsonrpc: "2.0", id })],
    ["JSON cut short", "bad-reply", ([id = 0]) => JSON.stringify(result(id, 1)).slice(0, -1)],
    ["nothing", "bad-reply", () => ""],
    ["too much", "too-much", ([id = 0]) => JSON.stringify(result(id, "x".repeat(2000)))],
    ["an error without an id", "rpc", () => JSON.stringify(failure(null, "rate limited", -32_999))],
  ];
  for (const [what, code, reply] of cases) {
    test(`${what} fails that request alone`, async () => {
      await using node = startFakeNode({
        refuseUpgrade,
        onMessage: (calls, send) => {
          const bad = calls[0]?.method === "bad";
          send(bad ? reply(calls.map(({ id }) => id)) : JSON.stringify(echo(calls)[0]));
        },
      });
      const link = await connect(node.url, { maxReplyBytes: 1000 });
      await expect(link.request("bad", [])).rejects.toMatchObject({ code });
      expect(await link.request("m", ["fine"])).toBe("fine");
      link.close();
    });
  }

  test("a batch without one of its replies is refused", async () => {
    await using node = startFakeNode({
      refuseUpgrade,
      onMessage: (calls, send, isBatch) => {
        const replies = echo(calls);
        send(JSON.stringify(isBatch ? replies.slice(1) : replies[0]));
      },
    });
    const link = await connect(node.url);
    await expect(link.batch("m", [["a"], ["b"]])).rejects.toMatchObject({ code: "bad-reply" });
    link.close();
  });

  test("a request that is never answered fails, and closing ends those under way", async () => {
    await using node = startFakeNode({
      refuseUpgrade,
      onMessage: (calls, send) => {
        if (calls[0]?.method === "system_chain") send(JSON.stringify(echo(calls)[0]));
      },
    });
    const link = await connect(node.url, { timeoutMs: SHORT_MS });
    await expect(link.request("m", [])).rejects.toMatchObject({ code: "unavailable" });
    const patient = await connect(node.url);
    const failed = failureOf(patient.request("m", []));
    while (node.received.length < 4) await Bun.sleep(1);
    patient.close();
    expect(await failed).toBeInstanceOf(MonitorError);
  });
});
