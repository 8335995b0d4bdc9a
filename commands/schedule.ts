#!/usr/bin/env bun
// mvm-schedule: when it is our turn, and when it is quiet.
import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import type { Shown } from "../core/ask/schedule.ts";
import { describeDoubts, describeForecast } from "../core/ask/schedule.ts";
import { formatCalendar } from "../core/calendar-file.ts";
import { nodesOf } from "../core/config/schema.ts";
import { MonitorError } from "../core/errors.ts";
import type { Forecast, NamedKey } from "../core/forecast.ts";
import { buildForecast, chooseKnown } from "../core/forecast.ts";
import { readOurs } from "../core/ours.ts";
import { readOutlook } from "../core/queries/rota.ts";
import { canRestart } from "../core/schedule.ts";
import { slotTimeMs } from "../core/time.ts";
import { repeated } from "./_arguments.ts";
import { parseCount, runAsScript, VERSION } from "./_main.ts";
import { formatTime, openScreen, writeOut } from "./_output.ts";
import { askNode, findKeys, openSources } from "./_schedule-source.ts";
import { formatForecast } from "./_schedule-text.ts";
import {
  configFlags,
  databaseFlag,
  keystoreFlag,
  loadSettings,
  nodeFlag,
  readFlag,
  readNodeFlags,
  readValidatorFlags,
} from "./_settings.ts";
import { formatSpan, parseSpan } from "./_span.ts";
import { complain } from "./_stderr.ts";

const args = {
  ...nodeFlag,
  ...databaseFlag,
  ...keystoreFlag,
  validator: {
    type: "string",
    valueHint: "KEY",
    description: "instead of ours: Aura or sidechain key, its first 6 or more digits, or a label",
  },
  offline: { type: "boolean", default: false, description: "do not ask the node" },
  limit: {
    type: "string",
    alias: "l",
    default: "200",
    valueHint: "N",
    description: "how many slots at most",
  },
  min: {
    type: "string",
    default: "10m",
    valueHint: "TIME",
    description: "shortest quiet window worth showing",
  },
  "can-restart": {
    type: "string",
    valueHint: "TIME",
    description: "exit 0 when so long from now on holds no slot of ours, else 1; 3 when not known",
  },
  ics: { type: "boolean", default: false, description: "the slots as an iCalendar file" },
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

export const scheduleCommand = defineCommand({
  meta: {
    name: "mvm-schedule",
    version: VERSION,
    description:
      "When it is our turn in this and the next epoch, and when it is quiet long enough to restart.",
    examples: [
      { line: "--limit 10", does: "our next slots" },
      { line: "--can-restart 5m", does: "exit 0 when five minutes from now on hold none" },
      { line: "--validator 0x5ce1a0 --ics", does: "another's slots, as a calendar" },
    ],
    exits: [
      [0, "done; with --can-restart: yes"],
      [1, "--can-restart: no"],
      [3, "--can-restart: not known"],
    ],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const shown: Shown = {
      limit: parseCount(given.limit, "--limit", 1),
      minQuietMs: parseSpan(given.min, "--min"),
    };
    const restart = given["can-restart"];
    const restartMs = restart === undefined ? null : parseSpan(restart, "--can-restart");
    const forecast = await gather(given, rawArgs);
    if (restartMs !== null) return await answerRestart(forecast, restartMs, given.json);
    if (given.ics) return await writeCalendar(forecast, shown);
    const text = given.json
      ? JSON.stringify(describeForecast(forecast, shown), null, 2)
      : formatForecast(forecast, shown, openScreen());
    await writeOut(text);
    return 0;
  },
});

type Given = Partial<Record<"db-path" | "keystore" | "validator", string | undefined>> & {
  config?: string | undefined;
  env?: string | undefined;
  offline: boolean;
};

async function gather(given: Given, rawArgs: readonly string[]): Promise<Forecast> {
  const flags = {
    ...readNodeFlags(rawArgs),
    "database.path": readFlag("database.path", given["db-path"]),
    "validator.keystore_path": readFlag("validator.keystore_path", given.keystore),
  };
  const named = readValidatorFlags(repeated(rawArgs, "keystore"));
  const config = await loadSettings(given, flags, named);
  const { rpc, database, validators } = config;
  const own: NamedKey[] = readOurs(validators).flatMap(({ aura, label }) =>
    aura.map((each) => ({ aura: each, label })),
  );
  const urls = given.offline ? null : nodesOf(config);
  using sources = await openSources({ path: database.path, urls, timeoutMs: rpc.timeout_ms });
  const node = await askNode(sources);
  const keys = await findKeys(sources, given.validator, own);
  const { db } = sources;
  // One transaction: no block comes in between two numbers.
  const read = (): Forecast => {
    const known = chooseKnown(node, db === null ? null : readOutlook(db));
    if (known === null) throw nothingKnown(database.path);
    return buildForecast(known, keys, Date.now(), db);
  };
  const forecast = db === null ? read() : db.transaction(read)();
  if (sources.problem !== null && !given.offline)
    complain(`the node was not asked: ${sources.problem.message}\n`);
  return forecast;
}

function nothingKnown(path: string): MonitorError {
  return new MonitorError("database", `${path} holds no blocks yet, and no node was asked`, {
    hint: "run `mvm sync` first, or name a node with --rpc-url",
  });
}

const EXIT_NOT_NOW = 1;
const EXIT_UNKNOWN = 3;

/** The exit code is the answer; the words say why. */
async function answerRestart(
  forecast: Forecast,
  durationMs: number,
  json: boolean,
): Promise<number> {
  const { rotas, quiet, nowMs, chain, slots, until } = forecast;
  // What tells of no recent block tells of no next one either.
  const answer = forecast.stalled
    ? ({ verdict: "unknown" } as const)
    : canRestart(rotas, quiet, { nowMs, durationMs }, chain);
  const iso = (slot: number): string => new Date(slotTimeMs(slot, chain)).toISOString();
  const next = slots[0] === undefined ? null : iso(slots[0].slot);
  const at = answer.verdict === "no" && answer.at !== null ? iso(answer.at) : null;
  const span = formatSpan(durationMs);
  const words = {
    yes: () =>
      `yes: no slot of ours for ${span}` +
      (next === null ? "" : `; the next is at ${formatTime(next)} UTC`),
    no: () =>
      at === null
        ? `no: no quiet ${span} as far as known${until === null ? "" : `, until ${formatTime(iso(until))} UTC`}`
        : `no: the first quiet ${span} begin at ${formatTime(at)} UTC`,
    unknown: () =>
      `unknown: ${describeDoubts(forecast)[0] ?? "the rota is not known that far"}` +
      (until === null ? "" : `; known until ${formatTime(iso(until))} UTC`),
  };
  const said = words[answer.verdict]();
  const body = { verdict: answer.verdict, at, next, seconds: durationMs / 1000, message: said };
  await writeOut(json ? JSON.stringify(body, null, 2) : said);
  return { yes: 0, no: EXIT_NOT_NOW, unknown: EXIT_UNKNOWN }[answer.verdict];
}

async function writeCalendar(forecast: Forecast, { limit }: Shown): Promise<number> {
  const { chain, keys, nowMs } = forecast;
  const labels = new Map(keys.map(({ aura, label }) => [aura, label ?? aura.slice(0, 10)]));
  const events = forecast.slots.slice(0, limit).map(({ slot, epoch, author, assumesBlockAt }) => ({
    uid: `${slot}-${author.slice(2, 34)}@mvm`,
    startMs: slotTimeMs(slot, chain),
    durationMs: chain.slotDurationMs,
    summary: `${labels.get(author) ?? author}: slot ${slot}`,
    description:
      `Slot ${slot} of epoch ${epoch}, Aura key ${author}` +
      (assumesBlockAt === undefined ? "" : `, if slot ${assumesBlockAt} gets a block`),
  }));
  const text = formatCalendar(events, nowMs);
  // The line break writeOut adds would be one too many.
  await writeOut(text.slice(0, -1));
  return 0;
}

if (import.meta.main) await runAsScript(scheduleCommand);
