// How the daemon is doing, once a minute: one line at info, one row in the file.
import type { Latency } from "../chain/latency.ts";
import type { Fields } from "../log.ts";
import type { Writer } from "../storage/write.ts";
import type { Keeper } from "./keeper.ts";

export interface Meter {
  readonly latency: Latency;
  /** The same writer, whose commits are counted and timed. */
  measure: (writer: Writer) => Writer;
  /** A head of the node was seen. */
  saw: (number: number) => void;
  /** The stored chain ends there. */
  stored: (number: number) => void;
  /** The node is away: how far behind we are is not known. */
  lost: () => void;
  /** What happened since the last time it was asked. */
  take: () => PerformanceFields;
}

/** Fields of a performance record; null = not known, or nothing to tell it from. */
interface PerformanceFields extends Fields {
  blocksPerSecond: number;
  /** Answered or failed, batches counted once. */
  requests: number;
  rpcP50Ms: number | null;
  rpcP99Ms: number | null;
  commits: number;
  /** Mean duration of a commit. */
  commitMs: number | null;
  lagBlocks: number | null;
  rssMiB: number;
}

export function openMeter(latency: Latency): Meter {
  let since = performance.now();
  let blocks = 0;
  let commits = 0;
  let commitMs = 0;
  let head: number | null = null;
  let tip = 0;

  function measure(writer: Writer): Writer {
    const { dictionary, start } = writer;
    return {
      ...{ dictionary, start },
      commit: (batch) => {
        const startedAt = performance.now();
        writer.commit(batch);
        commitMs += performance.now() - startedAt;
        commits += 1;
        blocks += batch.blocks.length;
      },
    };
  }

  function take(): PerformanceFields {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - since) / 1000);
    const { requests, p50Ms, p99Ms } = latency.summary();
    const fields: PerformanceFields = {
      blocksPerSecond: Number((blocks / seconds).toFixed(2)),
      ...{ requests, rpcP50Ms: p50Ms, rpcP99Ms: p99Ms, commits },
      commitMs: commits === 0 ? null : Number((commitMs / commits).toFixed(3)),
      lagBlocks: head === null ? null : Math.max(0, head - tip),
      rssMiB: Number((process.memoryUsage.rss() / 2 ** 20).toFixed(1)),
    };
    since = now;
    blocks = commits = commitMs = 0;
    return fields;
  }

  return {
    ...{ latency, measure, take },
    saw: (number) => (head = number),
    stored: (number) => (tip = number),
    lost: () => (head = null),
  };
}

/** Records until disposed of. */
export function openPerformance(meter: Meter, keeper: Keeper, everyMs: number): Disposable {
  const timer = setInterval(() => {
    const fields = meter.take();
    keeper.record("info", formatPerformance(fields), fields);
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function formatPerformance(fields: PerformanceFields): string {
  const { blocksPerSecond, requests, rpcP50Ms, rpcP99Ms, commits, commitMs } = fields;
  const { lagBlocks, rssMiB } = fields;
  const rpc = rpcP50Ms === null ? "" : ` (p50 ${rpcP50Ms} ms, p99 ${rpcP99Ms} ms)`;
  const commit = commitMs === null ? "" : ` (${commitMs} ms each)`;
  const lag = lagBlocks === null ? "lag unknown" : `${lagBlocks} blocks behind`;
  return (
    `performance: ${blocksPerSecond} blocks/s, ${requests} requests${rpc}, ` +
    `${commits} commits${commit}, ${lag}, ${rssMiB} MiB`
  );
}
