// When it is whose turn, as an answer: what `mvm schedule` and the API tell.
import type { Database } from "bun:sqlite";

import type { Forecast, NamedKey } from "../forecast.ts";
import { buildForecast, chooseKnown } from "../forecast.ts";
import { readOutlook } from "../queries/rota.ts";
import { readValidator } from "../queries/validator.ts";
import type { QuietWindow } from "../schedule.ts";
import { toHex } from "../storage/codes.ts";
import { slotTimeMs } from "../time.ts";

export interface Shown {
  limit: number;
  minQuietMs: number;
}

export interface ScheduleAnswer extends Pick<
  Forecast,
  "source" | "lastBlock" | "lastSlot" | "stalled" | "expectedPerEpoch" | "epochs" | "predictions"
> {
  /** Times are ISO 8601 in UTC. */
  now: string;
  slotNow: number;
  lastBlockTime: string | null;
  predictable: boolean;
  validators: readonly NamedKey[];
  /** First slot nothing is known of. */
  knownUntil: { slot: number; time: string } | null;
  slots: TurnAnswer[];
  quiet: { from: string; to: string; seconds: number; orLonger: boolean }[];
  notes: string[];
}

export interface TurnAnswer {
  slot: number;
  time: string;
  epoch: number;
  author: string;
  /** It holds only if this slot gets a block; null = it holds. */
  assumesBlockAt: number | null;
}

/** The names are a contract. */
export function describeForecast(forecast: Forecast, shown: Shown): ScheduleAnswer {
  const { chain, nowMs, nowSlot, source, lastBlock, lastSlot, followsRota, stalled } = forecast;
  const time = (slot: number): string => new Date(slotTimeMs(slot, chain)).toISOString();
  const { until, slots, keys, epochs, predictions, expectedPerEpoch } = forecast;
  return {
    now: new Date(nowMs).toISOString(),
    slotNow: nowSlot,
    source,
    lastBlock,
    lastSlot,
    lastBlockTime: lastSlot === null ? null : time(lastSlot),
    stalled,
    predictable: followsRota && until !== null,
    expectedPerEpoch,
    validators: keys,
    knownUntil: until === null ? null : { slot: until, time: time(until) },
    slots: slots.slice(0, shown.limit).map(({ slot, epoch, author, assumesBlockAt }) => ({
      ...{ slot, time: time(slot), epoch, author },
      assumesBlockAt: assumesBlockAt ?? null,
    })),
    quiet: pickQuiet(forecast, shown).map(({ from, to, open }) => ({
      ...{ from: time(from), to: time(to), seconds: ((to - from) * chain.slotDurationMs) / 1000 },
      orLonger: open,
    })),
    epochs,
    predictions,
    notes: describeDoubts(forecast),
  };
}
/** The longest windows that are long enough, the longest first. */
export function pickQuiet({ quiet, chain }: Forecast, { minQuietMs }: Shown): QuietWindow[] {
  return quiet
    .filter(({ from, to }) => (to - from) * chain.slotDurationMs >= minQuietMs)
    .toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
}

/** What a reader must know before relying on it. */
export function describeDoubts(forecast: Forecast): string[] {
  const { followsRota, stalled, rotas, slots, predictions, keys, expectedPerEpoch } = forecast;
  const doubts: string[] = [];
  if (!followsRota) {
    doubts.push("blocks follow no rota any more (BABE): slots cannot be predicted");
    if (expectedPerEpoch !== null)
      doubts.push(`by its seats, ${expectedPerEpoch.toFixed(1)} slots an epoch may be expected`);
    return doubts;
  }
  if (stalled) doubts.push("no block for a while: turns hold only if the chain stands still");
  if (rotas.length === 0) {
    if (!stalled) doubts.push("the authority list in force is not known, so no turn is");
    return doubts;
  }
  if (slots.length === 0) {
    doubts.push(
      `no slot of ${keys.length === 1 ? "this validator" : "these keys"} as far as known`,
    );
  }
  const ahead = rotas.find(({ assumesBlockAt }) => assumesBlockAt !== undefined);
  if (ahead === undefined) doubts.push("the next epoch's committee is not known yet");
  else if (slots.some(({ assumesBlockAt }) => assumesBlockAt !== undefined)) {
    doubts.push(`* if slot ${ahead.assumesBlockAt} gets a block; else these begin later`);
  }
  if (predictions?.lastRight === false) doubts.push("the last committee seen ahead did not come");
  return doubts;
}

/** What the file alone knows: of one validator a word names, else of ours. Null while it knows no block. */
export function askSchedule(
  db: Database,
  word: string | undefined,
  shown: Shown,
  nowMs: number,
): ScheduleAnswer | null {
  const known = chooseKnown(null, readOutlook(db));
  if (known === null) return null;
  const keys = word === undefined ? readMarkedKeys(db) : readNamedKeys(db, word);
  return describeForecast(buildForecast(known, keys, nowMs, db), shown);
}

/** One whose keys were rotated may still have seats under the old one. Throws `usage`. */
export function readNamedKeys(db: Database, word: string): NamedKey[] {
  const { auras, label } = readValidator(db, word);
  return auras.map((aura) => ({ aura, label }));
}

/** Those the file marks as ours, with the keys they had before. */
export function readMarkedKeys(db: Database): NamedKey[] {
  return db
    .prepare<{ aura: Uint8Array; label: string | null }, []>(
      `SELECT aura, label FROM authorities
       WHERE ours = 1 OR sidechain IN (SELECT sidechain FROM authorities WHERE ours = 1) ORDER BY id`,
    )
    .all()
    .map(({ aura, label }) => ({ aura: toHex(aura), label }));
}
