#!/usr/bin/env bun
// mvm-verify: proof that the database is right, or what in it is not.
import type { Database } from "bun:sqlite";
import { isatty } from "node:tty";

import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import type { Link } from "../core/chain/link.ts";
import { connectFirst } from "../core/chain/reach.ts";
import { nodesOf } from "../core/config/schema.ts";
import { isCode } from "../core/errors.ts";
import { describe, openReadable } from "../core/storage/open.ts";
import type { Certificate, VerifyHooks, VerifyOptions } from "../core/verify/verify.ts";
import { verifyDatabase } from "../core/verify/verify.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import type { Screen } from "./_output.ts";
import { formatPairs, openScreen, writeOut } from "./_output.ts";
import {
  configFlags,
  databaseFlag,
  loadSettings,
  nodeFlag,
  readFlag,
  readNodeFlags,
} from "./_settings.ts";
import { complain } from "./_stderr.ts";

const args = {
  ...nodeFlag,
  ...databaseFlag,
  from: { type: "string", alias: "f", valueHint: "N", description: "lowest block (the first)" },
  to: { type: "string", alias: "t", valueHint: "N", description: "highest block (the final one)" },
  sample: {
    type: "string",
    default: "1000",
    valueHint: "N",
    description: "so many blocks by chance against the node",
  },
  all: { type: "boolean", default: false, description: "every block against the node" },
  limit: {
    type: "string",
    alias: "l",
    default: "20",
    valueHint: "N",
    description: "how many findings are named; all are counted",
  },
  seed: { type: "string", valueHint: "N", description: "repeat the choice of an earlier sample" },
  offline: { type: "boolean", default: false, description: "by the file alone" },
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

export const verifyCommand = defineCommand({
  meta: {
    name: "mvm-verify",
    version: VERSION,
    description:
      "Check the database again: every row by itself, and blocks against the node's headers and seals.\n" +
      "Also while a sync is writing it. Exits 1 when anything is wrong.",
    examples: [
      { line: "--sample 5000", does: "so many blocks against the node, all rows by themselves" },
      { line: "--all --json", does: "every block" },
      { line: "--offline --from 1000 --to 2000", does: "a stretch, by the file alone" },
    ],
    exits: [[1, "something is wrong"]],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const config = await loadSettings(given, {
      ...readNodeFlags(rawArgs),
      "database.path": readFlag("database.path", given["db-path"]),
    });
    const { rpc, database } = config;
    const options: VerifyOptions = {
      from: given.from === undefined ? null : parseCount(given.from, "--from"),
      to: given.to === undefined ? null : parseCount(given.to, "--to"),
      sample: given.all ? null : parseCount(given.sample, "--sample", 1),
      named: parseCount(given.limit, "--limit", 1),
      seed:
        given.seed === undefined
          ? Math.floor(Math.random() * 2 ** 32)
          : parseCount(given.seed, "--seed"),
    };
    const db = openReadable(database.path);
    const link = given.offline ? null : await reach(nodesOf(config), rpc.timeout_ms, db);
    try {
      const certificate = await verifyDatabase(db, link, options, progressHooks());
      const text = given.json
        ? JSON.stringify({ database: database.path, ...certificate }, null, 2)
        : formatCertificate(database.path, certificate, openScreen());
      await writeOut(text);
      return certificate.wrong === 0 ? 0 : 1;
    } catch (error) {
      throw describe(database.path, error);
    } finally {
      link?.close();
      db.close();
    }
  },
});

/** Without a node the file still proves much; but that it was not asked must be said. */
async function reach(
  urls: readonly string[],
  timeoutMs: number,
  db: Database,
): Promise<Link | null> {
  try {
    return (await connectFirst(urls, { timeoutMs })).link;
  } catch (error) {
    if (!isCode(error, "unavailable")) {
      db.close();
      throw error;
    }
    complain(`no node: ${error.message}\n  → checking by the file alone\n`);
    return null;
  }
}

const EVERY_MS = 2000;

function progressHooks(): VerifyHooks {
  let saidAt = performance.now();
  function say(text: string): void {
    // For who waits at a terminal; a log needs none of it.
    if (!isatty(2) || performance.now() - saidAt < EVERY_MS) return;
    saidAt = performance.now();
    process.stderr.write(`${text}\n`);
  }
  return {
    onWalk: (number, to) => say(`rows: block ${number} of ${to}`),
    onNode: (done, of) => say(`node: ${done} of ${of} blocks`),
  };
}

function formatCertificate(file: string, found: Certificate, screen: Screen): string {
  const { range, blocks, missedSlots, committees, orphans, unknown, wrong, finalized } = found;
  const pairs = formatPairs(
    [
      ["database", file],
      ["chain", found.chain],
      ["blocks", `${range.from} to ${range.to}: ${blocks}`],
      ["final", finalized === null ? "no block is known to be" : `up to ${finalized}`],
      ["missed slots", String(missedSlots)],
      ["lists", committees === null ? null : String(committees)],
      ["orphans", orphans === null ? null : String(orphans)],
      ["by the file", describeOffline(found)],
      ["by the node", describeNode(found)],
      ["wrong", String(wrong)],
      ["unknown", unknown === 0 ? "0" : `${unknown} authors or turns`],
    ],
    screen,
  );
  const list = found.findings.map(
    ({ fault, block, message }) =>
      `${fault.padEnd(9)}  ${block === null ? "" : `block ${block}: `}${message}`,
  );
  const more = wrong > list.length ? [`and ${wrong - list.length} more`] : [];
  return [pairs, [...list, ...more].join("\n")].filter((part) => part !== "").join("\n\n");
}

function describeOffline({ committees }: Certificate): string {
  const rows = "numbers, slots, authors by the lists, missed slots";
  return committees === null ? rows : `${rows}, counts, finality, orphans`;
}

function describeNode({ node }: Certificate): string {
  if (node === null) return "not asked";
  const { blocks, seals, sample, seed, beyond } = node;
  const which = sample === null ? "all" : `a sample (--seed ${seed})`;
  const later = beyond === 0 ? "" : `; ${beyond} it has not finalized yet`;
  return `${blocks} headers hashed, ${seals} seals checked, ${which}${later}`;
}

if (import.meta.main) await runAsScript(verifyCommand);
