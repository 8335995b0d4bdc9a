#!/usr/bin/env bun
// mvm-sync: follows a node and writes every block with its author.
import { isatty } from "node:tty";

import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import { describeError, MonitorError } from "../core/errors.ts";
import type { Level, Log } from "../core/log.ts";
import { LEVELS } from "../core/log.ts";
import type { SyncHooks, SyncOptions } from "../core/sync/context.ts";
import { openNews } from "../core/sync/news.ts";
import { sync } from "../core/sync/sync.ts";
import { repeated } from "./_arguments.ts";
import { describeBlock, paintBlock } from "./_block-line.ts";
import { logFlags, logOptions, readLogFlags } from "./_log-flags.ts";
import type { OpenLog } from "./_log.ts";
import { openLog } from "./_log.ts";
import { EXIT, runAsScript, VERSION } from "./_main.ts";
import { openWatchdog } from "./_notify.ts";
import { writePidFile } from "./_pidfile.ts";
import { openProgress } from "./_progress.ts";
import type { PrepareReload } from "./_reload.ts";
import { catchHangups, openReload } from "./_reload.ts";
import {
  configFlags,
  databaseFlag,
  describeFlag,
  keystoreFlag,
  nodeFlag,
  readFlag,
  readNodeFlags,
  readValidatorFlags,
} from "./_settings.ts";
import { liveSettings, openLoader, readOurKeys, syncOptions } from "./_sync-settings.ts";

/** Read by the dashboard alone. */
const DASHBOARD_KEYS = [
  ...(["view.refresh_interval_ms", "view.theme", "view.ascii"] as const),
  ...(["validator.name", "database.max_connections"] as const),
];

const args = {
  ...nodeFlag,
  ...databaseFlag,
  "start-block": {
    type: "string",
    alias: "s",
    valueHint: "N",
    description: describeFlag("sync.start_block"),
  },
  "batch-size": {
    type: "string",
    alias: "b",
    valueHint: "N",
    description: describeFlag("sync.batch_size"),
  },
  concurrency: { type: "string", valueHint: "N", description: describeFlag("sync.concurrency") },
  "poll-interval": {
    type: "string",
    valueHint: "SECS",
    description: describeFlag("sync.poll_interval_secs"),
  },
  timeout: { type: "string", valueHint: "MS", description: describeFlag("rpc.timeout_ms") },
  "finalized-only": { type: "boolean", description: describeFlag("sync.finalized_only") },
  "verify-seals": {
    type: "enum",
    options: ["none", "tip", "all"],
    description: describeFlag("sync.verify_seals"),
  },
  ...keystoreFlag,
  label: { type: "string", valueHint: "NAME...", description: describeFlag("validator.label") },
  once: { type: "boolean", default: false, description: "stop at the tip" },
  daemon: {
    type: "boolean",
    default: false,
    description: "keep trying when the node is away from the start (stays in the foreground)",
  },
  "pid-file": { type: "string", valueHint: "FILE", description: describeFlag("daemon.pid_file") },
  ...logFlags,
  ...configFlags,
} satisfies ArgsDef;

export const syncCommand = defineCommand({
  meta: {
    name: "mvm-sync",
    version: VERSION,
    description:
      "Follow a Midnight node and store every block with its author. SIGHUP reads the configuration again.",
    examples: [
      {
        line: "--rpc-url ws://localhost:9944 --db-path /var/lib/mvm/mvm.db",
        does: "follow the node on this machine",
      },
      { line: "--once --verify-seals all", does: "catch up, check every seal, and stop" },
    ],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const onHangup = catchHangups();
    const flags = readFlags(given, rawArgs);
    const named = readValidatorFlags(repeated(rawArgs, "keystore"), repeated(rawArgs, "label"));
    const loader = openLoader(given, flags, named);
    const config = await loader.load();
    const ours = readOurKeys(config);
    const options = syncOptions(config, ours, given);
    const { live } = options;
    const progress = openProgress(() => log, isatty(2));
    const shown = { beforeLine: () => progress.clear(), paint: paintBlock };
    using plain = openLog({ ...logOptions(config, "mvm-sync"), ...shown });
    using _watchdog = openWatchdog(process.env, plain);
    // Once the database is open, complaints are kept there too.
    let log: Log = plain;
    loader.tell(plain);
    // A sync to the tip and out has nothing beside it, and need not load it.
    const companions = given.once
      ? null
      : (await import("./_companions.ts")).prepareCompanions(config, ours);
    const blocks = blockHooks(() => log, options);
    const hooks: SyncHooks = {
      ...blocks,
      log: plain,
      onOpened: (opened) => {
        ({ log } = opened);
        return companions?.open(opened);
      },
      onBlock: (block, reorgDepth) => {
        blocks.onBlock(block, reorgDepth);
        companions?.afterBlock();
      },
      onExchange: (exchange) => companions?.observeRequest(exchange),
      onRefused: (error) => companions?.countRefusal(error),
      onProgress: (each) => progress.update(each),
    };
    // Whatever else takes a new configuration while it runs belongs on this list.
    const onReload: PrepareReload[] = [
      reloadLog(plain, config.log.level),
      (next) => {
        const keys = readOurKeys(next);
        const settings = liveSettings(next, keys, given);
        const reloadCompanions = companions?.prepareReload(next, keys);
        return () => {
          live.update(settings);
          reloadCompanions?.();
          return () => loader.tell(log);
        };
      },
    ];
    const reload = openReload({
      initial: config,
      load: loader.load,
      onReload,
      log: () => log,
      ignored: DASHBOARD_KEYS,
    });
    using _pid = config.daemon.pid_file === null ? null : writePidFile(config.daemon.pid_file);
    const { signal, stop } = stopSignal();
    onHangup(() => {
      plain.reopen();
      void reload();
    }, stop);
    return await runToEnd(plain, async () => await sync(options, hooks, signal));
  },
});

/** The last line too belongs in the file, with its priority, as JSON: wherever the log goes. Returns the exit code. */
async function runToEnd(log: Log, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    const hint = error.hint === undefined ? "" : ` → ${error.hint}`;
    log.error(`${describeError(error)}${hint}`, { code: error.code });
    return EXIT[error.code];
  }
}

type Given = Parameters<NonNullable<typeof syncCommand.run>>[0]["args"];

function readFlags(given: Given, rawArgs: readonly string[]): Parameters<typeof openLoader>[1] {
  return {
    ...readNodeFlags(rawArgs),
    "rpc.timeout_ms": readFlag("rpc.timeout_ms", given.timeout),
    "database.path": readFlag("database.path", given["db-path"]),
    "validator.keystore_path": readFlag("validator.keystore_path", given.keystore),
    "validator.label": readFlag("validator.label", given.label),
    "sync.start_block": readFlag("sync.start_block", given["start-block"]),
    "sync.batch_size": readFlag("sync.batch_size", given["batch-size"]),
    "sync.concurrency": readFlag("sync.concurrency", given.concurrency),
    "sync.poll_interval_secs": readFlag("sync.poll_interval_secs", given["poll-interval"]),
    "sync.finalized_only": given["finalized-only"],
    "sync.verify_seals": readFlag("sync.verify_seals", given["verify-seals"]),
    "daemon.pid_file": readFlag("daemon.pid_file", given["pid-file"]),
    ...readLogFlags(given, rawArgs),
  };
}

/** What changed is said at the louder of both levels: a log that grows quiet says so first. */
function reloadLog(log: OpenLog, initial: Level): PrepareReload {
  let current = initial;
  return ({ log: { level, format } }) =>
    () => {
      const louder = LEVELS.indexOf(level) > LEVELS.indexOf(current) ? level : current;
      log.reconfigure({ format, level: louder });
      current = level;
      return () => log.reconfigure({ level });
    };
}

/** Aborts on the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): { signal: AbortSignal; stop: () => void } {
  const aborter = new AbortController();
  for (const [name, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(name, () => {
      if (aborter.signal.aborted) process.exit(128 + number);
      aborter.abort();
    });
  }
  return { signal: aborter.signal, stop: () => aborter.abort() };
}

function blockHooks(
  log: () => Log,
  { live }: SyncOptions,
): Pick<SyncHooks, "onSynced" | "onBlock"> {
  const news = openNews();
  return {
    onSynced: ({ number }) => {
      const text = `synced at block ${number}`;
      log()[news.isNew("synced", text) ? "info" : "debug"](text, { block: number });
    },
    onBlock: (block, reorgDepth) => {
      if (reorgDepth > 0) {
        log().warn(`reorganised: ${reorgDepth} blocks replaced from ${block.header.number} on`, {
          block: block.header.number,
          depth: reorgDepth,
        });
      }
      const fields = { block: block.header.number, slot: block.slot, author: block.author };
      log().info(describeBlock(block, live.settings.ours), { ...fields, seal: block.seal });
    },
  };
}

if (import.meta.main) await runAsScript(syncCommand);
