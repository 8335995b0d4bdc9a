// The turns to come of some keys, and what the past says of them: the answer of `mvm schedule` as plain data.
import type { Database } from "bun:sqlite";

import type { NodeOutlook } from "./chain/outlook.ts";
import type { EpochWords } from "./queries/leader.ts";
import { readEpochWords } from "./queries/leader.ts";
import type { StoredOutlook } from "./queries/rota.ts";
import type { QuietWindow, Rota, ScheduledSlot } from "./schedule.ts";
import {
  buildRotas,
  knownUntil,
  lateSlotsOf,
  quietWindows,
  slotsOf,
  STALLED_SLOTS,
} from "./schedule.ts";
import type { PredictionRecord } from "./storage/upcoming.ts";
import { epochOf, slotAt } from "./time.ts";
import type { Authorities, ChainConstants } from "./types.ts";

export interface NamedKey {
  aura: string;
  label: string | null;
}

/** What is known, and by whom. */
export interface Known {
  source: "node" | "database";
  outlook: NodeOutlook | StoredOutlook;
  /** What the file says; null without one. */
  stored: StoredOutlook | null;
}

export interface Forecast {
  nowMs: number;
  nowSlot: number;
  source: Known["source"];
  chain: ChainConstants;
  lastBlock: number;
  lastSlot: number | null;
  /** Slots since the last block beyond what a few misses explain. */
  stalled: boolean;
  followsRota: boolean;
  predictions: PredictionRecord | null;
  /** Slots one may expect per epoch by the list in force; null when none is known. */
  expectedPerEpoch: number | null;
  rotas: readonly Rota[];
  /** First slot nothing is known of. */
  until: number | null;
  keys: readonly NamedKey[];
  slots: readonly ScheduledSlot[];
  quiet: readonly QuietWindow[];
  /** Newest first: the next epoch, the present one, those before. Empty without a database. */
  epochs: readonly EpochWords[];
}

/** Epochs looked back at. */
const EPOCHS_BACK = 3;

/** The node's answer where it is as far as the file or further, else the file's. */
export function chooseKnown(node: NodeOutlook | null, stored: StoredOutlook | null): Known | null {
  if (node !== null && node.lastBlock >= (stored?.lastBlock ?? 0)) {
    // Committees seen ahead that then did not come are no longer believed, whoever tells of the next.
    const outlook = stored?.predictions.lastRight === false ? { ...node, next: null } : node;
    return { source: "node", outlook, stored };
  }
  return stored === null ? null : { source: "database", outlook: stored, stored };
}

export function buildForecast(
  known: Known,
  keys: readonly NamedKey[],
  nowMs: number,
  db: Database | null,
): Forecast {
  const { outlook, source, stored } = known;
  const { chain, lastSlot } = outlook;
  const nowSlot = slotAt(nowMs, chain);
  const auras = new Set(keys.map(({ aura }) => aura));
  const rotas = buildRotas(outlook, nowSlot, chain);
  const slots = [...slotsOf(rotas, auras)];
  return {
    nowMs,
    nowSlot,
    source,
    chain,
    lastBlock: outlook.lastBlock,
    lastSlot,
    stalled: lastSlot !== null && nowSlot - lastSlot > STALLED_SLOTS,
    followsRota: outlook.followsRota,
    predictions: stored?.predictions ?? null,
    expectedPerEpoch: expectedPerEpoch(outlook.lastList, auras, chain),
    rotas,
    until: knownUntil(rotas),
    keys,
    slots,
    quiet: quietWindows(rotas, [...slots, ...lateSlotsOf(rotas, auras)]),
    epochs: db === null || stored === null ? [] : readEpochs(db, stored, auras),
  };
}

function expectedPerEpoch(
  authorities: Authorities | null,
  keys: ReadonlySet<string>,
  { slotsPerEpoch }: ChainConstants,
): number | null {
  if (authorities === null) return null;
  const seats = authorities.filter((key) => keys.has(key)).length;
  return (seats / authorities.length) * slotsPerEpoch;
}

function readEpochs(db: Database, stored: StoredOutlook, keys: ReadonlySet<string>): EpochWords[] {
  const { chain, lastSlot, next } = stored;
  if (lastSlot === null) return [];
  const rotas = buildRotas(stored, lastSlot + 1, chain);
  const newest = epochOf(lastSlot, chain) + (next === null ? 0 : 1);
  return Array.from({ length: EPOCHS_BACK + 1 }, (_, i) =>
    readEpochWords({ db, chain, keys, rotas }, newest - i),
  );
}
