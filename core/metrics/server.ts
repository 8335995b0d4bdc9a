// Serves metrics and probes, and passes on what is below /api/. Read-only, small, and never in the way of the sync.
import { timingSafeEqual } from "node:crypto";

import type { ListenAddress } from "../config/listen.ts";
import { isLoopback } from "../config/listen.ts";
import { MonitorError } from "../errors.ts";

export interface ServerOptions {
  listen: ListenAddress;
  /** Asked for as `Authorization: Bearer …`; a must anywhere but on the loopback. */
  token: string | null;
  render: () => Promise<{ body: string; contentType: string }>;
  /** Null when everything is caught up, else what is not. */
  notReady: () => string | null;
  /** Whether the daemon itself answers; without it, being asked is enough. */
  isAlive?: () => Promise<boolean>;
  /** What is below `/api/`. */
  api?: (request: Request, client: string) => Response;
}

export interface MetricsServer extends AsyncDisposable {
  url: string;
}

/** Throws `config` for an address that would be open to others without a token. */
export function checkAccess(listen: ListenAddress, token: string | null): void {
  if (token === null && !isLoopback(listen)) {
    throw new MonitorError(
      "config",
      `metrics.listen ${listen.hostname}: open to others without a token`,
      {
        hint: "set metrics.token (or metrics.token_file), or listen on 127.0.0.1",
      },
    );
  }
}

/** Throws `config` when the address cannot be served on. */
export function openServer(options: ServerOptions): MetricsServer {
  checkAccess(options.listen, options.token);
  const server = serve(options);
  return {
    url: server.url.href,
    [Symbol.asyncDispose]: async () => {
      await server.stop(true);
    },
  };
}

function serve(options: ServerOptions): Bun.Server<undefined> {
  const { listen } = options;
  try {
    return Bun.serve({
      hostname: listen.hostname,
      port: listen.port,
      idleTimeout: 10,
      maxRequestBodySize: 1024,
      fetch: async (request, server) => {
        const { api } = options;
        if (api === undefined || !isBelow(request.url, API_PREFIX))
          return await answer(request, options);
        return api(request, server.requestIP(request)?.address ?? "");
      },
      // A scrape that fails is the scraper's news, not the end of the daemon.
      error: (error) => new Response(`${error.message}\n`, { status: 500 }),
    });
  } catch (cause) {
    throw new MonitorError("config", `cannot listen on ${listen.hostname}:${listen.port}`, {
      hint: "another process may hold the port: choose another metrics.listen",
      cause,
    });
  }
}

const API_PREFIX = "/api/";

/** The address may be one that cannot be parsed: that too is the API's to say. */
function isBelow(url: string, prefix: string): boolean {
  return url.startsWith(prefix, url.indexOf("/", "https://".length));
}

async function answer(request: Request, options: ServerOptions): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return text("only GET\n", 405, { allow: "GET, HEAD" });
  }
  switch (new URL(request.url).pathname) {
    // Probes tell nothing worth hiding, and a kubelet has no token.
    case "/healthz": {
      const alive = (await options.isAlive?.()) ?? true;
      return alive ? text("ok\n", 200) : text("the daemon does not answer\n", 503);
    }
    case "/readyz": {
      const reason = options.notReady();
      return reason === null ? text("ready\n", 200) : text(`${reason}\n`, 503);
    }
    case "/metrics": {
      if (!isAllowed(request, options.token)) {
        return text("a token is needed\n", 401, { "www-authenticate": "Bearer" });
      }
      const { body, contentType } = await options.render();
      return text(body, 200, { "content-type": contentType });
    }
    default:
      return text("/metrics, /healthz or /readyz\n", 404);
  }
}

/** Compared in a time that tells nothing of the token. */
export function isAllowed(request: Request, token: string | null): boolean {
  if (token === null) return true;
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function text(body: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}
