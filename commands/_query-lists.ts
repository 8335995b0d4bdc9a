// `mvm query`: the questions answered by rows of the chain, as many as there are.
import { defineCommand } from "citty";

import { askBlocks, askEpochs, askMissed } from "../core/ask/lists.ts";
import { COUNTED } from "../core/queries/epochs.ts";
import type { Wanted } from "../core/queries/selection.ts";
import { readEnds } from "../core/queries/summary.ts";
import type { GivenFile } from "./_query-answer.ts";
import { ask, writeListing } from "./_query-answer.ts";
import { blockCsv, blockJson } from "./_query-encode.ts";
import type { GivenFlags, GivenList } from "./_query-flags.ts";
import {
  boundFlags,
  listFlags,
  parseBounds,
  parseForm,
  parsePage,
  parseRows,
  parseSort,
  sharedFlags,
  whoseFlags,
} from "./_query-flags.ts";
import {
  BLOCK_FIELDS,
  blockColumns,
  describeNothing,
  EPOCH_COLUMNS,
  EPOCH_FIELDS,
  MISSED_FIELDS,
  missedColumns,
} from "./_query-tables.ts";

/** Heights and slots grow together, so sorting by any of these is one of two orders. */
const BLOCK_ORDER = ["number", "slot", "time", "epoch"] as const;
const SLOT_ORDER = ["slot", "time", "epoch"] as const;

export const blocks = defineCommand({
  meta: {
    name: "blocks",
    description: "Blocks and who made them, newest first",
    examples: [
      { line: "--ours --since 24h", does: "our blocks of a day" },
      { line: "--from 1000 --to 2000 --csv", does: "a stretch, for a spreadsheet" },
      { line: "--validator 0x5ce1a0 --limit 5", does: "the last five of one validator" },
    ],
  },
  args: {
    ...sharedFlags,
    ...boundFlags,
    ...whoseFlags,
    ...listFlags(10, BLOCK_ORDER),
    orphans: {
      type: "boolean",
      default: false,
      description: "instead, blocks seen off the canonical chain",
    },
  },
  run: ({ args }) => listBlocks(args, args.orphans),
});

export const orphans = defineCommand({
  meta: {
    name: "orphans",
    description: "Blocks seen off the canonical chain, newest first",
    examples: [
      { line: "--since 7d", does: "the branches that lost in a week" },
      { line: "--ours --json", does: "ours alone, for a script" },
    ],
  },
  args: { ...sharedFlags, ...boundFlags, ...whoseFlags, ...listFlags(10, BLOCK_ORDER) },
  run: ({ args }) => listBlocks(args, true),
});

async function listBlocks(
  given: GivenFile & GivenList & GivenFlags,
  lost: boolean,
): Promise<number> {
  const wanted = parseBounds(given);
  const form = parseForm(given);
  const page = parsePage(given, 10, BLOCK_ORDER);
  return await ask(given, async (db) => {
    const ends = readEnds(db);
    await writeListing(form, {
      rows: askBlocks(db, wanted, page, lost),
      fields: BLOCK_FIELDS,
      columns: blockColumns,
      encode: { json: blockJson, csv: blockCsv },
      empty: () => describeNothing(lost ? "orphaned blocks" : "blocks", ends),
    });
  });
}

export const missed = defineCommand({
  meta: {
    name: "missed",
    description: "Missed slots: whose turn, and what happened; newest first",
    examples: [
      { line: "--ours --since 7d", does: "our missed slots of a week" },
      { line: "--epoch 2100 --csv", does: "all of an epoch" },
    ],
  },
  args: { ...sharedFlags, ...boundFlags, ...whoseFlags, ...listFlags(20, SLOT_ORDER) },
  run: ({ args }) => {
    const wanted = parseBounds(args);
    const form = parseForm(args);
    const page = parsePage(args, 20, SLOT_ORDER);
    return ask(args, async (db) => {
      const ends = readEnds(db);
      await writeListing(form, {
        rows: askMissed(db, wanted, page),
        fields: MISSED_FIELDS,
        columns: missedColumns,
        empty: () => describeNothing("missed slots", ends),
        footer: (rows) => (rows.some((row) => row.ours) ? "* = ours" : ""),
      });
    });
  },
});

/** Time goes with the epochs; for the others see iterateEpochsBy. */
const EPOCH_SORTS = ["epoch", "time", ...COUNTED] as const;

export const epochs = defineCommand({
  meta: {
    name: "epochs",
    description: "Epochs: seats, blocks made and missed, luck; newest first",
    examples: [
      { line: "--ours --limit 10", does: "our last ten epochs" },
      {
        line: "--validator 0x5ce1a0 --sort missed:desc",
        does: "one validator, the worst epochs first",
      },
    ],
  },
  args: { ...sharedFlags, ...boundFlags, ...whoseFlags, ...listFlags(10, EPOCH_SORTS) },
  run: ({ args }) => {
    const wanted = parseBounds(args);
    const form = parseForm(args);
    const sort = parseSort(args, EPOCH_SORTS);
    const rows = parseRows(args, 10);
    return ask(args, async (db) => {
      const ends = readEnds(db);
      await writeListing(form, {
        rows: askEpochs(db, wanted, sort, rows),
        fields: EPOCH_FIELDS,
        columns: () => EPOCH_COLUMNS,
        empty: () => describeNothing("epochs", ends),
        footer: () => describeLuck(wanted),
      });
    });
  },
});

function describeLuck({ ours, validator }: Wanted): string {
  if (ours !== true && validator === undefined) return "";
  return "luck: turns drawn, of what the usual share of seats would bring";
}
