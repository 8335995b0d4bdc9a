// Stands between a sync and its node over HTTP and counts what passes.

export interface Relay extends Disposable {
  url: string;
  seen: {
    posts: number;
    /** Calls in one request. */
    largestBatch: number;
    /** Requests under way side by side. */
    mostAtOnce: number;
  };
}

/** Each request is held a while, so that those sent side by side meet here. */
export function openRelay(to: string, delayMs = 5): Relay {
  const seen = { posts: 0, largestBatch: 0, mostAtOnce: 0 };
  let underWay = 0;
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      if (request.method !== "POST") return new Response("no upgrade here", { status: 403 });
      const body = await request.text();
      const parsed: unknown = JSON.parse(body);
      seen.posts += 1;
      seen.largestBatch = Math.max(seen.largestBatch, Array.isArray(parsed) ? parsed.length : 1);
      underWay += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, underWay);
      await Bun.sleep(delayMs);
      try {
        const headers = { "content-type": "application/json" };
        return await fetch(to, { method: "POST", body, headers });
      } catch {
        return new Response("nobody there", { status: 502 });
      } finally {
        underWay -= 1;
      }
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    seen,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
