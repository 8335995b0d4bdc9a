// A real mvm-sync process on a real file, for tests that cut, kill and stop it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import { openReadable } from "../../core/storage/open.ts";
import { readFinalized, readRange } from "../../core/storage/position.ts";

const SYNC = join(import.meta.dir, "../../commands/sync.ts");

/** A folder of its own for one test, removed afterwards. */
export function temporaryFolder(): Disposable & { path: string; file: (name: string) => string } {
  const path = mkdtempSync(join(tmpdir(), "mvm-test-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

export interface SyncProcess extends AsyncDisposable {
  pid: number;
  kill: (signal: NodeJS.Signals) => void;
  exited: Promise<number>;
  /** Everything logged so far. */
  log: () => string;
  /** Waits for a condition; throws with the log when the process ends first or time runs out. */
  until: (what: string, condition: () => boolean) => Promise<void>;
}

export function startSync(url: string, file: string, ...flags: string[]): SyncProcess {
  return startWith("-r", url, "-d", file, ...flags);
}

/** The same with these words alone on its command line. */
export function startWith(...words: string[]): SyncProcess {
  const child = Bun.spawn([process.execPath, SYNC, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    // No configuration of whoever runs the tests.
    env: { ...process.env, NO_COLOR: "1", HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" },
  });
  let text = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) text += decoder.decode(chunk, { stream: true });
  })();
  const exited = Promise.all([child.exited, reading]).then(([code]) => code);
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    exited,
    log: () => text,
    until: async (what, condition) => {
      await until(what, () => condition() || child.exitCode !== null).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${text.slice(-2000)}`);
      });
      if (!condition()) throw new Error(`ended before ${what}:\n${text.slice(-2000)}`);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Runs a sync to the tip; throws with its log when it does not exit 0. */
export async function syncOnce(url: string, file: string, ...flags: string[]): Promise<string> {
  await using sync = startSync(url, file, "--once", ...flags);
  const code = await sync.exited;
  if (code !== 0) throw new Error(`mvm-sync exited ${code}:\n${sync.log()}`);
  return sync.log();
}

/** Asks every few milliseconds; throws with the description after half a minute. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`timed out waiting for: ${what}`);
    await Bun.sleep(5);
  }
}

/** Last and finalized block stored; zeros while there is no database yet. */
export function storedHeights(file: string): { last: number; finalized: number } {
  try {
    using db = openReadable(file);
    return { last: readRange(db).last ?? 0, finalized: readFinalized(db)?.number ?? 0 };
  } catch {
    return { last: 0, finalized: 0 };
  }
}
