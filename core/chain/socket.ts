// JSON-RPC over one WebSocket. The runtime's client has no handshake timeout and never notices a dead
// peer, so both are here; batching and pipelining too, which the chain libraries' providers lack.
import { MonitorError } from "../errors.ts";
import { badReply, parseArray, parseObject, parseText } from "../parse.ts";
import type { Envelope, Link, LinkOptions, Subscription } from "./link.ts";
import { firstError, isBatchRefusal, oversized, parseEnvelope, parseJson } from "./link.ts";

const HANDSHAKE_MS = 10_000;
const PING_EVERY_MS = 10_000;
/** Two pings without any sign of life. */
const DEAD_AFTER_MS = 25_000;

interface Message {
  method: string;
  /** Ids are `first` … `first + count - 1`. */
  first: number;
  count: number;
  isBatch: boolean;
  params: readonly unknown[];
  text: string;
}

interface Pending extends Message {
  sentAt: number;
  settle: (replies: Envelope[] | MonitorError, replyText: string | null) => void;
}

/** The upgrade was answered, but not with a WebSocket: a proxy that only passes HTTP. */
export class UpgradeRefused extends MonitorError {}

/** Opens a WebSocket link. Throws `unavailable` when there is none within ten seconds. */
export async function openSocket(
  url: string,
  options: LinkOptions,
  signal?: AbortSignal,
): Promise<Link> {
  if (signal?.aborted) throw new MonitorError("stopped", `${url}: stopped before connecting`);
  // No node compresses, and a few kilobytes would unpack to all the memory there is.
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await handshake(socket, url, signal);
  return new SocketLink(socket, url, options);
}

async function handshake(socket: WebSocket, url: string, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => reject(new MonitorError("stopped", `${url}: stopped while connecting`));
  signal?.addEventListener("abort", stop);
  const timer = setTimeout(() => {
    const hint = "something listens there, but is it the node's RPC port?";
    reject(new MonitorError("unavailable", `${url}: no WebSocket handshake within 10 s`, { hint }));
  }, HANDSHAKE_MS);
  let reason = "";
  socket.addEventListener("open", () => resolve());
  socket.addEventListener("error", (event) => (reason = whyFailed(event)));
  socket.addEventListener("close", (event) => {
    const why = reason || event.reason;
    const text = `${url}: ${why || `closed with code ${event.code}`}`;
    const refused = /expected 101|status code/i.test(text);
    const hint = "check that the node runs and that --rpc-url names it; --daemon waits for it";
    reject(new (refused ? UpgradeRefused : MonitorError)("unavailable", text, { hint }));
  });
  try {
    await promise;
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** The runtime's message repeats the address; once is enough. */
function whyFailed(event: Event): string {
  const text = "message" in event ? String(event.message) : "connection failed";
  return text.replace(/^WebSocket connection to '.*' failed: /, "");
}

class SocketLink implements Link {
  readonly transport = "websocket";
  readonly url: string;
  readonly closed: Promise<MonitorError>;
  readonly #socket: WebSocket;
  readonly #options: LinkOptions;
  readonly #die: (reason: MonitorError) => void;
  readonly #listeners = new Map<string, (item: unknown) => void>();
  /** In the order sent, so the oldest comes first; never more than a handful. */
  #pending: Pending[] = [];
  #nextId = 1;
  #lastSign = performance.now();
  #dead: MonitorError | undefined;
  #takesBatches = true;

  constructor(socket: WebSocket, url: string, options: LinkOptions) {
    this.#socket = socket;
    this.url = url;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<MonitorError>();
    this.closed = promise;
    this.#die = resolve;
    const watch = setInterval(() => this.#watch(), Math.min(PING_EVERY_MS, options.timeoutMs / 2));
    void promise.then(() => clearInterval(watch));
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("pong", () => (this.#lastSign = performance.now()));
    let why = "";
    socket.addEventListener("error", (event) => (why = ` ${whyFailed(event)}`));
    socket.addEventListener("close", ({ code }) => {
      this.#fail(new MonitorError("unavailable", `${url}: connection closed (${code})${why}`));
    });
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    const first = this.#nextId++;
    const text = requestText(first, method, params);
    const replies = await this.#send({ method, first, count: 1, isBatch: false, params, text });
    return resultOf(replies[0]);
  }

  async batch(method: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    if (calls.length === 0) return [];
    if (!this.#takesBatches) return await this.#oneByOne(method, calls);
    const first = this.#nextId;
    this.#nextId += calls.length;
    const text = `[${calls.map((params, i) => requestText(first + i, method, params)).join(",")}]`;
    const count = calls.length;
    try {
      const message = { method, first, count, isBatch: true, params: calls, text };
      return (await this.#send(message)).map(resultOf);
    } catch (error) {
      if (!(error instanceof MonitorError) || !isBatchRefusal(error)) throw error;
      this.#takesBatches = false;
      return await this.#oneByOne(method, calls);
    }
  }

  async subscribe(
    methods: { subscribe: string; unsubscribe: string },
    onItem: (item: unknown) => void,
  ): Promise<Subscription> {
    const id = subscriptionId(await this.request(methods.subscribe, []));
    this.#listeners.set(id, onItem);
    return {
      close: () => {
        this.#listeners.delete(id);
        if (this.#dead === undefined)
          this.request(methods.unsubscribe, [id]).catch(() => undefined);
      },
    };
  }

  close(): void {
    this.#fail(new MonitorError("stopped", `${this.url}: closed by us`));
  }

  async #oneByOne(method: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    return await Promise.all(calls.map((params) => this.request(method, params)));
  }

  async #send(message: Message): Promise<Envelope[]> {
    if (this.#dead !== undefined) throw this.#dead;
    const { promise, resolve } = Promise.withResolvers<Envelope[] | MonitorError>();
    const sentAt = performance.now();
    this.#pending.push({
      ...message,
      sentAt,
      settle: (replies, replyText) => {
        this.#tell(message, performance.now() - sentAt, replies, replyText);
        resolve(replies);
      },
    });
    this.#socket.send(message.text);
    const replies = await promise;
    if (replies instanceof MonitorError) throw replies;
    return replies;
  }

  #tell(
    { method, first, count, isBatch, params, text }: Message,
    durationMs: number,
    replies: Envelope[] | MonitorError,
    replyText: string | null,
  ): void {
    this.#options.onExchange?.({
      id: first,
      method,
      calls: isBatch ? count : null,
      params,
      durationMs,
      requestText: text,
      replyText,
      error: replies instanceof MonitorError ? replies : firstError(replies),
    });
  }

  #receive(data: unknown): void {
    this.#lastSign = performance.now();
    try {
      if (typeof data !== "string") throw badReply(this.url, "a text message", "bytes");
      if (data.length > this.#options.maxReplyBytes) {
        throw oversized(this.url, data.length);
      }
      this.#dispatch(parseJson(data, this.url), data);
    } catch (error) {
      // A message that cannot be matched leaves its request unanswered for ever: start afresh.
      this.#fail(error instanceof MonitorError ? error : badReply(this.url, "JSON-RPC", error));
    }
  }

  #dispatch(message: unknown, text: string): void {
    if (Array.isArray(message)) {
      const replies = parseArray(message, this.url).map((item) => parseEnvelope(item, this.url));
      const first = Math.min(...replies.map((reply) => reply.id ?? Number.NaN));
      this.#settle(first, replies, text);
      return;
    }
    const object = parseObject(message, this.url);
    if ("method" in object) return this.#notify(object);
    const reply = parseEnvelope(object, this.url);
    if (reply.id !== null) return this.#settle(reply.id, [reply], text);
    // An error without an id refuses a whole message without saying which: the only kind we send is a batch.
    if ("error" in reply.outcome) {
      const { error } = reply.outcome;
      const batches = this.#pending.filter((pending) => pending.isBatch);
      this.#pending = this.#pending.filter((pending) => !pending.isBatch);
      for (const pending of batches) pending.settle(error, text);
    }
  }

  #notify(message: Record<string, unknown>): void {
    const params = parseObject(message["params"], `${this.url} notification`);
    this.#listeners.get(subscriptionId(params["subscription"]))?.(params["result"]);
  }

  #settle(first: number, replies: Envelope[], text: string): void {
    const index = this.#pending.findIndex((pending) => pending.first === first);
    const pending = this.#pending[index];
    if (pending === undefined || replies.length !== pending.count) {
      const found = `${replies.length} replies from id ${first} on`;
      throw badReply(this.url, "a reply to a request of ours", found);
    }
    // The order inside a batch reply is the node's affair: match by id.
    const ordered: Envelope[] = [];
    for (const reply of replies) ordered[(reply.id ?? Number.NaN) - first] = reply;
    for (let i = 0; i < pending.count; i++) {
      if (ordered[i] === undefined)
        throw badReply(pending.method, "one reply for each id", first + i);
    }
    this.#pending.splice(index, 1);
    pending.settle(ordered, text);
  }

  #watch(): void {
    const now = performance.now();
    const oldest = this.#pending[0];
    if (oldest !== undefined && now - oldest.sentAt > this.#options.timeoutMs) {
      const waited = Math.round((now - oldest.sentAt) / 1000);
      this.#fail(
        new MonitorError("too-much", `${this.url}: no answer to ${oldest.method} for ${waited} s`),
      );
    } else if (now - this.#lastSign > DEAD_AFTER_MS) {
      this.#fail(new MonitorError("unavailable", `${this.url}: no sign of life for 25 s`));
    } else {
      this.#socket.ping();
    }
  }

  #fail(reason: MonitorError): void {
    if (this.#dead !== undefined) return;
    this.#dead = reason;
    this.#listeners.clear();
    for (const pending of this.#pending.splice(0)) pending.settle(reason, null);
    // close() can hang for seconds on a dead peer.
    this.#socket.terminate();
    this.#die(reason);
  }
}

/** Texts on a real node; some servers count. */
function subscriptionId(value: unknown): string {
  return typeof value === "number" ? String(value) : parseText(value, "a subscription");
}

function requestText(id: number, method: string, params: readonly unknown[]): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}`;
}

function resultOf(reply: Envelope | undefined): unknown {
  if (reply === undefined) throw new MonitorError("bad-reply", "an empty batch reply");
  if ("error" in reply.outcome) throw reply.outcome.error;
  return reply.outcome.result;
}
