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

interface Notification {
  method: string;
  params: { subscription: string; result: HeaderJson };
}

/** A reply as the shape the test expects; what follows compares it, so a lie shows there. */
export function shaped<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as T;
}

export async function postText(url: string, body: string): Promise<string> {
  const response = await fetch(url, { method: "POST", body });
  return response.text();
}

export async function ask(url: string, method: string, params: unknown[] = []): Promise<Reply> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return shaped<Reply>(JSON.parse(await postText(url, body)));
}

/** The result, or a failure that shows the error. */
export async function call<T>(url: string, method: string, params: unknown[] = []): Promise<T> {
  const reply = await ask(url, method, params);
  if (reply.error) throw new Error(`${method}: ${JSON.stringify(reply.error)}`);
  return shaped<T>(reply.result);
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
        const { method: name, params } = shaped<Notification>(message);
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
