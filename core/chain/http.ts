// JSON-RPC over HTTP POST: for proxies that pass no WebSocket. Heads are polled there.
import { MonitorError } from "../errors.ts";
import { badReply, parseArray } from "../parse.ts";
import type { Envelope, Exchange, Link, LinkOptions } from "./link.ts";
import { firstError, isBatchRefusal, oversized, parseEnvelope, parseJson } from "./link.ts";
import { fetchText } from "./read-body.ts";

type Message = Pick<Exchange, "id" | "method" | "calls" | "params">;

/** HTTP keeps no connection of ours: the link lives until closed, each request fails by itself. */
export function openHttp(url: string, options: LinkOptions): Link {
  const { promise: closed, resolve: die } = Promise.withResolvers<MonitorError>();
  const aborter = new AbortController();
  let nextId = 1;
  let takesBatches = true;

  async function post(text: string): Promise<string> {
    const reply = await fetchText(url, options.maxReplyBytes, {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.any([aborter.signal, AbortSignal.timeout(options.timeoutMs)]),
    }).catch((cause: unknown) => {
      throw new MonitorError("unavailable", `${url}: the HTTP request failed`, { cause });
    });
    if (reply === null) throw oversized(url, `more than ${options.maxReplyBytes}`);
    return reply;
  }

  /** One message and its replies; whatever becomes of it is told. */
  async function exchange(message: Message, requestText: string): Promise<Envelope[]> {
    const sentAt = performance.now();
    let replyText: string | null = null;
    let error: MonitorError | null = null;
    try {
      replyText = await post(requestText);
      const replies = parseReplies(replyText, message);
      error = firstError(replies);
      return replies;
    } catch (failure) {
      error = failure instanceof MonitorError ? failure : badReply(url, "JSON-RPC", failure);
      throw error;
    } finally {
      const durationMs = performance.now() - sentAt;
      options.onExchange?.({ ...message, durationMs, requestText, replyText, error });
    }
  }

  function parseReplies(text: string, { method, calls }: Message): Envelope[] {
    const reply = parseJson(text, url);
    if (calls === null || !Array.isArray(reply)) return [parseEnvelope(reply, method)];
    return parseArray(reply, method).map((item) => parseEnvelope(item, method));
  }

  async function request(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = nextId++;
    const message = { id, method, calls: null, params };
    const [reply] = await exchange(message, JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return resultOf(reply, id);
  }

  async function batch(method: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    if (calls.length === 0) return [];
    if (!takesBatches) return await Promise.all(calls.map((params) => request(method, params)));
    const id = nextId;
    nextId += calls.length;
    const body = calls.map((params, i) => ({ jsonrpc: "2.0", id: id + i, method, params }));
    const message = { id, method, calls: calls.length, params: calls };
    const replies = await exchange(message, JSON.stringify(body));
    const refusal = replies.length === 1 ? firstError(replies) : null;
    if (refusal !== null && isBatchRefusal(refusal)) {
      takesBatches = false;
      return await batch(method, calls);
    }
    const byId = new Map(replies.map((reply) => [reply.id, reply] as const));
    return calls.map((_, i) => resultOf(byId.get(id + i), id + i));
  }

  return {
    url,
    transport: "http",
    request,
    batch,
    closed,
    close: () => {
      aborter.abort();
      die(new MonitorError("stopped", `${url}: closed by us`));
    },
  };
}

function resultOf(envelope: Envelope | undefined, id: number): unknown {
  if (envelope === undefined) throw badReply("a batch", `a reply with id ${id}`, null);
  if ("error" in envelope.outcome) throw envelope.outcome.error;
  if (envelope.id !== id) throw badReply("reply id", String(id), envelope.id);
  return envelope.outcome.result;
}
