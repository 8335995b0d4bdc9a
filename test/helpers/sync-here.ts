// A sync in this process, on a pace of the test's own: for what a real mvm-sync takes minutes to do.
import { describeError } from "../../core/errors.ts";
import type { SyncOptions } from "../../core/sync/context.ts";
import { defaultLive, defaultOptions } from "../../core/sync/defaults.ts";
import { openLive } from "../../core/sync/live.ts";
import { sync } from "../../core/sync/sync.ts";
import { openListLog } from "./list-log.ts";
import type { SyncProcess } from "./sync-process.ts";

export type SyncHere = Pick<SyncProcess, "log" | "until"> &
  AsyncDisposable & {
    /** Ends it; throws what it failed with. */
    stop: () => Promise<void>;
  };

export function startSyncHere(
  nodes: readonly string[],
  file: string,
  changes: Partial<SyncOptions> = {},
): SyncHere {
  const log = openListLog("info");
  const aborter = new AbortController();
  const text = (): string =>
    log.lines.map(({ level, message }) => `${level} ${message}`).join("\n");
  const options = defaultOptions(nodes, file, {
    ...{ once: false, daemon: true, timeoutMs: 2000 },
    live: openLive(defaultLive({ batchSize: 20, pollIntervalMs: 1000 })),
    ...{ retry: { maxRetries: 0, initialDelayMs: 50, maxDelayMs: 200 } },
    ...changes,
  });
  let failure: unknown = null;
  let ended = false;
  const running = sync(
    options,
    {
      log,
      ...{ onProgress: () => undefined, onBlock: () => undefined },
      onSynced: ({ number }) => log.info(`synced at block ${number}`),
    },
    aborter.signal,
  )
    .catch((error: unknown) => (failure = error))
    .finally(() => (ended = true));

  async function until(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (!condition()) {
      if (ended || performance.now() > deadline) {
        throw new Error(`not reached: ${what}; ${describeError(failure)}\n${text()}`);
      }
      await Bun.sleep(5);
    }
  }

  async function stop(): Promise<void> {
    aborter.abort();
    await running;
    if (failure !== null) throw failure;
  }

  return { log: text, until, stop, [Symbol.asyncDispose]: async () => await stop() };
}
