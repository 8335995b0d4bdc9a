// `mvm query`: the questions answered by one row for each validator, day or change.
import { defineCommand } from "citty";

import { askValidators, pickWhose } from "../core/ask/lists.ts";
import { sortBy } from "../core/ask/sort.ts";
import { MonitorError } from "../core/errors.ts";
import { readCommittee } from "../core/queries/committee.ts";
import { readGaps } from "../core/queries/gaps.ts";
import { readKeyChanges } from "../core/queries/key-changes.ts";
import { readSelection, takePage } from "../core/queries/selection.ts";
import { readEnds } from "../core/queries/summary.ts";
import { readTrends } from "../core/queries/trends.ts";
import type { Validator } from "../core/queries/validators.ts";
import { readRanking } from "../core/queries/validators.ts";
import { parseCount } from "./_main.ts";
import type { Column, Screen } from "./_output.ts";
import type { GivenFile } from "./_query-answer.ts";
import { ask, writeListing } from "./_query-answer.ts";
import type { GivenFlags, GivenList } from "./_query-flags.ts";
import {
  boundFlags,
  listFlags,
  parseBounds,
  parseForm,
  parseRows,
  parseSort,
  sharedFlags,
  whoseFlags,
} from "./_query-flags.ts";
import {
  DAY_COLUMNS,
  DAY_FIELDS,
  describeNothing,
  formatSince,
  formatSparkline,
  GAP_COLUMNS,
  GAP_FIELDS,
  KEY_FIELDS,
  keyColumns,
  NO_BLOCKS,
  performanceColumns,
  SEAT_FIELDS,
  seatColumns,
  VALIDATOR_FIELDS,
  validatorColumns,
} from "./_query-tables.ts";

export const validators = defineCommand({
  meta: {
    name: "validators",
    description: "All validators, those who made most blocks first",
    examples: [
      { line: "--limit all", does: "everybody" },
      { line: "--ours", does: "ours alone" },
    ],
  },
  args: { ...sharedFlags, ...boundFlags, ...whoseFlags, ...listFlags(20, VALIDATOR_FIELDS) },
  run: ({ args }) => listValidators(args, 20, validatorColumns),
});

export const performance = defineCommand({
  meta: {
    name: "performance",
    description: "Ranking: blocks made, slots missed, share",
    examples: [
      { line: "--since 7d --sort reliability", does: "who was reliable in a week" },
      { line: "--ours", does: "our rank" },
    ],
  },
  args: { ...sharedFlags, ...boundFlags, ...whoseFlags, ...listFlags(10, VALIDATOR_FIELDS) },
  run: ({ args }) => listValidators(args, 10, performanceColumns),
});

async function listValidators(
  given: GivenFile & GivenList & GivenFlags,
  count: number,
  columns: (screen: Screen) => Column<Validator>[],
): Promise<number> {
  const wanted = parseBounds(given);
  const form = parseForm(given);
  const sort = parseSort(given, VALIDATOR_FIELDS);
  const rows = parseRows(given, count);
  return await ask(given, async (db) => {
    const { first } = readEnds(db);
    await writeListing(form, {
      rows: askValidators(db, wanted, sort, rows),
      fields: VALIDATOR_FIELDS,
      columns,
      empty: () =>
        first === null
          ? NO_BLOCKS
          : "none of the known validators is ours: run mvm sync with --keystore",
      footer: (shown) => {
        const legend = shown.some((row) => row.ours) ? "; * = ours" : "";
        const [row] = shown;
        if (row === undefined) return "";
        const isOfNothing = row.sinceBlock === null && row.sinceTime === null;
        return `${isOfNothing ? "nothing of that is stored" : formatSince(row)}${legend}`;
      },
    });
  });
}

export const committee = defineCommand({
  meta: {
    name: "committee",
    description: "Who holds which seats, in an epoch or the next one",
    examples: [
      { line: "", does: "who has seats now" },
      { line: "--next --ours", does: "whether we have some in the next one" },
      { line: "--epoch 2100", does: "who had them then" },
    ],
  },
  args: {
    ...sharedFlags,
    epoch: {
      type: "string",
      alias: "e",
      valueHint: "N",
      description: "of this epoch (the last stored one)",
    },
    next: { type: "boolean", default: false, description: "of the epoch to come" },
    ...whoseFlags,
    ...listFlags(20, SEAT_FIELDS),
  },
  run: ({ args }) => {
    if (args.next && args.epoch !== undefined) {
      throw new MonitorError("usage", "--next and --epoch: one of them at a time");
    }
    const which = args.epoch === undefined ? {} : { epoch: parseCount(args.epoch, "--epoch") };
    const form = parseForm(args);
    const sort = parseSort(args, SEAT_FIELDS);
    const rows = parseRows(args, 20);
    return ask(args, async (db) => {
      const { epoch, afterBlock, size, members } = readCommittee(db, args.next ? "next" : which);
      const known = readRanking(db).map(({ validator }) => validator);
      const wanted = new Set(
        pickWhose(known, { ours: args.ours, validator: args.validator }).flatMap(
          ({ auras }) => auras,
        ),
      );
      const theirs = members.filter(({ aura }) => wanted.has(aura));
      await writeListing(form, {
        rows: takePage(sortBy(theirs, sort?.column === "positions" ? null : sort), rows),
        fields: SEAT_FIELDS,
        columns: seatColumns,
        empty: () =>
          `no seat of theirs in epoch ${epoch}: ${members.length} others hold all ${size}`,
        footer: () => {
          const since = afterBlock === null ? "to come" : `in force after block ${afterBlock}`;
          return `epoch ${epoch}: ${size} seats, ${members.length} validators, ${since}`;
        },
      });
    });
  },
});

export const trends = defineCommand({
  meta: {
    name: "trends",
    description: "Day by day: blocks made, slots missed",
    examples: [
      { line: "--ours --days 14", does: "our last two weeks" },
      { line: "--validator 0x5ce1a0 --csv", does: "one validator, for a spreadsheet" },
    ],
  },
  args: {
    ...sharedFlags,
    ...whoseFlags,
    days: {
      type: "string",
      default: "30",
      valueHint: "N",
      description: "how many days, up to the last block",
    },
    ...listFlags(0, DAY_FIELDS),
    limit: {
      type: "string",
      alias: "l",
      valueHint: "N",
      description: "how many rows at most (all)",
    },
  },
  run: ({ args }) => {
    const wanted = parseBounds(args);
    const form = parseForm(args);
    const days = parseCount(args.days, "--days", 1);
    const sort = parseSort(args, DAY_FIELDS);
    const rows = parseRows({ ...args, limit: args.limit ?? "all" }, 0);
    return ask(args, async (db) => {
      const { authors } = readSelection(db, wanted);
      const read = readTrends(db, { authors, days });
      await writeListing(form, {
        rows: takePage(sortBy(read, sort), rows),
        fields: DAY_FIELDS,
        columns: () => DAY_COLUMNS,
        empty: () => describeNothing("days", readEnds(db)),
        footer: () => formatSparkline(read),
      });
    });
  },
});

export const keys = defineCommand({
  meta: {
    name: "keys",
    description: "When a validator's keys or registration changed, newest first",
    examples: [
      { line: "0x5ce1a0", does: "of one validator" },
      { line: "POOL1 --json", does: "for a script" },
    ],
  },
  args: {
    ...sharedFlags,
    key: {
      type: "positional",
      required: true,
      valueHint: "KEY",
      description:
        "Aura or sidechain key, its first 6 or more digits, a label, or a keystore's folder",
    },
    ...listFlags(20, KEY_FIELDS),
  },
  run: ({ args }) => {
    const form = parseForm(args);
    const sort = parseSort(args, KEY_FIELDS);
    const rows = parseRows(args, 20);
    return ask(args, async (db) => {
      const { first } = readEnds(db);
      await writeListing(form, {
        rows: takePage(sortBy(readKeyChanges(db, args.key), sort), rows),
        fields: KEY_FIELDS,
        columns: keyColumns,
        empty: () =>
          `no change of its keys was seen since ${first?.time?.slice(0, 10) ?? "the beginning"}, while mvm sync ran`,
      });
    });
  },
});

export const gaps = defineCommand({
  meta: {
    name: "gaps",
    description: "Blocks missing between the first and the last one stored",
    examples: [{ line: "", does: "blocks that are missing inside; none is as it should be" }],
  },
  args: { ...sharedFlags, ...listFlags(1000, GAP_FIELDS) },
  run: ({ args }) => {
    const form = parseForm(args);
    const sort = parseSort(args, GAP_FIELDS);
    const rows = parseRows(args, 1000);
    return ask(args, async (db) => {
      const { first, last } = readEnds(db);
      await writeListing(form, {
        rows: takePage(sortBy(readGaps(db), sort), rows),
        fields: GAP_FIELDS,
        columns: () => GAP_COLUMNS,
        empty: () =>
          first === null || last === null
            ? NO_BLOCKS
            : `no gaps by the counts: all blocks from ${first.number} to ${last.number} are stored\n` +
              "`mvm verify --offline` reads every row, for what another hand took out",
      });
    });
  },
});
