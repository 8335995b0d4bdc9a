// How is one validator doing?
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { readConstants } from "../storage/meta.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { BlockRecord } from "./blocks.ts";
import { readBlocksBy } from "./blocks.ts";
import type { SlotDate } from "./calendar.ts";
import { readCalendar } from "./calendar.ts";
import type { Production } from "./production.ts";
import { readEnds } from "./summary.ts";
import type { RankedValidator, Validator } from "./validators.ts";
import { readRanking } from "./validators.ts";

const RECENT = 10;
const SHORTEST_PREFIX = 6;

export interface MissedTurn extends SlotDate {
  slot: number;
}

export interface EpochProduction extends Production {
  epoch: number;
  expected: number;
}

/** Lists are newest first. */
export interface ValidatorDetails extends Validator {
  recentBlocks: BlockRecord[];
  missedSlots: MissedTurn[];
  /** The chain's last epochs, whether there was a turn in them or not. */
  epochs: EpochProduction[];
}

/**
 * The one validator a word names: an Aura or sidechain key, the beginning of one, or a label.
 * Throws `usage` when it names none or several.
 */
export function readValidator(db: Database, word: string): ValidatorDetails {
  const ranked = findValidator(readRanking(db), word);
  const { validator } = ranked;
  const chain = readConstants(db);
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null) {
    return { ...validator, recentBlocks: [], missedSlots: [], epochs: [] };
  }
  const span: Span = {
    chain,
    oldest: epochOf(first.slot, chain),
    newest: epochOf(last.slot, chain),
  };
  return {
    ...validator,
    recentBlocks: readRecentBlocks(db, ranked, span),
    missedSlots: readMissedTurns(db, ranked, span),
    epochs: readEpochs(db, ranked.id, span),
  };
}

function findValidator(all: readonly RankedValidator[], word: string): RankedValidator {
  const text = word.trim().toLowerCase();
  const hex = text.replace(/^0x/, "");
  const isHex = /^[0-9a-f]+$/.test(hex);
  const exact = all.filter(({ validator }) => keysOf(validator).includes(hex));
  const similar = all.filter(
    ({ validator }) =>
      validator.label?.toLowerCase() === text ||
      (isHex &&
        hex.length >= SHORTEST_PREFIX &&
        keysOf(validator).some((key) => key.startsWith(hex))),
  );
  const [found, ...others] = exact.length > 0 ? exact : similar;
  if (found === undefined) throw unknown(word, isHex && hex.length < SHORTEST_PREFIX, all.length);
  if (others.length > 0) throw ambiguous(word, [found, ...others]);
  return found;
}

function keysOf({ aura, sidechain }: Validator): string[] {
  return [aura, sidechain].filter((key) => key !== null).map((key) => key.slice(2));
}

function unknown(word: string, tooShort: boolean, known: number): MonitorError {
  if (known === 0) {
    return new MonitorError("usage", `no validator ${word}: the database knows none yet`, {
      hint: "run `mvm sync` first, or name the file with --db-path",
    });
  }
  return tooShort
    ? new MonitorError("usage", `${word}: no such label, and too short for a key`, {
        hint: `give at least ${SHORTEST_PREFIX} hex digits of the Aura or sidechain key`,
      })
    : new MonitorError("usage", `no validator has the key or label ${word}`, {
        hint: "`mvm query validators --limit 1000` lists all that are known",
      });
}

function ambiguous(word: string, found: readonly RankedValidator[]): MonitorError {
  const shown = found.slice(0, 3).map(({ validator }) => validator.aura);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return new MonitorError("usage", `${word} names ${found.length} validators`, {
    hint: `name one by its Aura key: ${shown.join(", ")}${more}`,
  });
}

/** The epochs the stored chain reaches over. */
interface Span {
  chain: ChainConstants;
  oldest: number;
  newest: number;
}

interface Tally extends Production {
  epoch: number;
  lastBlock: number;
}

/**
 * One author's counts from an epoch backwards: the open epochs at once, then a key look-up for each closed
 * one, since the tallies are ordered by epoch first. Callers stop as soon as they have what they want; at worst it costs the number of epochs.
 */
function* walkTallies(db: Database, author: number, span: Span): Generator<Tally> {
  const tally = db.query<Tally, [number, number]>(
    `SELECT epoch, made, missed, orphaned, last_block AS lastBlock FROM tallies
     WHERE epoch = ? AND author = ?`,
  );
  const open = db
    .query<Tally, [number, number]>(
      `SELECT epoch, made, missed, orphaned, last_block AS lastBlock FROM open_counts
       WHERE author = ? AND epoch <= ? ORDER BY epoch DESC`,
    )
    .all(author, span.newest);
  yield* open.filter((row) => row.epoch >= span.oldest);
  const closed = db.query<{ epoch: number }, []>("SELECT closed_epoch AS epoch FROM state").get();
  for (let epoch = Math.min(span.newest, closed?.epoch ?? -1); epoch >= span.oldest; epoch--) {
    const row = tally.get(epoch, author);
    if (row !== null) yield row;
  }
}

function readRecentBlocks(db: Database, ranked: RankedValidator, span: Span): BlockRecord[] {
  const { id, lastSlot, validator } = ranked;
  const { chain } = span;
  const wanted = Math.min(RECENT, validator.blocks);
  const blocks: BlockRecord[] = [];
  if (lastSlot === null) return blocks;
  const newest = epochOf(lastSlot, chain);
  for (const { epoch, made, lastBlock: to } of walkTallies(db, id, { ...span, newest })) {
    if (made === 0) continue;
    // An epoch has no more blocks than slots.
    const from = to - chain.slotsPerEpoch + 1;
    const limit = wanted - blocks.length;
    blocks.push(...readBlocksBy(db, id, epochFirstSlot(epoch, chain), { from, to, limit }));
    if (blocks.length >= wanted) break;
  }
  return blocks;
}

function readMissedTurns(db: Database, ranked: RankedValidator, span: Span): MissedTurn[] {
  const { id, validator } = ranked;
  const wanted = Math.min(RECENT, validator.missed);
  const turns: MissedTurn[] = [];
  if (wanted === 0) return turns;
  const calendar = readCalendar(db);
  const select = db.query<{ slot: number }, [number, number, number, number]>(
    "SELECT slot FROM missed WHERE slot >= ? AND slot < ? AND author = ? ORDER BY slot DESC LIMIT ?",
  );
  for (const { epoch, missed } of walkTallies(db, id, span)) {
    if (missed === 0) continue;
    const from = epochFirstSlot(epoch, span.chain);
    const rows = select.all(from, from + span.chain.slotsPerEpoch, id, wanted - turns.length);
    turns.push(...rows.map(({ slot }) => ({ slot, ...calendar(slot) })));
    if (turns.length >= wanted) break;
  }
  return turns;
}

function readEpochs(
  db: Database,
  author: number,
  { newest, oldest, ...span }: Span,
): EpochProduction[] {
  const from = Math.max(oldest, newest - RECENT + 1);
  const rows = walkTallies(db, author, { ...span, newest, oldest: from });
  const byEpoch = new Map([...rows].map((row) => [row.epoch, row]));
  return Array.from({ length: newest - from + 1 }, (_, i) => {
    const epoch = newest - i;
    const { made = 0, missed = 0, orphaned = 0 } = byEpoch.get(epoch) ?? {};
    return { epoch, made, missed, orphaned, expected: made + missed };
  });
}
