// Our validators, each with everything an operator asks first.
import type { ValidatorReport } from "../../core/health/facts.ts";
import { slotTimeMs } from "../../core/time.ts";
import type { ChainConstants, Registration } from "../../core/types.ts";
import type { Committees, HealthTold, Turns } from "../../core/view/messages.ts";
import { formatCountdown } from "../text.ts";
import type { Mark } from "./health.ts";
import { markOf, reportOf, verdictOf } from "./health.ts";
import type { OurRow } from "./our-rows.ts";
import type { ShownFacts } from "./standing.ts";

const KEY_KINDS = ["sidechain", "aura", "grandpa"] as const;
type KeyKind = (typeof KEY_KINDS)[number];

export interface OurModel {
  /** Aura key. */
  key: string;
  name: string | null;
  row: OurRow;
  /** Seats in all, of the committee now and the next. */
  seatsTotal: number | null;
  nextTotal: number | null;
  /** Its turns in the whole of the epoch of the last block. */
  turns: number | null;
  /** Each of its keys. */
  eachKey: { kind: KeyKind; mark: Mark }[];
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
  { ours, turns, chain, committees }: ShownFacts,
  health: HealthTold | null,
  nowMs: number,
): OurModel[] {
  return (ours ?? []).map((row) => {
    const report = reportOf(health, row);
    const { constants } = chain;
    return {
      ...{ key: row.aura, name: row.label },
      ...seatsOf(row, report, committees),
      ...marksOf(row, report, health),
      lastBlockAgoMs: row.lastBlockTime === null ? null : nowMs - Date.parse(row.lastBlockTime),
      turns: epochTurns(turns, row.auras, constants) ?? report?.turns ?? null,
      nextTurnMs: nextTurn(turns, row.auras, constants, nowMs) ?? untilTurn(report, nowMs),
    };
  });
}

/** By the file; where it does not say, by the node. */
function seatsOf(
  row: OurRow,
  report: ValidatorReport | null,
  committees: Committees,
): Pick<OurModel, "row" | "seatsTotal" | "nextTotal"> {
  const { nextSeats = null, seatsTotal = null, nextSeatsTotal = null } = report ?? {};
  return {
    row: { ...row, seatsNext: row.seatsNext ?? nextSeats },
    seatsTotal: committees.now ?? seatsTotal,
    nextTotal: committees.next ?? nextSeatsTotal,
  };
}

const KEY_CHECKS = ["validator.keystore", "validator.loaded", "validator.keys-match"] as const;

function marksOf(
  row: OurRow,
  report: ValidatorReport | null,
  health: HealthTold | null,
): Pick<OurModel, "registration" | "grandpa" | "keys" | "eachKey"> {
  return {
    registration: liveRegistration(report) ?? registrationOf(row.registration),
    grandpa: markOf(verdictOf(health, report, ["validator.grandpa"])),
    keys: markOf(verdictOf(health, report, KEY_CHECKS)),
    eachKey: KEY_KINDS.map((kind) => ({ kind, mark: keyMark(report, kind) })),
  };
}

/** As the node's chain has it now; null where it was not asked or did not tell. */
function liveRegistration(report: ValidatorReport | null): (Mark & { text: string }) | null {
  if (report === null || report.registration === "unknown") return null;
  if (report.registration !== "pending") return REGISTRATIONS[report.registration];
  return { glyph: "◌", role: "warn", text: `Pending, epoch ${report.eligibleFrom ?? "?"}` };
}

/** Held, loaded and registered, as far as anybody can tell; a key that is none of these is a fault. */
function keyMark(report: ValidatorReport | null, kind: KeyKind): Mark {
  const all = report?.keys.filter((each) => each.kind === kind) ?? [];
  const keys = all.filter(({ stale }) => stale !== true);
  const listed = report?.keystore != null && report.keysProblem === null;
  if (listed && all.length === 0) return markOf("critical");
  const told = keys.flatMap(({ held, loaded, registered }) => [
    // Without a keystore to look into, being named is not being held.
    ...(report?.keystore == null ? [] : [held]),
    loaded,
    registered,
  ]);
  if (told.includes(false)) return markOf("critical");
  return markOf(told.includes(true) ? "ok" : "unknown");
}

/** Blocks of so many slots may be on their way into the file. */
const NEAR_SLOTS = 10;

/** Null where the holder of some slot of it is not known, or where the file is behind. */
function epochTurns(
  turns: Turns | null,
  auras: readonly string[],
  constants: ChainConstants | null,
): number | null {
  if (turns === null || constants === null || turns.unseen > NEAR_SLOTS) return null;
  const end = turns.from + constants.slotsPerEpoch;
  if (turns.to === null || turns.to < end) return null;
  return turns.list.filter(({ slot, author }) => slot < end && auras.includes(author)).length;
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
