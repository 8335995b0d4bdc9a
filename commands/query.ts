#!/usr/bin/env bun
// mvm-query: answers from the database, on stdout.
import type { Database } from "bun:sqlite";

import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import { MonitorError } from "../core/errors.ts";
import { readBlocks, readOrphans } from "../core/queries/blocks.ts";
import { readGaps } from "../core/queries/gaps.ts";
import { readEnds, readSummary } from "../core/queries/summary.ts";
import { readValidator } from "../core/queries/validator.ts";
import { readValidators } from "../core/queries/validators.ts";
import { describe, openReadable } from "../core/storage/open.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import type { Screen } from "./_output.ts";
import { openScreen, writeOut } from "./_output.ts";
import {
  formatBlocks,
  formatGaps,
  formatPerformance,
  formatSummary,
  formatValidator,
  formatValidators,
} from "./_query-text.ts";
import { configFlags, describeFlag, loadSettings, readFlag } from "./_settings.ts";

const shared = {
  "db-path": {
    type: "string",
    alias: "d",
    valueHint: "FILE",
    description: describeFlag("database.path"),
  },
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

const ours = {
  ours: { type: "boolean", default: false, description: "our validators only" },
} satisfies ArgsDef;

function limit(count: number) {
  return {
    limit: {
      type: "string",
      alias: "l",
      default: String(count),
      valueHint: "N",
      description: "how many at most",
    },
  } satisfies ArgsDef;
}

const stats = defineCommand({
  meta: { name: "stats", description: "What the database holds" },
  args: shared,
  run: ({ args }) =>
    answer(args, (db) => {
      const data = readSummary(db);
      return { data, text: (screen) => formatSummary(data, screen) };
    }),
});

const blocks = defineCommand({
  meta: { name: "blocks", description: "Blocks and who made them, newest first" },
  args: {
    ...shared,
    from: { type: "string", alias: "f", valueHint: "N", description: "lowest block" },
    to: { type: "string", alias: "t", valueHint: "N", description: "highest block" },
    ...limit(10),
    orphans: {
      type: "boolean",
      default: false,
      description: "instead, blocks seen off the canonical chain",
    },
  },
  run: ({ args }) => {
    const range = {
      from: args.from === undefined ? undefined : parseCount(args.from, "--from"),
      to: args.to === undefined ? undefined : parseCount(args.to, "--to"),
      limit: parseCount(args.limit, "--limit", 1),
    };
    if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
      throw new MonitorError("usage", `--from ${range.from} is above --to ${range.to}`);
    }
    return answer(args, (db) => {
      const data = args.orphans ? readOrphans(db, range) : readBlocks(db, range);
      const ends = readEnds(db);
      return { data, text: (screen) => formatBlocks(data, ends, args.orphans, screen) };
    });
  },
});

const validators = defineCommand({
  meta: { name: "validators", description: "All validators, those who made most blocks first" },
  args: { ...shared, ...limit(20), ...ours },
  run: ({ args }) => {
    const options = { limit: parseCount(args.limit, "--limit", 1), ours: args.ours };
    return answer(args, (db) => {
      const data = readValidators(db, options);
      const ends = readEnds(db);
      return { data, text: (screen) => formatValidators(data, ends, screen) };
    });
  },
});

const performance = defineCommand({
  meta: { name: "performance", description: "Ranking: blocks made, slots missed, share" },
  args: { ...shared, ...limit(10), ...ours },
  run: ({ args }) => {
    const options = { limit: parseCount(args.limit, "--limit", 1), ours: args.ours };
    return answer(args, (db) => {
      const data = readValidators(db, options);
      const ends = readEnds(db);
      return { data, text: (screen) => formatPerformance(data, ends, screen) };
    });
  },
});

const validator = defineCommand({
  meta: { name: "validator", description: "One validator: counts, recent blocks, missed slots" },
  args: {
    ...shared,
    key: {
      type: "positional",
      required: true,
      valueHint: "KEY",
      description: "Aura or sidechain key, the first 6 or more digits of one, or a label",
    },
  },
  run: ({ args }) =>
    answer(args, (db) => {
      const data = readValidator(db, args.key);
      const ends = readEnds(db);
      return { data, text: (screen) => formatValidator(data, ends, screen) };
    }),
});

const gaps = defineCommand({
  meta: { name: "gaps", description: "Blocks missing between the first and the last one stored" },
  args: shared,
  run: ({ args }) =>
    answer(args, (db) => {
      const data = readGaps(db);
      const ends = readEnds(db);
      return { data, text: (screen) => formatGaps(data, ends, screen) };
    }),
});

export const queryCommand = defineCommand({
  meta: {
    name: "mvm-query",
    version: VERSION,
    description: "Ask the database; also while a sync is writing it.",
    examples: [
      { line: "stats --db-path /var/lib/mvm/mvm.db", does: "what the database holds" },
      { line: "blocks --from 1000 --to 1200 --limit 500 --json", does: "a range of blocks" },
      { line: "validator 0x5ce1a0", does: "one validator, by the first digits of its key" },
    ],
  },
  args: shared,
  subCommands: { stats, blocks, validators, validator, performance, gaps },
});

interface Answer {
  data: unknown;
  text: (screen: Screen) => string;
}

/** Reads everything in one transaction, so that no block comes in between two numbers. */
interface Given {
  "db-path"?: string | undefined;
  config?: string | undefined;
  env?: string | undefined;
  json: boolean;
}

async function answer(given: Given, read: (db: Database) => Answer): Promise<number> {
  const { database } = await loadSettings(given, {
    "database.path": readFlag("database.path", given["db-path"]),
  });
  const { data, text } = readOnce(database.path, read);
  await writeOut(given.json ? JSON.stringify(data, null, 2) : text(openScreen()));
  return 0;
}

function readOnce(path: string, read: (db: Database) => Answer): Answer {
  const db = openReadable(path);
  try {
    return db.transaction(() => read(db))();
  } catch (error) {
    throw describe(path, error);
  } finally {
    db.close();
  }
}

if (import.meta.main) await runAsScript(queryCommand);
