// How many requests one address may make: a bucket each, filled by time. What is remembered is bounded.

/** Addresses remembered; the one that was silent longest is forgotten first. */
const MOST_CLIENTS = 1024;

export interface Limiter {
  /** Takes one; 0 when it was there, else how many seconds to wait for it. */
  take: (client: string, nowMs: number) => number;
}

/** @param perSecond in the long run; twice as many may come at once */
export function openLimiter(perSecond: number): Limiter {
  const buckets = new Map<string, { left: number; atMs: number }>();
  const burst = 2 * perSecond;
  return {
    take: (client, nowMs) => {
      const known = buckets.get(client) ?? { left: burst, atMs: nowMs };
      const gained = (Math.max(0, nowMs - known.atMs) / 1000) * perSecond;
      const left = Math.min(burst, known.left + gained);
      // Set anew it stands last: the first is the one silent longest.
      buckets.delete(client);
      buckets.set(client, { left: left < 1 ? left : left - 1, atMs: nowMs });
      for (const oldest of buckets.keys()) {
        if (buckets.size <= MOST_CLIENTS) break;
        buckets.delete(oldest);
      }
      return left < 1 ? Math.ceil((1 - left) / perSecond) : 0;
    },
  };
}
