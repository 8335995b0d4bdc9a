// JSON-RPC over HTTP POST: for proxies that pass no WebSocket. Heads are polled there.
import { ofetch } from "ofetch";

import { MonitorError } from "../errors.ts";
import { badReply, parseArray } from "../parse.ts";
import type { Envelope, Link, LinkOptions } from "./link.ts";
import { isBatchRefusal, oversized, parseEnvelope, parseJson } from "./link.ts";

/** HTTP keeps no connection of ours: the link lives until closed, each request fails by itself. */
export function openHttp(url: string, options: LinkOptions): Link {
  const { promise: closed, resolve: die } = Promise.withResolvers<MonitorError>();
  const aborter = new AbortController();
  let nextId = 1;
  let takesBatches = true;

  async function post(body: unknown): Promise<unknown> {
    const text = await ofetch<string, "text">(url, {
      method: "POST",
      // Serialised here: a plain array would be sent as it is, but a string keeps the header ours.
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      responseType: "text",
      retry: 0,
      signal: AbortSignal.any([aborter.signal, AbortSignal.timeout(options.timeoutMs)]),
    }).catch((cause: unknown) => {
      throw new MonitorError("unavailable", `${url}: the HTTP request failed`, { cause });
    });
    if (text.length > options.maxReplyBytes) {
      throw oversized(url, text.length);
    }
    return parseJson(text, url);
  }

  async function request(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = nextId++;
    return resultOf(parseEnvelope(await post({ jsonrpc: "2.0", id, method, params }), method), id);
  }

  async function batch(method: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    if (calls.length === 0) return [];
    if (!takesBatches) return await Promise.all(calls.map((params) => request(method, params)));
    const first = nextId;
    nextId += calls.length;
    const reply = await post(
      calls.map((params, i) => ({ jsonrpc: "2.0", id: first + i, method, params })),
    );
    if (!Array.isArray(reply)) {
      const { outcome } = parseEnvelope(reply, method);
      if (!("error" in outcome) || !isBatchRefusal(outcome.error))
        throw badReply(method, "a batch", reply);
      takesBatches = false;
      return await batch(method, calls);
    }
    const byId = new Map(
      parseArray(reply, method).map((item) => {
        const envelope = parseEnvelope(item, method);
        return [envelope.id, envelope] as const;
      }),
    );
    return calls.map((_, i) => {
      const envelope = byId.get(first + i);
      if (envelope === undefined) throw badReply(method, `a reply with id ${first + i}`, null);
      return resultOf(envelope, first + i);
    });
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

function resultOf(envelope: Envelope, id: number): unknown {
  if ("error" in envelope.outcome) throw envelope.outcome.error;
  if (envelope.id !== id) throw badReply("reply id", String(id), envelope.id);
  return envelope.outcome.result;
}
