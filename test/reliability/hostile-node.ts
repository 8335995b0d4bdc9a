// A node that lies: a proxy before an honest one, which mutates one message in so many, floods, and talks garbage.
import { mutate, mutateAnywhere, pick } from "./mutate.ts";
import type { Random } from "./mutate.ts";
import { garbageFor } from "./raw-garbage.ts";

/**
 * So many messages after a mutated one are left alone: what is asked for twice is not lied about twice. A node that lies
 * the same way twice cannot be caught by asking.
 */
const SPARED = 8;
const OTHERS_KEPT = 200;
const LONGEST_KEPT = 100_000;

export interface HostileNode extends AsyncDisposable {
  url: string;
  /** One message in so many is mutated; 0: none. */
  every: number;
  /** One connection in so many is answered with garbage; 0: none. */
  garbageEvery: number;
  /** Answers WebSocket upgrades with 403, so that everything goes by HTTP. */
  httpOnly: boolean;
  mutated: number;
  garbage: number;
  connections: number;
  byKind: Map<string, number>;
  /**
   * Sends this many messages on each connection, each made by `change` from the last one pushed on some subscription.
   * Ends with the connection. Returns how many went out.
   */
  flood: (count: number, change: (pushed: string, i: number) => string) => Promise<number>;
  /** The next reply is this big, or nested this deep. */
  exaggerate: (next: { bytes: number } | { depth: number }) => void;
}

interface Wire {
  upstream: WebSocket;
  /** Sent before the upstream was open. */
  waiting: string[];
  /** The last notification of each subscription. */
  pushed: Map<string, string>;
}

type Socket = Bun.ServerWebSocket<Wire>;

/** Text of a message from the node → what the client gets. */
type Spoil = (text: string) => string;

function parse(text: string): unknown {
  return JSON.parse(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One answer is changed; in a batch one of them, or the batch. */
function spoilMessage(
  text: string,
  random: Random,
  others: readonly unknown[],
): { kind: string; text: string } | null {
  const message = parse(text);
  const material = { random, others };
  if (Array.isArray(message)) {
    const texts = message.map((each: unknown) => JSON.stringify(each));
    const at = Math.floor(random() * texts.length);
    const one = spoilMessage(texts[at] ?? "", random, others);
    if (one === null) return null;
    texts[at] = one.text;
    return { kind: one.kind, text: `[${texts.join(",")}]` };
  }
  if (!isObject(message)) return null;
  if ("method" in message) return mutateAnywhere(message, material);
  if (!("result" in message)) return null;
  return mutate(JSON.stringify(message["result"]), Number(message["id"]), material);
}

function exaggerated(text: string, next: { bytes: number } | { depth: number }): string {
  const big =
    "bytes" in next
      ? `"0x${"ab".repeat(next.bytes / 2)}"`
      : "[".repeat(next.depth) + "]".repeat(next.depth);
  const id = /"id":(\d+)/.exec(text)?.[1] ?? "1";
  const reply = `{"jsonrpc":"2.0","id":${id},"result":${big}}`;
  return text.startsWith("[") ? `[${reply}]` : reply;
}

export function startHostileNode(
  upstream: { url: string; httpUrl: string },
  random: Random,
): HostileNode {
  const sockets = new Set<Socket>();
  const others: unknown[] = ["0x"];
  let spared = 0;
  let next: { bytes: number } | { depth: number } | null = null;

  function remember(text: string): void {
    if (text.length > LONGEST_KEPT || text.startsWith("[")) return;
    const message = parse(text);
    if (isObject(message) && "result" in message) others.push(message["result"]);
    if (others.length > OTHERS_KEPT) others.shift();
  }

  const spoil: Spoil = (text) => {
    if (next !== null && text.includes('"result"') && !text.includes('"method"')) {
      const big = exaggerated(text, next);
      next = null;
      return big;
    }
    remember(text);
    if (spared > 0) spared--;
    else if (node.every > 0 && random() * node.every < 1) {
      const spoilt = spoilMessage(text, random, others);
      if (spoilt === null) return text;
      spared = SPARED;
      node.mutated++;
      node.byKind.set(spoilt.kind, (node.byKind.get(spoilt.kind) ?? 0) + 1);
      return spoilt.text;
    }
    return text;
  };

  function note(wire: Wire, text: string): void {
    const id = /^\{"jsonrpc":"2.0","method":"[^"]+","params":\{"subscription":"([^"]+)"/.exec(
      text,
    )?.[1];
    if (id !== undefined) wire.pushed.set(id, text);
  }

  const inner = Bun.serve<Wire>({
    ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 255 },
    fetch: async (request, server) => {
      if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
        if (node.httpOnly) return new Response("Forbidden", { status: 403 });
        const wire: Wire = {
          upstream: new WebSocket(upstream.url),
          waiting: [],
          pushed: new Map(),
        };
        return server.upgrade(request, { data: wire })
          ? undefined
          : new Response("", { status: 400 });
      }
      const answer = await fetch(upstream.httpUrl, {
        ...{ method: "POST", body: await request.text() },
        headers: { "content-type": "application/json" },
      });
      return new Response(spoil(await answer.text()), {
        headers: { "content-type": "application/json" },
      });
    },
    websocket: {
      ...{ perMessageDeflate: false, maxPayloadLength: 128 * 1024 * 1024, idleTimeout: 255 },
      backpressureLimit: 1024 * 1024 * 1024,
      open(socket) {
        sockets.add(socket);
        const { upstream: above, waiting } = socket.data;
        above.addEventListener("open", () => {
          for (const text of waiting.splice(0)) above.send(text);
        });
        above.addEventListener("message", ({ data }) => {
          const text = String(data);
          note(socket.data, text);
          socket.send(spoil(text));
        });
        above.addEventListener("close", () => socket.terminate());
      },
      message(socket, text) {
        const { upstream: above, waiting } = socket.data;
        if (above.readyState === WebSocket.OPEN) above.send(String(text));
        else waiting.push(String(text));
      },
      close(socket) {
        sockets.delete(socket);
        socket.data.upstream.close();
      },
    },
  });

  const outer = garbageFor(inner.port ?? 0, random, {
    isDue: () => {
      node.connections++;
      return node.garbageEvery > 0 && random() * node.garbageEvery < 1;
    },
    done: (kind) => {
      node.garbage++;
      node.byKind.set(kind, (node.byKind.get(kind) ?? 0) + 1);
    },
  });

  async function flood(
    count: number,
    change: (pushed: string, i: number) => string,
  ): Promise<number> {
    let sent = 0;
    for (const socket of sockets) {
      const pushed = [...socket.data.pushed.values()];
      for (let i = 0; i < count && pushed.length > 0; i++) {
        if (socket.send(change(pick(random, pushed), i)) === 0) break;
        sent++;
        // What was sent gets its turn to be read, and a connection to be closed.
        if (i % 500 === 499) await Bun.sleep(0);
      }
    }
    return sent;
  }

  const node: HostileNode = {
    url: `ws://127.0.0.1:${outer.port}`,
    ...{ every: 0, garbageEvery: 0, httpOnly: false },
    ...{ mutated: 0, garbage: 0, connections: 0, byKind: new Map() },
    flood,
    exaggerate: (wanted) => (next = wanted),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate();
      outer.stop();
      await inner.stop(true);
    },
  };
  return node;
}
