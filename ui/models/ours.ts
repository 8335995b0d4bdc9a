// Our validators, each with everything an operator asks first.
import type { ValidatorReport } from "../../core/health/facts.ts";
import { slotTimeMs } from "../../core/time.ts";
import type { ChainConstants, Registration } from "../../core/types.ts";
import type { HealthTold, Turns, ValidatorRow } from "../../core/view/messages.ts";
import { formatCountdown } from "../text.ts";
import type { Mark } from "./health.ts";
import { markOf, reportOf, verdictOf } from "./health.ts";
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
  health: HealthTold | null,
  nowMs: number,
): OurModel[] {
  return (ours ?? []).map((row) => {
    const report = reportOf(health, row);
    return {
      key: row.aura,
      name: row.label,
      row: { ...row, seatsNext: row.seatsNext ?? report?.nextSeats ?? null },
      registration: liveRegistration(report) ?? registrationOf(row.registration),
      grandpa: markOf(verdictOf(health, report, ["validator.grandpa"])),
      keys: markOf(
        verdictOf(health, report, [
          "validator.keystore",
          "validator.loaded",
          "validator.keys-match",
        ]),
      ),
      lastBlockAgoMs: row.lastBlockTime === null ? null : nowMs - Date.parse(row.lastBlockTime),
      nextTurnMs: nextTurn(turns, row.auras, chain.constants, nowMs) ?? untilTurn(report, nowMs),
    };
  });
}

/** As the node's chain has it now; null where it was not asked or did not tell. */
function liveRegistration(report: ValidatorReport | null): (Mark & { text: string }) | null {
  if (report === null || report.registration === "unknown") return null;
  if (report.registration !== "pending") return REGISTRATIONS[report.registration];
  return { glyph: "◌", role: "warn", text: `Pending, epoch ${report.eligibleFrom ?? "?"}` };
}

/** The node's own word, where the file has none. */
function untilTurn(report: ValidatorReport | null, nowMs: number): number | null {
  const leftMs = report?.nextSlotTime == null ? 0 : Date.parse(report.nextSlotTime) - nowMs;
  return leftMs > 0 ? leftMs : null;
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
