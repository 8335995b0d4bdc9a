// What --demo shows: a thread with a chain of its own and a daemon that follows it. Nothing leaves the machine.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import type { Log } from "../core/log.ts";
import type { OurEntry } from "../core/ours.ts";
import { workerUrl } from "../core/worker.ts";

export interface Demo extends Disposable {
  nodeUrl: string;
  databasePath: string;
  validators: OurEntry[];
}

/** Resolves when the devnet answers; its history takes some seconds to make. */
export async function startDemo(): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), "mvm-demo-"));
  const remove = (): void => removeFolder(folder);
  onSignal(remove);
  const thread = new Worker(workerUrl("commands/_view-demo"));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  thread.addEventListener("message", ({ data }: MessageEvent<string>) => resolve(data));
  thread.addEventListener("error", (event) => reject(new Error(event.message)));
  thread.postMessage(folder);
  const keystore_path = join(folder, "keystore");
  return {
    nodeUrl: await promise,
    databasePath: join(folder, "mvm.db"),
    validators: [{ keystore_path, keys_file: null, label: "MyValidator" }],
    [Symbol.dispose]: () => {
      thread.terminate();
      remove();
    },
  };
}

const TRIES = 20;

/** The thread may put a file there while it is emptied. */
function removeFolder(folder: string): void {
  for (let left = TRIES; existsSync(folder) && left > 0; left--) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (left === 1) throw error;
    }
    // What it had begun is at an end by then.
    Bun.sleepSync(20);
  }
}

const SIGNALS = [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const;

/** Where nobody else handles a signal, it ends us, and nothing of ours stays behind. */
function onSignal(remove: () => void): void {
  for (const [name, number] of SIGNALS) {
    process.on(name, () => {
      if (process.listenerCount(name) > 1) return;
      remove();
      process.exit(128 + number);
    });
  }
}

const QUIET: Log = {
  ...{ error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing },
  enabled: () => false,
};

function nothing(): void {}

async function run(folder: string): Promise<void> {
  const { startDevnet } = await import("../examples/devnet/devnet.ts");
  const { sync } = await import("../core/sync/sync.ts");
  const { defaultLive, defaultOptions } = await import("../core/sync/defaults.ts");
  const { openLive } = await import("../core/sync/live.ts");
  const devnet = await startDevnet({
    ...{ clock: "wall", slotMs: 2000, history: 3000, missRate: 0.04, forkRate: 0.03 },
    ...{ rpcMethods: "unsafe", host: "127.0.0.1", port: 0, metricsPort: 0 },
  });
  const { aura } = devnet.validator(0);
  await devnet.writeKeystore(join(folder, "keystore"), 0);
  postMessage(devnet.url);
  await sync(
    defaultOptions(devnet.url, join(folder, "mvm.db"), {
      ...{ once: false, daemon: true },
      live: openLive(defaultLive({ ours: [{ aura, label: "MyValidator" }] })),
    }),
    { log: QUIET, onProgress: nothing, onSynced: nothing, onBlock: nothing },
    new AbortController().signal,
  );
}

if (!Bun.isMainThread) {
  addEventListener("message", ({ data }: MessageEvent<string>) => void run(data));
}
