// The programs that are killed at every point: what mvm does with its files, with as little around it as can be.
import type { Database } from "bun:sqlite";

import { rotate } from "../../../commands/_log-rotate.ts";
import { writePidFile } from "../../../commands/_pidfile.ts";
import { initConfig } from "../../../core/config/init.ts";
import { importFromRust } from "../../../core/import/import.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { defaultLive, defaultOptions } from "../../../core/sync/defaults.ts";
import { openLive } from "../../../core/sync/live.ts";
import { sync } from "../../../core/sync/sync.ts";
import { openListLog } from "../../helpers/list-log.ts";

/** What is stored by now; whoever reads it holds the file to it. */
const say = (number: number): void => void process.stdout.write(`${number}\n`);

async function untilInputEnds(): Promise<void> {
  for await (const _ of Bun.stdin.stream()) continue;
}

/** What a sync must not be like: the run that finds nothing wrong with these finds nothing at all. */
const BROKEN: Record<string, (db: Database) => void> = {
  unsynced: (db) => db.run("PRAGMA synchronous = OFF"),
  // Each statement is a transaction of its own.
  apart: (db) => {
    const value = (work: () => unknown): unknown =>
      Object.assign(work, { immediate: work, deferred: work, exclusive: work });
    Object.defineProperty(db, "transaction", { value });
  },
};

async function runSync(
  [url = "", file = "", batch = "", broken = ""]: readonly string[],
  once: boolean,
): Promise<void> {
  const aborter = new AbortController();
  const running = sync(
    defaultOptions(url, file, {
      once,
      live: openLive(defaultLive({ batchSize: Number(batch) })),
      retry: { maxRetries: 0, initialDelayMs: 50, maxDelayMs: 200 },
    }),
    {
      log: openListLog("error"),
      onProgress: ({ number }) => say(number),
      onBlock: ({ header }) => say(header.number),
      onSynced: ({ number }) => say(number),
      onOpened: ({ db }) => {
        BROKEN[broken]?.(db);
        return undefined;
      },
    },
    aborter.signal,
  );
  if (!once) {
    await untilInputEnds();
    aborter.abort();
  }
  await running;
}

const PROGRAMS: Record<string, (...words: string[]) => unknown> = {
  "catch-up": async (...words) => await runSync(words, true),
  follow: async (...words) => await runSync(words, false),
  open: (file = "") => openWritable(file)[Symbol.dispose](),
  import: async (source = "", target = "", url = "") =>
    await importFromRust(
      { source, target, nodes: url === "" ? null : [url], timeoutMs: 5000, dryRun: false },
      { log: openListLog("error"), onProgress: () => undefined },
      new AbortController().signal,
    ),
  config: (path = "", force = "") => initConfig(path, force === "force"),
  pid: (path = "") => writePidFile(path)[Symbol.dispose](),
  rotate: (path = "", keep = "") => rotate(path, Number(keep)),
};

if (import.meta.main) {
  const [program = "", ...words] = process.argv.slice(2);
  await PROGRAMS[program]?.(...words);
  process.exit(0);
}
