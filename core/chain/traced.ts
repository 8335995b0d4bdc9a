// What every request to the node leaves behind: its duration for the percentiles, and a line at debug.
import type { ErrorCode } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Latency } from "./latency.ts";
import type { Exchange } from "./link.ts";

/** Longer parameters are cut: hashes by the hundred help nobody. */
const LONGEST_PARAMS = 200;

/** For `LinkOptions.onExchange`. With nobody reading debug it only counts. */
export function traceRequests(log: Log, latency: Latency): (exchange: Exchange) => void {
  return (exchange) => {
    latency.add(exchange.durationMs);
    logExchange(log, exchange);
  };
}

/** A line at debug; nothing is formed when nobody reads it. */
export function logExchange(log: Log, exchange: Exchange): void {
  if (!log.enabled("debug")) return;
  const { id, method, calls } = exchange;
  const durationMs = Number(exchange.durationMs.toFixed(3));
  const requestBytes = Buffer.byteLength(exchange.requestText);
  const replyBytes = exchange.replyText === null ? null : Buffer.byteLength(exchange.replyText);
  const outcome: "ok" | ErrorCode = exchange.error?.code ?? "ok";
  const params = formatParams(exchange);
  const name = calls === null ? `${method} ${params}` : `${method} ×${calls} ${params}`;
  const size = replyBytes === null ? "no reply" : `${replyBytes} bytes`;
  log.debug(`rpc ${id} ${name} ${outcome}, ${durationMs} ms, ${size}`, {
    ...{ requestId: id, method, calls: calls ?? 1, params },
    ...{ durationMs, requestBytes, replyBytes, outcome },
  });
}

function formatParams({ params }: Exchange): string {
  const text = JSON.stringify(params);
  return text.length > LONGEST_PARAMS ? `${text.slice(0, LONGEST_PARAMS - 1)}…` : text;
}
