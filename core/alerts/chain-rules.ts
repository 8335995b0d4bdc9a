// From facts of the finalized chain to notes and conditions. Pure.
import { epochOf, slotTimeMs } from "../time.ts";
import type { ChainConstants } from "../types.ts";
import type { ChainFacts } from "./chain-facts.ts";
import { attendCommittees, changeNotes } from "./change-rules.ts";
import type { AlertEvent, Condition } from "./event.ts";
import type { OwnTurn } from "./own-turns.ts";
import type { AlertSettings } from "./settings.ts";
import type { ChainMemory } from "./state.ts";
import { describeSubject, describeTime } from "./words.ts";

/** More missed slots of one validator at once than this are told in one message. */
const FLOOD = 20;

export interface ChainStep {
  memory: ChainMemory;
  notes: AlertEvent[];
  conditions: Condition[];
}

/** The first look only remembers where it stands: what happened before is history, no news. */
export function stepChain(
  before: ChainMemory | null,
  facts: ChainFacts,
  settings: AlertSettings,
  nowMs: number,
): ChainStep {
  const seen = attendCommittees(
    before?.attendance ?? {},
    before === null ? { ...facts, next: null } : facts,
  );
  const memory: ChainMemory = {
    ...facts.finalized,
    startNumber: before?.startNumber ?? facts.finalized.number,
    streaks: countStreaks(before?.streaks ?? {}, facts.turns),
    attendance: seen.attendance,
    keyChange: facts.lastKeyChange,
  };
  if (before === null) return { memory, notes: [], conditions: [] };
  return {
    memory,
    notes: [
      ...missedNotes(facts, nowMs),
      ...orphanNotes(facts, nowMs),
      ...changeNotes(seen.turnouts, facts, nowMs),
    ],
    conditions: [
      ...facts.validators.map((validator) =>
        missedInRow(validator, memory.streaks[validator] ?? 0, facts, settings),
      ),
      ...facts.validators.map((validator) => production(validator, facts, settings)),
    ],
  };
}

/** A block of ours that lost its place, or a halt of the whole chain, is no failure of ours and no proof that all is well. */
function countStreaks(
  before: Readonly<Record<string, number>>,
  turns: readonly OwnTurn[],
): Record<string, number> {
  const streaks = { ...before };
  for (const { validator, made, orphaned, halted } of turns) {
    if (made !== null) streaks[validator] = 0;
    else if (!orphaned && !halted) streaks[validator] = (streaks[validator] ?? 0) + 1;
  }
  return streaks;
}

function missedNotes({ turns, chain }: ChainFacts, nowMs: number): AlertEvent[] {
  // A slot whose block was orphaned is told as that.
  const missed = turns.filter(({ made, orphaned }) => made === null && !orphaned);
  return [...Map.groupBy(missed, ({ validator }) => validator)].flatMap(([validator, own]) =>
    own.length > FLOOD
      ? [
          missedFlood(
            validator,
            own.map(({ slot }) => slot),
            chain,
            nowMs,
          ),
        ]
      : own.map((turn) => missedOne(turn, chain, nowMs)),
  );
}

function missedOne(
  { validator, slot, halted }: OwnTurn,
  chain: ChainConstants,
  atMs: number,
): AlertEvent {
  const timeMs = slotTimeMs(slot, chain);
  const why = halted ? ", while nobody made a block" : "";
  return {
    ...{ action: "note", kind: "missed-slot", subject: validator, severity: "warning", atMs },
    message: `${describeSubject(validator)} missed slot ${slot} at ${describeTime(timeMs)}${why}.`,
    details: {
      ...{ slot, epoch: epochOf(slot, chain), slot_time: new Date(timeMs).toISOString() },
      chain_halted: halted,
    },
    once: `missed-slot:${slot}`,
  };
}

function missedFlood(
  validator: string,
  slots: readonly number[],
  chain: ChainConstants,
  atMs: number,
): AlertEvent {
  const first = slots[0] ?? 0;
  const last = slots.at(-1) ?? 0;
  const [from, to] = [first, last].map((slot) => describeTime(slotTimeMs(slot, chain)));
  return {
    ...{ action: "note", kind: "missed-slot", subject: validator, severity: "warning", atMs },
    message: `${describeSubject(validator)} missed ${slots.length} slots from ${first} (${from}) to ${last} (${to}).`,
    details: { missed_slots: slots.length, first_slot: first, last_slot: last },
    once: `missed-slots:${validator}:${first}-${last}`,
  };
}

function orphanNotes({ orphans, chain }: ChainFacts, nowMs: number): AlertEvent[] {
  return orphans.map(({ hash, number, slot, validator }) => {
    const time = describeTime(slotTimeMs(slot, chain));
    return {
      ...{ action: "note", kind: "orphaned", subject: validator, severity: "warning" },
      message: `Block ${number} of ${describeSubject(validator)}, slot ${slot} at ${time}, is not on the finalized chain.`,
      details: { block: number, slot, hash },
      atMs: nowMs,
      once: `orphaned:${hash}`,
    };
  });
}

/** Ends with the next block of its own, and by nothing else. */
function missedInRow(
  validator: string,
  streak: number,
  { turns }: ChainFacts,
  { missedInRow: limit }: AlertSettings,
): Condition {
  const last = turns.findLast((turn) => turn.validator === validator && turn.made !== null);
  const name = describeSubject(validator);
  const base = { kind: "missed-in-row", subject: validator, graceMs: null } as const;
  if (streak === 0) {
    const block = last === undefined ? "a block" : `block ${last.made} in slot ${last.slot}`;
    const details = { block: last?.made ?? null, slot: last?.slot ?? null };
    return { ...base, verdict: "ok", message: `${name} made ${block}.`, details };
  }
  return {
    ...base,
    verdict: streak >= limit ? "critical" : "unknown",
    message: `${name} missed its last ${streak} turns in a row.`,
    details: { missed_in_row: streak },
  };
}

/** Blocks made against turns passed in the present epoch. The fields are those of the Rust tool's payload. */
function production(
  validator: string,
  { production: counts, seats, finalized, chain }: ChainFacts,
  { thresholdPercent, minExpectedBlocks }: AlertSettings,
): Condition {
  const { made, missed } = counts.find((each) => each.validator === validator) ?? {
    made: 0,
    missed: 0,
  };
  const expected = made + missed;
  const epoch = epochOf(finalized.slot, chain);
  const own = seats?.[validator] ?? null;
  const name = describeSubject(validator);
  const base = { kind: "not-producing", subject: validator, graceMs: 0 } as const;
  const details = {
    ...{ epoch, blocks_produced: made, expected_blocks: expected, committee_seats: own },
    production_ratio: expected === 0 ? null : made / expected,
    threshold: thresholdPercent / 100,
  };
  if (own === 0 && expected === 0) {
    const message = `${name} has no seat in epoch ${epoch}: nothing to make.`;
    return { ...base, verdict: "ok", message, details };
  }
  const message = `${name} made ${made} of ${expected} blocks due so far in epoch ${epoch}.`;
  if (expected === 0 || expected < minExpectedBlocks) {
    return { ...base, verdict: "unknown", message, details };
  }
  const low = made * 100 < expected * thresholdPercent;
  const verdict = !low ? "ok" : made === 0 ? "critical" : "warning";
  return { ...base, verdict, message, details };
}
