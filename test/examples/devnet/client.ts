// A plain JSON-RPC client for the tests: nothing of the monitor's own.
export interface Reply {
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

export interface HeaderJson {
  parentHash: string;
  number: string;
  stateRoot: string;
  extrinsicsRoot: string;
  digest: { logs: string[] };
}

export interface Notification {
  method: string;
  params: { subscription: string; result: HeaderJson };
}

export async function postText(url: string, body: string): Promise<string> {
  const response = await fetch(url, { method: "POST", body });
  return response.text();
}

export async function ask(url: string, method: string, params: unknown[] = []): Promise<Reply> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return JSON.parse(await postText(url, body)) as Reply;
}

/** The result, or a failure that shows the error. */
export async function call<T>(url: string, method: string, params: unknown[] = []): Promise<T> {
  const reply = await ask(url, method, params);
  if (reply.error) throw new Error(`${method}: ${JSON.stringify(reply.error)}`);
  return reply.result as T;
}

export interface Socket {
  /** Everything received, in order. */
  received: unknown[];
  notifications(method: string): HeaderJson[];
  send(message: unknown): void;
  /** Resolves once so many messages are in. */
  until(count: number): Promise<void>;
  closed: Promise<void>;
  close(): void;
}

export async function openSocket(url: string): Promise<Socket> {
  const socket = new WebSocket(url);
  const received: unknown[] = [];
  socket.addEventListener("message", (event) => {
    received.push(JSON.parse(String(event.data)));
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("socket refused")));
  });
  return {
    received,
    notifications: (method) =>
      received.flatMap((message) => {
        const { method: name, params } = message as Notification;
        return name === method ? [params.result] : [];
      }),
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    async until(count) {
      const endMs = Date.now() + 5000;
      while (received.length < count) {
        if (Date.now() > endMs) throw new Error(`${received.length} of ${count} messages came`);
        await Bun.sleep(2);
      }
    },
    closed,
    close: () => socket.close(),
  };
}
