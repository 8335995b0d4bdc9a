// What can be asked, with its parameters, its answer and how it is found: the one list both the server and the
// OpenAPI document are made of.
import type { Database } from "bun:sqlite";

import { readBounds } from "../ask/bounds.ts";
import { askBlocks, askEpochs, askMissed, askValidators } from "../ask/lists.ts";
import { askSchedule } from "../ask/schedule.ts";
import { isCode } from "../errors.ts";
import { readAlerts } from "../queries/alerts.ts";
import type { Page, Wanted } from "../queries/selection.ts";
import type { Given, ParameterName } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { STATUS } from "./records-status.ts";
import { ALERT, BLOCK, EPOCH, MISSED, SCHEDULE, VALIDATOR } from "./records.ts";
import type { JsonSchema } from "./schema.ts";
import { list } from "./schema.ts";

interface Question {
  db: Database;
  given: Given;
  nowMs: number;
  /** The last look of the daemon, as JSON; null before the first. */
  report: string | null;
}

export interface Route {
  path: string;
  summary: string;
  /** The command with the same answer. */
  command: string;
  parameters: readonly ParameterName[];
  answer: JsonSchema;
  /** JSON. Throws Problem and MonitorError. */
  ask: (question: Question) => string;
}

const PAGE = ["limit", "offset"] as const;
const BOUNDS = ["from", "to", "epoch", "since", "until"] as const;
const WHOSE = ["ours", "validator"] as const;
/** Windows worth telling of, as `mvm schedule` has it when nothing is said. */
const MIN_QUIET_MS = 600_000;

export const ROUTES: readonly Route[] = [
  {
    path: "/api/v1/status",
    summary: "Is the validator all right? The checks of the last minute",
    command: "mvm status --json",
    parameters: [],
    answer: STATUS,
    ask: ({ report }) => {
      if (report !== null) return report;
      const hint = "a few seconds after the start there is";
      throw new Problem(503, "unavailable", "no look has been taken yet", hint);
    },
  },
  {
    path: "/api/v1/blocks",
    summary: "Blocks and who made them, newest first",
    command: "mvm query blocks --json",
    parameters: [...BOUNDS, ...WHOSE, "orphans", ...PAGE],
    answer: list(BLOCK),
    ask: ({ db, given, nowMs }) =>
      rows(askBlocks(db, wanted(given, nowMs), page(given), given.orphans)),
  },
  {
    path: "/api/v1/validators",
    summary: "All validators, those who made most blocks first",
    command: "mvm query validators --json",
    parameters: [...BOUNDS, ...WHOSE, ...PAGE],
    answer: list(VALIDATOR),
    ask: ({ db, given, nowMs }) => rows(askValidators(db, wanted(given, nowMs), null, page(given))),
  },
  {
    path: "/api/v1/epochs",
    summary: "Epochs: seats, blocks made and missed, luck; newest first",
    command: "mvm query epochs --json",
    parameters: [...BOUNDS, ...WHOSE, ...PAGE],
    answer: list(EPOCH),
    ask: ({ db, given, nowMs }) => rows(askEpochs(db, wanted(given, nowMs), null, page(given))),
  },
  {
    path: "/api/v1/missed",
    summary: "Missed slots: whose turn, and what happened; newest first",
    command: "mvm query missed --json",
    parameters: [...BOUNDS, ...WHOSE, ...PAGE],
    answer: list(MISSED),
    ask: ({ db, given, nowMs }) => rows(askMissed(db, wanted(given, nowMs), page(given))),
  },
  {
    path: "/api/v1/schedule",
    summary: "When it is our turn in this and the next epoch, and when it is quiet",
    command: "mvm schedule --offline --json",
    parameters: ["validator", "limit"],
    answer: SCHEDULE,
    ask: ({ db, given: { validator, limit }, nowMs }) => {
      const shown = { limit, minQuietMs: MIN_QUIET_MS };
      const found = askSchedule(db, validator, shown, nowMs);
      if (found !== null) return JSON.stringify(found);
      throw new Problem(503, "database", "no blocks are stored yet");
    },
  },
  {
    path: "/api/v1/alerts",
    summary: "Alerts and who was told of them, newest first",
    command: "mvm alerts list --json",
    parameters: ["open", ...PAGE],
    answer: list(ALERT),
    ask: ({ db, given: { open = false, limit, offset } }) =>
      rows(readAlerts(db, { open, limit, offset })),
  },
];

/** One row a line, as the commands write them. */
function rows(all: Iterable<object>): string {
  const lines = Array.from(all, (row) => `  ${JSON.stringify(row)}`);
  return lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n]`;
}

function wanted(given: Given, nowMs: number): Wanted {
  try {
    return readBounds(given, "", nowMs);
  } catch (error) {
    if (!isCode(error, "usage")) throw error;
    throw new Problem(400, "bad-request", error.message, error.hint ?? null);
  }
}

function page({ limit, offset }: Given): Page {
  return { limit, offset, ascending: false };
}
