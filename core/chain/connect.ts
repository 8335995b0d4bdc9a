// From the URL an operator writes to an open link.
import { getListener } from "../diagnostics.ts";
import { MonitorError } from "../errors.ts";
import { openHttp } from "./http.ts";
import type { Link, LinkOptions } from "./link.ts";
import { DEFAULT_LINK } from "./link.ts";
import { openSocket, UpgradeRefused } from "./socket.ts";
import { logExchange } from "./traced.ts";

/** The same host and port under the other scheme: a node serves both on one port. */
function withScheme(url: URL, kind: "ws" | "http"): string {
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const other = new URL(url);
  // Assigning `protocol` across special schemes is allowed only between these four.
  other.protocol = kind === "ws" ? (secure ? "wss:" : "ws:") : secure ? "https:" : "http:";
  return other.toString();
}

/**
 * Connects by WebSocket, and by HTTP where the upgrade is refused. Accepts ws, wss, http and https.
 * Throws `config` for a bad URL, `unavailable` when nobody answers.
 */
export async function connect(
  url: string,
  options: Partial<LinkOptions> = {},
  signal?: AbortSignal,
): Promise<Link> {
  const parsed = URL.parse(url);
  if (parsed === null || !/^(?:ws|http)s?:$/.test(parsed.protocol)) {
    throw new MonitorError("config", `not a node address: ${url}`, {
      hint: "use ws://HOST:PORT or http://HOST:PORT, for example ws://localhost:9944",
    });
  }
  const settings = { ...DEFAULT_LINK, onExchange: tellListener(), ...options };
  try {
    return await openSocket(withScheme(parsed, "ws"), settings, signal);
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw error;
    const link = openHttp(withScheme(parsed, "http"), settings);
    await probe(link, signal);
    return link;
  }
}

/** Whoever has a log of its own hands in what is to be told. */
function tellListener(): LinkOptions["onExchange"] {
  const listener = getListener();
  return listener === null ? undefined : (exchange) => logExchange(listener, exchange);
}

/** A proxy that answers 502 for everything is no node: ask before believing. */
async function probe(link: Link, signal: AbortSignal | undefined): Promise<void> {
  const stop = (): void => link.close();
  signal?.addEventListener("abort", stop);
  try {
    await link.request("system_chain", []);
  } catch (cause) {
    link.close();
    if (signal?.aborted) throw new MonitorError("stopped", `${link.url}: stopped while connecting`);
    throw new MonitorError("unavailable", `${link.url}: neither WebSocket nor HTTP works`, {
      cause,
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
