#!/usr/bin/env bun
// mvm-query: answers from the database, on stdout.
import { defineCommand } from "citty";

import { readCoverage } from "../core/queries/coverage.ts";
import { readSummary } from "../core/queries/summary.ts";
import { readValidator } from "../core/queries/validator.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { ask, writeOne } from "./_query-answer.ts";
import { block } from "./_query-block.ts";
import { parseForm, sharedFlags } from "./_query-flags.ts";
import { blocks, epochs, missed, orphans } from "./_query-lists.ts";
import { committee, gaps, keys, performance, trends, validators } from "./_query-ranks.ts";
import { formatCoverage, formatSummary, formatValidator } from "./_query-text.ts";

const stats = defineCommand({
  meta: {
    name: "stats",
    description: "What the database holds",
    examples: [
      { line: "--db-path /var/lib/mvm/mvm.db", does: "blocks, gaps, validators, since when" },
    ],
  },
  args: sharedFlags,
  run: ({ args }) =>
    ask(args, async (db) => {
      const summary = readSummary(db);
      await writeOne(parseForm(args), summary, (screen) => formatSummary(summary, screen));
    }),
});

const coverage = defineCommand({
  meta: {
    name: "coverage",
    description: "Since when blocks are stored, and how many are proven",
    examples: [{ line: "", does: "since which block, and how many are attributed and proven" }],
  },
  args: sharedFlags,
  run: ({ args }) =>
    ask(args, async (db) => {
      const found = readCoverage(db);
      await writeOne(parseForm(args), found, (screen) => formatCoverage(found, screen));
    }),
});

const validator = defineCommand({
  meta: {
    name: "validator",
    description: "One validator: counts, recent blocks, missed slots",
    examples: [
      { line: "0x5ce1a0", does: "by the first digits of its key" },
      { line: "POOL1", does: "by its label" },
    ],
  },
  args: {
    ...sharedFlags,
    key: {
      type: "positional",
      required: true,
      valueHint: "KEY",
      description: "Aura or sidechain key, the first 6 or more digits of one, or a label",
    },
  },
  run: ({ args }) =>
    ask(args, async (db) => {
      const details = readValidator(db, args.key);
      await writeOne(parseForm(args), details, (screen) => formatValidator(details, screen));
    }),
});

export const queryCommand = defineCommand({
  meta: {
    name: "mvm-query",
    version: VERSION,
    description: "Ask the database; also while a sync is writing it.",
    examples: [
      { line: "stats --db-path /var/lib/mvm/mvm.db", does: "what the database holds" },
      { line: "blocks --since 24h --ours --csv", does: "our blocks of a day, for a spreadsheet" },
      { line: "performance --since 7d --sort reliability", does: "who was reliable in a week" },
      { line: "validator 0x5ce1a0", does: "one validator, by the first digits of its key" },
    ],
  },
  args: sharedFlags,
  subCommands: {
    stats,
    coverage,
    blocks,
    block,
    orphans,
    missed,
    epochs,
    committee,
    validators,
    validator,
    performance,
    trends,
    keys,
    gaps,
  },
});

if (import.meta.main) await runAsScript(queryCommand);
