#!/usr/bin/env bun
// mvm-sync: follows a node and writes every block with its author.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";
import pc from "picocolors";

import { MonitorError } from "../core/errors.ts";
import { readKeystore } from "../core/keystore.ts";
import type { SyncHooks, SyncOptions, VerifySeals } from "../core/sync/context.ts";
import { sync } from "../core/sync/sync.ts";
import type { JudgedBlock } from "../core/types.ts";
import { openLog } from "./_log.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import { writePidFile } from "./_pidfile.ts";
import { openProgress } from "./_progress.ts";

const args = {
  "rpc-url": {
    type: "string",
    alias: "r",
    default: "ws://localhost:9944",
    valueHint: "URL",
    description: "node address: ws, wss, http or https",
  },
  "db-path": {
    type: "string",
    alias: "d",
    default: "./mvm.db",
    valueHint: "FILE",
    description: "database file",
  },
  "start-block": {
    type: "string",
    alias: "s",
    default: "0",
    valueHint: "N",
    description: "first block to store; 0 = go on, or block 1",
  },
  "batch-size": {
    type: "string",
    alias: "b",
    default: "100",
    valueHint: "N",
    description: "blocks per request and transaction",
  },
  concurrency: {
    type: "string",
    default: "4",
    valueHint: "N",
    description: "requests under way at once",
  },
  "poll-interval": {
    type: "string",
    default: "6",
    valueHint: "SECS",
    description: "how often to ask where the node does not push",
  },
  timeout: {
    type: "string",
    default: "30000",
    valueHint: "MS",
    description: "how long a request may take",
  },
  "finalized-only": { type: "boolean", default: false, description: "store finalized blocks only" },
  "verify-seals": {
    type: "enum",
    options: ["none", "tip", "all"],
    default: "tip",
    description: "check who sealed: no block, followed blocks, every block",
  },
  keystore: {
    type: "string",
    alias: "K",
    valueHint: "DIR",
    description: "our node's keystore; only file names are read",
  },
  label: { type: "string", valueHint: "NAME", description: "name for our validator" },
  once: { type: "boolean", default: false, description: "stop at the tip" },
  daemon: {
    type: "boolean",
    default: false,
    description: "keep trying when the node is away from the start (stays in the foreground)",
  },
  "pid-file": { type: "string", valueHint: "FILE", description: "write our process id there" },
  verbose: { type: "boolean", alias: "v", default: false, description: "say more" },
} satisfies ArgsDef;

export const syncCommand = defineCommand({
  meta: {
    name: "mvm-sync",
    version: VERSION,
    description:
      "Follow a Midnight node and store every block with its author.\n\n" +
      "  mvm-sync --rpc-url ws://localhost:9944 --db-path /var/lib/mvm/mvm.db\n" +
      "  mvm-sync --once --verify-seals all",
  },
  args,
  run: async ({ args: given }) => {
    const keystore = given.keystore === undefined ? null : readKeystore(given.keystore);
    const options: SyncOptions = {
      rpcUrl: given["rpc-url"],
      databasePath: given["db-path"],
      batchSize: parseCount(given["batch-size"], "--batch-size", 1),
      concurrency: parseCount(given.concurrency, "--concurrency", 1),
      startBlock: parseCount(given["start-block"], "--start-block"),
      finalizedOnly: given["finalized-only"],
      verifySeals: parseVerify(given["verify-seals"]),
      pollIntervalMs: parseCount(given["poll-interval"], "--poll-interval", 1) * 1000,
      timeoutMs: parseCount(given.timeout, "--timeout", 100),
      once: given.once,
      daemon: given.daemon,
      ours: keystore?.aura ?? [],
      label: given.label ?? null,
    };
    using _pid = given["pid-file"] === undefined ? null : writePidFile(given["pid-file"]);
    await sync(options, openHooks(options, given.verbose), stopSignal());
    return 0;
  },
});

function parseVerify(value: string): VerifySeals {
  if (value === "none" || value === "tip" || value === "all") return value;
  throw new MonitorError("usage", `--verify-seals ${value}: none, tip or all`);
}

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

function describeBlock(block: JudgedBlock, { ours, label }: SyncOptions): string {
  const { header, slot, author, seal } = block;
  const missed = [...block.missed].length;
  return [
    pc.bold(`#${header.number}`),
    `slot ${slot}`,
    `author ${author === null ? "unknown" : shortKey(author)}`,
    seal === "verified" ? pc.green("seal ✓") : seal === "mismatch" ? pc.red("seal ✗") : "",
    author !== null && ours.includes(author) ? pc.yellow(`★ ${label ?? "ours"}`) : "",
    missed > 0 ? pc.yellow(`missed before: ${missed}`) : "",
  ]
    .filter(Boolean)
    .join("  ");
}

function shortKey(key: string): string {
  return `${key.slice(0, 10)}…${key.slice(-8)}`;
}

if (import.meta.main) await runAsScript(syncCommand);
