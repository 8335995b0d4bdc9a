// HTTP and WebSocket on one port.
import { every, spoil } from "./faults.ts";
import { systemHealth } from "./methods/system.ts";
import type { Import, Node } from "./node.ts";
import { answerMessage, type Caller, type Desk } from "./protocol.ts";
import { publish } from "./subscriptions.ts";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_BACKPRESSURE_BYTES = 1024 * 1024 * 1024;
const LONGEST_IDLE_SECONDS = 255;
const SOCKET_LIMITS = {
  maxPayloadLength: MAX_MESSAGE_BYTES,
  backpressureLimit: MAX_BACKPRESSURE_BYTES,
  idleTimeout: LONGEST_IDLE_SECONDS,
  sendPings: true,
  perMessageDeflate: false,
};
/** Long enough for later requests to be answered first. */
const HELD_BACK_MS = 40;
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

interface Connection extends Caller {
  replies: number;
  socket: Bun.ServerWebSocket<Connection> | undefined;
}

export interface RpcServer {
  port: number;
  publish(event: Import): void;
  dropConnections(): void;
  stop(): Promise<void>;
}

/** A response that breaks off, as when a node dies while answering. */
function cutResponse(text: string): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text.slice(0, 1)));
      controller.error(new Error("devnet: connection dropped on purpose"));
    },
  });
  return new Response(body, { headers: JSON_TYPE });
}

/** Reply messages numbered over the whole devnet, so faults come in a fixed rhythm. */
interface Counter {
  replies: number;
}

function makeReply(
  desk: Desk,
  counter: Counter,
  text: string,
  caller?: Caller,
): string | undefined {
  const reply = answerMessage(desk, text, caller);
  if (reply === undefined) return undefined;
  counter.replies++;
  return spoil(reply, counter.replies, desk.node.options.faults, desk.node);
}

async function answerPost(desk: Desk, counter: Counter, request: Request): Promise<Response> {
  const { faults } = desk.node.options;
  const text = await request.text();
  if (faults.silent) return new Promise<Response>(() => {});
  const reply = makeReply(desk, counter, text);
  if (faults.latencyMs > 0) await Bun.sleep(faults.latencyMs);
  if (faults.dropEvery > 0 && counter.replies % faults.dropEvery === 0)
    return cutResponse(reply ?? "");
  return new Response(reply ?? "", { headers: JSON_TYPE });
}

function receive(desk: Desk, counter: Counter, connection: Connection, text: string): void {
  const { faults } = desk.node.options;
  if (faults.silent) return;
  const reply = makeReply(desk, counter, text, connection);
  const first = connection.afterReply;
  connection.afterReply = [];
  const deliver = (): void => {
    if (reply === undefined) return;
    connection.send(reply);
    for (const message of first) connection.send(message);
    connection.replies++;
    if (faults.dropEvery > 0 && connection.replies % faults.dropEvery === 0)
      connection.socket?.close(1011, "dropped on purpose");
  };
  const held = every(counter.replies, faults.reorderEvery) ? HELD_BACK_MS : 0;
  const waitMs = faults.latencyMs + held;
  if (waitMs > 0) setTimeout(deliver, waitMs);
  else deliver();
}

function newConnection(): Connection {
  const connection: Connection = {
    subscriptions: new Map(),
    afterReply: [],
    replies: 0,
    socket: undefined,
    send(text) {
      connection.socket?.send(text);
    },
  };
  return connection;
}

function answerHttp(
  desk: Desk,
  counter: Counter,
  request: Request,
  server: Bun.Server<Connection>,
): Response | Promise<Response> | undefined {
  if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
    if (desk.node.options.faults.rejectWebSocket) return new Response("Forbidden", { status: 403 });
    if (server.upgrade(request, { data: newConnection() })) return undefined;
    return new Response("Upgrade failed", { status: 400 });
  }
  if (request.method === "POST") return answerPost(desk, counter, request);
  if (request.method === "GET" && new URL(request.url).pathname === "/health")
    return Response.json(systemHealth(desk.node));
  return new Response("Used HTTP Method is not allowed. POST is required\n", { status: 405 });
}

export function openServer(node: Node, port: number): RpcServer {
  const desk: Desk = { node, issued: 0 };
  const counter: Counter = { replies: 0 };
  const connections = new Set<Connection>();
  const server = Bun.serve<Connection>({
    hostname: node.options.host,
    port,
    idleTimeout: LONGEST_IDLE_SECONDS,
    maxRequestBodySize: MAX_MESSAGE_BYTES,
    fetch: (request, self) => answerHttp(desk, counter, request, self),
    websocket: {
      ...SOCKET_LIMITS,
      open(socket) {
        socket.data.socket = socket;
        connections.add(socket.data);
      },
      message(socket, text) {
        receive(desk, counter, socket.data, typeof text === "string" ? text : text.toString());
      },
      close(socket) {
        connections.delete(socket.data);
        socket.data.socket = undefined;
      },
    },
  });
  const dropConnections = (): void => {
    for (const connection of connections) connection.socket?.terminate();
  };
  return {
    port: server.port ?? port,
    publish: (event) => publish(connections, event),
    dropConnections,
    async stop() {
      dropConnections();
      await server.stop(true);
    },
  };
}
