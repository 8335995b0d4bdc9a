// Seals checked on every core of the machine.
import { MonitorError } from "../errors.ts";
import { workerUrl } from "../worker.ts";
import type { SealJob, SealReply, SealRequest } from "./seal-job.ts";

export interface SealPool extends Disposable {
  readonly workers: number;
  /** For each job whether the key made the seal. */
  check: (jobs: readonly SealJob[]) => Promise<readonly boolean[]>;
}

const MOST_WORKERS = 16;

export function openSealPool(
  workers = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency)),
): SealPool {
  const waiting = new Map<number, PromiseWithResolvers<readonly boolean[]>>();
  const threads = Array.from({ length: workers }, openThread);
  let nextId = 0;

  function openThread(): { worker: Worker; pending: number } {
    const thread = { worker: new Worker(workerUrl("core/verify/seal-worker")), pending: 0 };
    thread.worker.onmessage = ({ data }: MessageEvent<SealReply>) => {
      thread.pending -= 1;
      waiting.get(data.id)?.resolve(data.fits);
      waiting.delete(data.id);
    };
    thread.worker.onerror = ({ message }) => {
      const error = new MonitorError("unavailable", `a seal worker failed: ${message}`);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    return thread;
  }

  async function check(jobs: readonly SealJob[]): Promise<readonly boolean[]> {
    if (jobs.length === 0) return [];
    const thread = threads.reduce((a, b) => (b.pending < a.pending ? b : a));
    const request: SealRequest = { id: nextId++, jobs };
    const answer = Promise.withResolvers<readonly boolean[]>();
    waiting.set(request.id, answer);
    thread.pending += 1;
    thread.worker.postMessage(request);
    return await answer.promise;
  }

  return {
    workers,
    check,
    [Symbol.dispose]: () => {
      for (const { worker } of threads) worker.terminate();
    },
  };
}
