// How long requests take: counts by duration over the last minute, in fixed memory however many there are.

const SLICE_MS = 10_000;
const SLICES = 6;
/** A bucket's bounds differ by a twelfth of two: its middle is within 3 % of anything in it. */
const STEPS_PER_DOUBLING = 12;
const SHORTEST_MS = 1 / 64;
const BUCKETS = 28 * STEPS_PER_DOUBLING;

interface LatencySummary {
  requests: number;
  /** Null when there were no requests. */
  p50Ms: number | null;
  p99Ms: number | null;
}

export interface Latency {
  add: (durationMs: number) => void;
  /** Of the last 50 to 60 seconds. */
  summary: () => LatencySummary;
}

interface Slice {
  /** Which ten seconds of the clock it counts. */
  period: number;
  counts: Uint32Array;
}

export function openLatency(clockMs: () => number = () => performance.now()): Latency {
  const slices: Slice[] = Array.from({ length: SLICES }, () => ({
    period: -1,
    counts: new Uint32Array(BUCKETS),
  }));

  function add(durationMs: number): void {
    const period = Math.floor(clockMs() / SLICE_MS);
    const slice = slices[period % SLICES];
    if (slice === undefined) return;
    if (slice.period !== period) {
      slice.period = period;
      slice.counts.fill(0);
    }
    const bucket = bucketOf(durationMs);
    slice.counts[bucket] = (slice.counts[bucket] ?? 0) + 1;
  }

  function summary(): LatencySummary {
    const oldest = Math.floor(clockMs() / SLICE_MS) - SLICES + 1;
    const sums = new Float64Array(BUCKETS);
    let requests = 0;
    for (const { period, counts } of slices) {
      if (period < oldest) continue;
      for (let i = 0; i < BUCKETS; i++) {
        const count = counts[i] ?? 0;
        sums[i] = (sums[i] ?? 0) + count;
        requests += count;
      }
    }
    return {
      requests,
      p50Ms: percentile(sums, requests, 0.5),
      p99Ms: percentile(sums, requests, 0.99),
    };
  }

  return { add, summary };
}

function bucketOf(durationMs: number): number {
  const doublings = Math.log2(Math.max(durationMs, SHORTEST_MS) / SHORTEST_MS);
  return Math.min(BUCKETS - 1, Math.floor(doublings * STEPS_PER_DOUBLING));
}

/** The middle of the bucket in which that share of all requests is reached. */
function percentile(counts: Float64Array, total: number, share: number): number | null {
  if (total === 0) return null;
  const wanted = Math.ceil(total * share);
  let seen = 0;
  let bucket = 0;
  for (; bucket < BUCKETS - 1; bucket++) {
    seen += counts[bucket] ?? 0;
    if (seen >= wanted) break;
  }
  const middle = SHORTEST_MS * 2 ** ((bucket + 0.5) / STEPS_PER_DOUBLING);
  return Number(middle.toPrecision(3));
}
