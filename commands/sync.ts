#!/usr/bin/env bun
// mvm-sync: follows a node and writes every block with its author.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";
import pc from "picocolors";

import { readKeystore } from "../core/keystore.ts";
import type { SyncHooks, SyncOptions } from "../core/sync/context.ts";
import { sync } from "../core/sync/sync.ts";
import type { JudgedBlock } from "../core/types.ts";
import { openLog } from "./_log.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { writePidFile } from "./_pidfile.ts";
import { openProgress } from "./_progress.ts";
import { configFlags, describeFlag, loadSettings, readFlag } from "./_settings.ts";

const args = {
  "rpc-url": {
    type: "string",
    alias: "r",
    valueHint: "URL",
    description: describeFlag("rpc.url"),
  },
  "db-path": {
    type: "string",
    alias: "d",
    valueHint: "FILE",
    description: describeFlag("database.path"),
  },
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
  keystore: {
    type: "string",
    alias: "K",
    valueHint: "DIR",
    description: describeFlag("validator.keystore_path"),
  },
  label: { type: "string", valueHint: "NAME", description: describeFlag("validator.label") },
  once: { type: "boolean", default: false, description: "stop at the tip" },
  daemon: {
    type: "boolean",
    default: false,
    description: "keep trying when the node is away from the start (stays in the foreground)",
  },
  "pid-file": { type: "string", valueHint: "FILE", description: describeFlag("daemon.pid_file") },
  verbose: { type: "boolean", alias: "v", default: false, description: "say more" },
  ...configFlags,
} satisfies ArgsDef;

export const syncCommand = defineCommand({
  meta: {
    name: "mvm-sync",
    version: VERSION,
    description: "Follow a Midnight node and store every block with its author.",
    examples: [
      {
        line: "--rpc-url ws://localhost:9944 --db-path /var/lib/mvm/mvm.db",
        does: "follow the node on this machine",
      },
      { line: "--once --verify-seals all", does: "catch up, check every seal, and stop" },
    ],
  },
  args,
  run: async ({ args: given }) => {
    const {
      rpc,
      database,
      validator,
      sync: wanted,
      daemon,
    } = await loadSettings(given, {
      "rpc.url": readFlag("rpc.url", given["rpc-url"]),
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
    });
    const ours = validator.keystore_path === null ? [] : readKeystore(validator.keystore_path).aura;
    const options: SyncOptions = {
      rpcUrl: rpc.url,
      databasePath: database.path,
      batchSize: wanted.batch_size,
      concurrency: wanted.concurrency,
      startBlock: wanted.start_block,
      finalizedOnly: wanted.finalized_only,
      verifySeals: wanted.verify_seals,
      pollIntervalMs: wanted.poll_interval_secs * 1000,
      timeoutMs: rpc.timeout_ms,
      once: given.once,
      daemon: given.daemon,
      ours: ours.map((aura) => ({ aura, label: validator.label })),
    };
    using _pid = daemon.pid_file === null ? null : writePidFile(daemon.pid_file);
    await sync(options, openHooks(options, given.verbose), stopSignal());
    return 0;
  },
});

/** Aborts on the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): AbortSignal {
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
  return aborter.signal;
}

function openHooks(options: SyncOptions, verbose: boolean): SyncHooks {
  const progress = openProgress(() => log, process.stderr.isTTY);
  const log = openLog(verbose, () => progress.clear());
  return {
    log,
    onProgress: (each) => progress.update(each),
    onSynced: ({ number }) => log.info(`synced at block ${number}`, { block: number }),
    onBlock: (block, reorgDepth) => {
      if (reorgDepth > 0) {
        log.warn(`reorganised: ${reorgDepth} blocks replaced from ${block.header.number} on`, {
          block: block.header.number,
          depth: reorgDepth,
        });
      }
      log.info(describeBlock(block, options), { block: block.header.number, slot: block.slot });
    },
  };
}

function describeBlock(block: JudgedBlock, { ours }: SyncOptions): string {
  const { header, slot, author, seal } = block;
  const own = ours.find(({ aura }) => aura === author);
  const missed = [...block.missed].length;
  return [
    pc.bold(`#${header.number}`),
    `slot ${slot}`,
    `author ${author === null ? "unknown" : shortKey(author)}`,
    seal === "verified" ? pc.green("seal ✓") : seal === "mismatch" ? pc.red("seal ✗") : "",
    own === undefined ? "" : pc.yellow(`★ ${own.label ?? "ours"}`),
    missed > 0 ? pc.yellow(`missed before: ${missed}`) : "",
  ]
    .filter(Boolean)
    .join("  ");
}

function shortKey(key: string): string {
  return `${key.slice(0, 10)}…${key.slice(-8)}`;
}

if (import.meta.main) await runAsScript(syncCommand);
