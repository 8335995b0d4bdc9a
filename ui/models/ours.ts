// Our validators, each with everything an operator asks first.
import type { Check } from "../../core/health/report.ts";
import { slotTimeMs } from "../../core/time.ts";
import type { ChainConstants, Registration } from "../../core/types.ts";
import type { Turns, ValidatorRow } from "../../core/view/messages.ts";
import { formatCountdown } from "../text.ts";
import type { Mark } from "./health.ts";
import { markOf, verdictOf } from "./health.ts";
import type { ShownFacts } from "./standing.ts";

export interface OurModel {
  /** Aura key. */
  key: string;
  name: string | null;
  row: ValidatorRow;
  registration: Mark & { text: string };
  grandpa: Mark;
  keys: Mark;
  /** Null = none known. */
  lastBlockAgoMs: number | null;
  nextTurnMs: NextTurn;
}

/** Null = not known; `none` = no turn in this epoch and the next; `none left` = in this one, the next is not known. */
export type NextTurn = number | "none" | "none left" | null;

const REGISTRATIONS: Record<Registration, Mark & { text: string }> = {
  permissioned: { glyph: "✓", role: "ok", text: "Permissioned" },
  registered: { glyph: "✓", role: "ok", text: "Registered" },
  invalid: { glyph: "✗", role: "bad", text: "Invalid" },
  none: { glyph: "✗", role: "bad", text: "Not registered" },
  unknown: { glyph: "?", role: "muted", text: "Unknown" },
};

export function registrationOf(registration: Registration): Mark & { text: string } {
  return REGISTRATIONS[registration];
}

export function oursModel(
  { ours, turns, chain }: ShownFacts,
  checks: readonly Check[] | null,
  nowMs: number,
): OurModel[] {
  return (ours ?? []).map((row) => {
    // A check names its validator by label, or by its first key.
    const subjects = [row.label, row.aura].filter((each) => each !== null);
    return {
      key: row.aura,
      name: row.label,
      row,
      registration: registrationOf(row.registration),
      grandpa: markOf(verdictOf(checks, subjects, ["validator.grandpa"])),
      keys: markOf(
        verdictOf(checks, subjects, [
          "validator.keystore",
          "validator.loaded",
          "validator.keys-match",
        ]),
      ),
      lastBlockAgoMs: row.lastBlockTime === null ? null : nowMs - Date.parse(row.lastBlockTime),
      nextTurnMs: nextTurn(turns, row.auras, chain.constants, nowMs),
    };
  });
}

/** Time until the next slot whose turn it is. What the committee of a later epoch decides is not known. */
function nextTurn(
  turns: Turns | null,
  auras: readonly string[],
  constants: ChainConstants | null,
  nowMs: number,
): NextTurn {
  if (turns === null || constants === null) return null;
  // Past the last slot we can tell the holder of, nothing is known.
  if (turns.to === null || slotTimeMs(turns.to, constants) <= nowMs) return null;
  const next = turns.list.find(
    ({ slot, author, state }) =>
      state === "ahead" && auras.includes(author) && slotTimeMs(slot, constants) > nowMs,
  );
  if (next !== undefined) return slotTimeMs(next.slot, constants) - nowMs;
  return turns.nextKnown ? "none" : "none left";
}

export function formatNextTurn(next: NextTurn): string {
  if (next === null) return "? not known";
  if (next === "none") return "none in two epochs";
  return next === "none left" ? "none left this epoch" : `in ${formatCountdown(next)}`;
}
