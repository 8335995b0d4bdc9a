// Questions of the dashboard, answered from the file. Each costs the same however long the chain is.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import type { AlertRecord } from "../queries/alerts.ts";
import { readAlerts } from "../queries/alerts.ts";
import { readBlocks, readOrphans } from "../queries/blocks.ts";
import { readKeyChanges } from "../queries/key-changes.ts";
import { readProduction } from "../queries/production.ts";
import { readOutlook } from "../queries/rota.ts";
import { readValidator } from "../queries/validator.ts";
import { toBytes } from "../storage/codes.ts";
import { readRecords } from "../storage/records.ts";
import { readChain, readRows, sizesOf } from "./chain.ts";
import { readEpochs, readEpochsOf, readLuckyEpochs } from "./epochs.ts";
import { findBlock } from "./find.ts";
import type { Answer, BlockFacts, LogRecord, Question, ValidatorFacts } from "./messages.ts";
import { readNewest, readTimeline } from "./timeline.ts";
import { readTurns } from "./turns.ts";

/** Enough for the last hundred slots and a full screen of recent blocks. */
const RECENT = 120;
const CHART_EPOCHS = 100;
const TABLE_EPOCHS = 50;
export const MOST_RECORDS = 1000;
/** More than any screen has room for. */
const MOST_ALERTS = 40;
const MOST_CHANGES = 100;

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
        facts: { chain: readChain(db), ...readTimeline(db, question.around, question.ours) },
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
      const changes = readKeyChanges(db).slice(0, MOST_CHANGES);
      return { about, facts: { chain, committees, ours, changes } };
    }
    case "schedule": {
      const { chain, turns } = standing(db);
      return { about, facts: { chain, turns } };
    }
    case "logs":
      return { about, facts: { records: records(db), file: null, problem: null } };
    case "find":
      return { about, facts: findBlock(db, question.text, question.from, question.up) };
  }
}

function standing(db: Database) {
  const chain = readChain(db);
  const outlook = readOutlook(db);
  const rows = readRows(db, outlook);
  const ours = new Map(
    rows
      .filter(({ validator }) => validator.ours)
      .flatMap(({ ids, validator: { auras, aura, label } }) =>
        ids.map((id, i) => [id, { aura: auras[i] ?? aura, label }]),
      ),
  );
  return { chain, outlook, rows, turns: readTurns(db, outlook, ours) };
}

function dashboard(db: Database) {
  const { chain, outlook, rows, turns } = standing(db);
  const { made, missed, unattributed } = readProduction(db);
  return {
    chain,
    blocks: made,
    unattributed,
    missed,
    ranked: rows.filter(({ validator }) => validator.rank !== null).length,
    ours: rows.map(({ validator }) => validator).filter((validator) => validator.ours),
    committees: sizesOf(outlook),
    recent: readNewest(db, RECENT),
    epochs: readEpochs(db, chain, CHART_EPOCHS),
    turns,
    alerts: alerts(db),
  };
}

/** Open ones first, then the newest; a recovery is told by its alert being closed. */
function alerts(db: Database): AlertRecord[] {
  const open = readAlerts(db, { open: true, limit: MOST_ALERTS });
  const rest = readAlerts(db, { open: false, limit: MOST_ALERTS });
  return [...open, ...rest.filter((each) => !each.open && each.action !== "recover")];
}

/** Newest first. */
function records(db: Database): LogRecord[] {
  return readRecords(db, { limit: MOST_RECORDS })
    .reverse()
    .map(({ fields, ...record }) => ({ ...record, fields: JSON.stringify(fields) }));
}

function everyone(db: Database) {
  const { chain, outlook, rows } = standing(db);
  return {
    chain,
    committees: sizesOf(outlook),
    validators: rows.map(({ validator }) => validator),
  };
}

function lastEpochs(db: Database) {
  return readLuckyEpochs(db, readChain(db), CHART_EPOCHS);
}

function block(db: Database, number: number, hash: string | null): BlockFacts {
  const range = { from: number, to: number, limit: 100 };
  if (hash === null) return { block: readBlocks(db, range)[0] ?? null };
  return { block: readOrphans(db, range).find((each) => each.hash === hash) ?? null };
}

interface Standing {
  stake: number | null;
  invalidReason: string | null;
  stakeRank: number | null;
  stakeShare: number | null;
}

const NO_STANDING: Standing = {
  ...{ stake: null, invalidReason: null, stakeRank: null, stakeShare: null },
};

const STANDING = `
  SELECT stake, invalid_reason AS invalidReason,
    CASE WHEN stake IS NOT NULL THEN 1 + (SELECT count(*) FROM authorities o WHERE o.stake > a.stake) END AS stakeRank,
    CASE WHEN stake > 0 THEN stake * 1.0 / (SELECT sum(stake) FROM authorities) END AS stakeShare
  FROM authorities a WHERE aura = ?`;

function one(db: Database, aura: string): ValidatorFacts {
  const { chain, rows } = standing(db);
  const found = rows.find(({ validator }) => validator.aura === aura);
  if (found === undefined) throw new MonitorError("usage", `no validator ${aura}`);
  const { recentBlocks, missedSlots } = readValidator(db, aura);
  const told = db.query<Standing, [Uint8Array]>(STANDING).get(toBytes(aura));
  return {
    validator: found.validator,
    recentBlocks,
    missedSlots,
    epochs: readEpochsOf(db, chain, found.ids, TABLE_EPOCHS),
    ...(told ?? NO_STANDING),
  };
}
