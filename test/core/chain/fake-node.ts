// A server that answers what the test says, for replies no honest node would give.
export interface Call {
  id: number;
  method: string;
  params: unknown[];
}

interface Answers {
  /** Gets each message, single or batch; sends any texts back, now or later. Over HTTP the first one counts. */
  onMessage: (calls: Call[], send: (text: string) => void, isBatch: boolean) => void;
  /** Status to answer WebSocket upgrades with. */
  refuseUpgrade?: number;
}

export interface FakeNode extends AsyncDisposable {
  url: string;
  /** Cuts every connection without a goodbye. */
  cut: () => void;
  /** Messages received. */
  received: Call[][];
}

/** The test's own client wrote it: a lie would show in the test. */
function parseCalls(text: string): { calls: Call[]; isBatch: boolean } {
  const value: unknown = JSON.parse(text);
  const isBatch = Array.isArray(value);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { calls: (isBatch ? value : [value]) as Call[], isBatch };
}

export function startFakeNode({ onMessage, refuseUpgrade }: Answers): FakeNode {
  const received: Call[][] = [];
  const sockets = new Set<Bun.ServerWebSocket>();
  function hear(text: string, send: (text: string) => void): void {
    const { calls, isBatch } = parseCalls(text);
    received.push(calls);
    onMessage(calls, send, isBatch);
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request, self) => {
      if (request.headers.get("upgrade") !== null) {
        if (refuseUpgrade !== undefined) return new Response("no", { status: refuseUpgrade });
        return self.upgrade(request) ? undefined : new Response("no", { status: 400 });
      }
      const text = await request.text();
      const { promise, resolve } = Promise.withResolvers<Response>();
      hear(text, (reply) => resolve(new Response(reply)));
      return await promise;
    },
    websocket: {
      open: (socket) => void sockets.add(socket),
      close: (socket) => void sockets.delete(socket),
      message: (socket, text) => hear(String(text), (reply) => void socket.send(reply)),
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    received,
    cut: () => sockets.forEach((socket) => socket.terminate()),
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}

/** A JSON-RPC result. */
export function result(id: number | null, value: unknown): Record<string, unknown> {
  return { jsonrpc: "2.0", id, result: value };
}

/** A JSON-RPC error. */
export function failure(
  id: number | null,
  message: string,
  code = -32_000,
): Record<string, unknown> {
  return { jsonrpc: "2.0", id, error: { code, message } };
}

/** What an honest node would answer: each call's first parameter. */
export function echo(calls: readonly Call[]): Record<string, unknown>[] {
  return calls.map(({ id, params }) => result(id, params[0] ?? null));
}
