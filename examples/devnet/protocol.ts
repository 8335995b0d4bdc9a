// JSON-RPC 2.0: one message in, one reply text out. Results are spliced in as prepared JSON.
import { authorMethods } from "./methods/author.ts";
import { chainMethods } from "./methods/chain.ts";
import type { Method } from "./methods/method.ts";
import { sidechainMethods } from "./methods/sidechain.ts";
import { systemMethods } from "./methods/system.ts";
import type { Node } from "./node.ts";
import { INTERNAL_ERROR, invalidParams, METHOD_NOT_FOUND, RpcError } from "./rpc-error.ts";
import {
  currentValue,
  notification,
  SUBSCRIBE,
  type Subscriber,
  subscriptionId,
  UNSUBSCRIBE,
} from "./subscriptions.ts";

const MAX_RESPONSE_BYTES = 15 * 1024 * 1024;
const TOO_BIG = `Exceeded max limit of ${MAX_RESPONSE_BYTES}`;

const methods = new Map<string, Method>(
  Object.entries({ ...systemMethods, ...chainMethods, ...authorMethods, ...sidechainMethods }),
);

export interface Caller extends Subscriber {
  /** Sent once the reply is out. */
  afterReply: string[];
}

export interface Desk {
  node: Node;
  /** Subscriptions handed out so far. */
  issued: number;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const HEAD = '{"jsonrpc":"2.0","id":';
const FIRST_HEAD = `[${HEAD}`;
const NEXT_HEAD = `,${HEAD}`;

function errorTail(code: number, message: string, data?: string): string {
  const error = data === undefined ? { code, message } : { code, message, data };
  return `,"error":${JSON.stringify(error)}}`;
}

/** An error that belongs to no request. */
function looseError(code: number, message: string, data?: string): string {
  return `${HEAD}null${errorTail(code, message, data)}`;
}

function methodNames({ node }: Desk): string[] {
  const names = [...methods].flatMap(([name, m]) => (m.available?.(node) === false ? [] : [name]));
  return [...names, "rpc_methods", ...Object.keys(SUBSCRIBE), ...Object.keys(UNSUBSCRIBE)].sort();
}

function subscribe(desk: Desk, name: string, params: readonly unknown[], caller?: Caller): string {
  // jsonrpsee registers subscriptions for every transport and fails them over HTTP.
  if (!caller) throw new RpcError(INTERNAL_ERROR, "Internal error");
  const topic = SUBSCRIBE[name];
  if (topic) {
    const id = subscriptionId(desk.issued++);
    caller.subscriptions.set(id, topic);
    caller.afterReply.push(notification(topic, id, currentValue(desk.node, topic)));
    return `"${id}"`;
  }
  const [id] = params;
  if (typeof id !== "string") throw invalidParams("subscription id expected");
  const known = caller.subscriptions.get(id) === UNSUBSCRIBE[name];
  return String(known && caller.subscriptions.delete(id));
}

function resultOf(desk: Desk, name: string, params: readonly unknown[], caller?: Caller): string {
  const { node } = desk;
  const method = methods.get(name);
  if (method) {
    if (method.available?.(node) === false)
      throw new RpcError(METHOD_NOT_FOUND, "Method not found");
    if (method.unsafe === true && node.options.rpcMethods === "safe")
      throw new RpcError(METHOD_NOT_FOUND, "RPC call is unsafe to be called externally");
    return method.answer(node, params);
  }
  if (name === "rpc_methods") return JSON.stringify({ methods: methodNames(desk) });
  if (name in SUBSCRIBE || name in UNSUBSCRIBE) return subscribe(desk, name, params, caller);
  throw new RpcError(METHOD_NOT_FOUND, "Method not found");
}

function paramList(params: unknown): readonly unknown[] {
  if (params === undefined || params === null) return [];
  if (Array.isArray(params)) return params;
  if (isRecord(params)) return Object.values(params);
  throw invalidParams("params must be a list");
}

function idText(id: unknown): string {
  return typeof id === "number" ? String(id) : (JSON.stringify(id ?? null) ?? "null");
}

/**
 * Appends one answer to `out` and returns its size, 0 for a notification, which gets none. Pieces
 * are joined once for the whole message: building each answer on its own would copy it twice.
 */
function answerOne(
  desk: Desk,
  request: unknown,
  head: string,
  out: string[],
  caller?: Caller,
): number {
  const { id, method, params, jsonrpc } = isRecord(request) ? request : {};
  if (typeof method !== "string" || jsonrpc !== "2.0")
    return out.push(head, idText(id), errorTail(-32600, "Invalid request"));
  if (id === undefined) return 0;
  const { rpcCount } = desk.node;
  rpcCount.set(method, (rpcCount.get(method) ?? 0) + 1);
  try {
    const result = resultOf(desk, method, paramList(params), caller);
    if (result.length > MAX_RESPONSE_BYTES)
      throw new RpcError(-32008, "Response is too big", TOO_BIG);
    out.push(head, idText(id), ',"result":', result, "}");
    return result.length;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return out.push(head, idText(id), errorTail(error.code, error.message, error.data));
  }
}

function answerBatch(desk: Desk, batch: readonly unknown[], caller?: Caller): string | undefined {
  if (desk.node.options.faults.noBatch)
    return looseError(-32005, "Batched requests are not supported by this server");
  if (batch.length === 0) return looseError(-32600, "Invalid request");
  const out: string[] = [];
  let size = 0;
  for (const request of batch) {
    size += answerOne(desk, request, out.length === 0 ? FIRST_HEAD : NEXT_HEAD, out, caller);
    if (size > MAX_RESPONSE_BYTES)
      return looseError(-32011, "The batch response was too large", TOO_BIG);
  }
  if (out.length === 0) return undefined;
  out.push("]");
  return out.join("");
}

function answerSingle(desk: Desk, request: unknown, caller?: Caller): string | undefined {
  const out: string[] = [];
  answerOne(desk, request, HEAD, out, caller);
  return out.length === 0 ? undefined : out.join("");
}

export function answerMessage(desk: Desk, text: string, caller?: Caller): string | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Bad input from outside is an answer, not a failure of ours.
    return looseError(-32700, "Parse error");
  }
  return Array.isArray(message)
    ? answerBatch(desk, message, caller)
    : answerSingle(desk, message, caller);
}
