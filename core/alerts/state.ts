// What the rules remember from one evaluation to the next. Written with the alerts, in one transaction.
import type { Attendance } from "./attendance.ts";
import type { Severity } from "./kinds.ts";

/** One thing that is bad now. */
export interface Badness {
  sinceMs: number;
  /** Evaluations in a row that found it bad. */
  seen: number;
  /** Would have been raised but for the cooldown. */
  held: boolean;
}

export interface LastRaise {
  atMs: number;
  /** Times it came back since, within the cooldown. */
  heldBack: number;
}

/** How far the finalized chain was looked at. */
export interface ChainMemory {
  number: number;
  slot: number;
  /** Where looking began: nothing before it is ever told. */
  startNumber: number;
  /** Turns missed in a row, by validator. */
  streaks: Record<string, number>;
  /** By validator. */
  attendance: Record<string, Attendance>;
  /** Last row of key_changes seen. */
  keyChange: number;
}

export interface RuleState {
  version: 1;
  /** Both by `conditionKey`. */
  bad: Record<string, Badness>;
  raised: Record<string, LastRaise>;
  /** Null: never looked yet. */
  chain: ChainMemory | null;
}

/** Troubles that are open, by `conditionKey`, and the worst each was. */
export type OpenTroubles = ReadonlyMap<string, Severity>;

export const EMPTY_STATE: RuleState = { version: 1, bad: {}, raised: {}, chain: null };

export function conditionKey({ kind, subject }: { kind: string; subject: string }): string {
  return `${kind}|${subject}`;
}

/** Written by us alone. One of another version is as none: looking begins anew. */
export function parseState(text: string | null): RuleState {
  if (text === null) return EMPTY_STATE;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const state = JSON.parse(text) as RuleState;
  return state.version === EMPTY_STATE.version ? state : EMPTY_STATE;
}
