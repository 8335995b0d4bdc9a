// Questions of the dashboard, answered from the file. Each costs the same however long the chain is.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { readBlocks, readOrphans } from "../queries/blocks.ts";
import { readProduction } from "../queries/production.ts";
import { readValidator } from "../queries/validator.ts";
import { toBytes } from "../storage/codes.ts";
import { readChain, readRows, readSeats, sizesOf } from "./chain.ts";
import { readEpochs, readEpochsOf } from "./epochs.ts";
import { findBlock } from "./find.ts";
import type { Answer, BlockFacts, Question, ValidatorFacts } from "./messages.ts";
import { readAlerts, readKeyChanges, readRecords } from "./records.ts";
import { readNewest, readTimeline } from "./timeline.ts";
import { readTurns } from "./turns.ts";

/** Enough for the last hundred slots and a full screen of recent blocks. */
const RECENT = 220;
const CHART_EPOCHS = 100;
const TABLE_EPOCHS = 50;

/** Everything is read as of one moment. Throws `usage` for a validator that does not exist. */
export function answer(db: Database, question: Question): Answer {
  return db.transaction(() => answerNow(db, question))();
}

function answerNow(db: Database, question: Question): Answer {
  const { about } = question;
  switch (about) {
    case "dashboard":
      return { about, facts: dashboard(db) };
    case "timeline":
      return {
        about,
        facts: { chain: readChain(db), rows: readTimeline(db, question.around) },
      };
    case "block":
      return { about, facts: block(db, question.number, question.hash) };
    case "validators":
      return { about, facts: everyone(db) };
    case "validator":
      return { about, facts: one(db, question.aura) };
    case "performance":
      return { about, facts: { ...everyone(db), epochs: lastEpochs(db) } };
    case "keys": {
      const { chain, committees, validators } = everyone(db);
      const ours = validators.filter((each) => each.ours);
      return { about, facts: { chain, committees, ours, changes: readKeyChanges(db) } };
    }
    case "schedule": {
      const { chain, turns } = standing(db);
      return { about, facts: { chain, turns } };
    }
    case "logs":
      return { about, facts: { records: readRecords(db) } };
    case "find":
      return { about, facts: findBlock(db, question.text, question.from, question.up) };
  }
}

function standing(db: Database) {
  const chain = readChain(db);
  const seats = readSeats(db, chain);
  const rows = readRows(db, seats);
  const ours = new Map(
    rows
      .filter(({ validator }) => validator.ours)
      .flatMap(({ ids, validator }) => ids.map((id) => [id, validator])),
  );
  return { chain, seats, rows, turns: readTurns(db, chain, seats, ours) };
}

function dashboard(db: Database) {
  const { chain, seats, rows, turns } = standing(db);
  const { made, missed, unattributed } = readProduction(db);
  return {
    chain,
    blocks: made,
    unattributed,
    missed,
    ranked: rows.filter(({ validator }) => validator.rank !== null).length,
    ours: rows.map(({ validator }) => validator).filter((validator) => validator.ours),
    committees: sizesOf(seats),
    recent: readNewest(db, RECENT),
    epochs: readEpochs(db, chain, CHART_EPOCHS),
    turns,
    alerts: readAlerts(db),
  };
}

function everyone(db: Database) {
  const { chain, seats, rows } = standing(db);
  return {
    chain,
    committees: sizesOf(seats),
    validators: rows.map(({ validator }) => validator),
  };
}

function lastEpochs(db: Database) {
  return readEpochs(db, readChain(db), CHART_EPOCHS);
}

function block(db: Database, number: number, hash: string | null): BlockFacts {
  const range = { from: number, to: number, limit: 100 };
  if (hash === null) return { block: readBlocks(db, range)[0] ?? null };
  return { block: readOrphans(db, range).find((each) => each.hash === hash) ?? null };
}

interface Standing {
  stake: number | null;
  invalidReason: string | null;
}

function one(db: Database, aura: string): ValidatorFacts {
  const { chain, rows } = standing(db);
  const found = rows.find(({ validator }) => validator.aura === aura);
  if (found === undefined) throw new MonitorError("usage", `no validator ${aura}`);
  const { recentBlocks, missedSlots } = readValidator(db, aura);
  const told = db
    .query<Standing, [Uint8Array]>(
      "SELECT stake, invalid_reason AS invalidReason FROM authorities WHERE aura = ?",
    )
    .get(toBytes(aura));
  return {
    validator: found.validator,
    recentBlocks,
    missedSlots,
    epochs: readEpochsOf(db, chain, found.ids, TABLE_EPOCHS),
    stake: told?.stake ?? null,
    invalidReason: told?.invalidReason ?? null,
  };
}
