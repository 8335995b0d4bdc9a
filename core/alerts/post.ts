// One request to a receiver, and what came of it. Nothing secret leaves here: no address, no header, no raw reply.
import type { FetchResponse } from "ofetch";
import { ofetch } from "ofetch";

import type { OutgoingRequest } from "./channels/message.ts";
import type { Route } from "./route.ts";
import { firstWay, routesTo } from "./route.ts";

export type Outcome =
  | { ok: true }
  | {
      ok: false;
      /** Names no address and no secret. */
      error: string;
      /** What the receiver asked for; null = nothing. */
      retryAfterMs: number | null;
      /** The message itself was refused: the same again will not do. */
      refused: boolean;
    };

interface PostOptions {
  timeoutMs: number;
  signal: AbortSignal;
}

export type Post = (request: OutgoingRequest, options: PostOptions) => Promise<Outcome>;

const MOST_REDIRECTS = 3;
/** Enough to find a reason in. */
const REPLY_BYTES = 4096;

export const post: Post = async (request, { timeoutMs, signal }) => {
  if (URL.parse(request.url) === null) return failure("its address cannot be read");
  const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await send(request, until, MOST_REDIRECTS);
  } catch (error) {
    if (signal.aborted) return failure("stopped before an answer came");
    if (until.aborted) return failure(`no answer within ${timeoutMs / 1000} s`);
    return failure(`cannot be reached${codeOf(error)}`);
  }
};

function failure(error: string, retryAfterMs: number | null = null, refused = false): Outcome {
  return { ok: false, error, retryAfterMs, refused };
}

async function send(
  request: OutgoingRequest,
  signal: AbortSignal,
  redirects: number,
): Promise<Outcome> {
  const { url, method, headers, body } = request;
  const routes = await routesTo(url);
  if (routes === null) {
    return failure("its address is that of a cloud's metadata service: nothing is sent there");
  }
  signal.throwIfAborted();
  const once = async (way: Route): Promise<FetchResponse<ReadableStream<Uint8Array>>> =>
    await ofetch.raw<ReadableStream<Uint8Array>, "stream">(way.url, {
      ...{ method, body, signal, ...(way.tls === undefined ? {} : { tls: way.tls }) },
      headers: { ...headers, ...way.headers },
      responseType: "stream",
      redirect: "manual",
      retry: 0,
      ignoreResponseError: true,
    });
  const response = await firstWay(routes, once, signal);
  if (response.ok) {
    await response.body?.cancel();
    return { ok: true };
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    const next = redirectOf(url, response.headers.get("location"));
    if (next === null || redirects === 0) {
      return failure("it sends us to another place; give that address instead");
    }
    return await send({ ...request, url: next }, signal, redirects - 1);
  }
  return await failureOf(response, request);
}

/** The same host by a way not less safe; anything else could carry a secret where it does not belong. */
function redirectOf(from: string, location: string | null): string | null {
  const old = new URL(from);
  const to = location === null ? null : URL.parse(location, from);
  if (to === null || to.hostname !== old.hostname) return null;
  const upgraded = old.protocol === "http:" && to.protocol === "https:" && to.port === "";
  return to.origin === old.origin || upgraded ? to.href : null;
}

async function failureOf(
  response: FetchResponse<unknown>,
  request: OutgoingRequest,
): Promise<Outcome> {
  const { status, headers } = response;
  const reply = await readReply(response);
  const reason = reply.reason === null ? "" : `: ${scrub(reply.reason, request)}`;
  const retryAfterMs = parseRetryAfter(headers.get("retry-after")) ?? reply.retryAfterMs;
  const refused = status === 400 || status === 413 || status === 422;
  return failure(`answered ${status}${reason}`, retryAfterMs, refused);
}

interface Reply {
  reason: string | null;
  retryAfterMs: number | null;
}

/** What services say of a failure in JSON; whatever else the reply holds is left alone. */
async function readReply(response: FetchResponse<unknown>): Promise<Reply> {
  const nothing = { reason: null, retryAfterMs: null };
  const text = await readStart(response).catch(() => "");
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return nothing;
  }
  if (!isRecord(reply)) return nothing;
  // Telegram: description, parameters.retry_after; Discord and PagerDuty: message; Discord: retry_after.
  const reason = [reply["description"], reply["message"], reply["error"]].find(
    (each) => typeof each === "string",
  );
  const parameters = reply["parameters"];
  const seconds = isRecord(parameters) ? parameters["retry_after"] : reply["retry_after"];
  return {
    reason: reason ?? null,
    retryAfterMs: typeof seconds === "number" && seconds >= 0 ? seconds * 1000 : null,
  };
}

async function readStart(response: FetchResponse<unknown>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > REPLY_BYTES) break;
  }
  return text.slice(0, REPLY_BYTES);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Shorter words would be found in harmless ones. */
const SHORTEST_SECRET = 6;

/** A receiver may echo what it was sent: nothing of the address and the headers is repeated. */
function scrub(reason: string, { url, headers, body }: OutgoingRequest): string {
  const { host, pathname, search } = new URL(url);
  const known = [...pathname.split("/"), ...search.split(/[?&=]/), host, ...Object.values(headers)];
  const keys = [...body.matchAll(/"(?:routing_key|topic)":"([^"]+)"/g)].map(([, key]) => key ?? "");
  const words = [body, ...known.flatMap((each) => each.split(" ")), ...keys].filter(
    (word) => word.length >= SHORTEST_SECRET,
  );
  const hidden = words.reduce((text, word) => text.replaceAll(word, "****"), reason);
  return hidden.replaceAll(/\p{Cc}+/gu, " ").slice(0, 120);
}

/** Seconds or a date. */
export function parseRetryAfter(text: string | null, nowMs = Date.now()): number | null {
  if (text === null || text.trim() === "") return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** The library's own message names the address. */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = "code" in each ? each.code : undefined;
    if (typeof code === "string" && /^[A-Za-z_]{3,40}$/.test(code)) return ` (${code})`;
  }
  return "";
}
