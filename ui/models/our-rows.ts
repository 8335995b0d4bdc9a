// Who is ours, by whoever knows: the file with its counts, else the checks with what the node and the keystore tell.
import type { ValidatorReport } from "../../core/health/facts.ts";
import type { Registration } from "../../core/types.ts";
import type { HealthTold, ValidatorRow } from "../../core/view/messages.ts";
import { reportOf } from "./health.ts";

type Counted =
  ("blocks" | "expected" | "missed" | "orphaned") | ("epochMade" | "epochMissed" | "epochOrphaned");

/** A validator of ours. What only the file can count is null without it. */
export type OurRow = Omit<ValidatorRow, Counted> & Record<Counted, number | null>;

/** @param stored null: the file, which may mark some, has not said. Null back: nobody has named any. */
export function ourRows(
  stored: readonly ValidatorRow[] | null,
  health: HealthTold | null,
): OurRow[] | null {
  const rows = stored ?? [];
  const known = rows.map((row) => reportOf(health, row));
  // The keystore may hold keys the file was never told of.
  const others = (health?.facts.validators ?? []).filter((report) => !known.includes(report));
  return stored === null && others.length === 0 ? null : [...rows, ...others.map(rowOf)];
}

function rowOf(report: ValidatorReport): OurRow {
  const { total, made, missed, orphaned, seats, nextSeats, lastBlock, label } = report;
  const keyOf = (kind: string): string | null =>
    report.keys.find((each) => each.kind === kind && each.stale !== true)?.key ?? null;
  const auras = report.keys.filter(({ kind }) => kind === "aura").map(({ key }) => key);
  const aura = keyOf("aura") ?? auras[0] ?? report.id;
  return {
    ...{ aura, auras, sidechain: keyOf("sidechain"), grandpa: keyOf("grandpa"), label, ours: true },
    ...{ registration: registrationOf(report), blocks: total?.made ?? null },
    ...{ missed: total?.missed ?? null, orphaned: total?.orphaned ?? null },
    expected: total === null ? null : total.made + total.missed,
    ...{ share: null, reliability: null, rank: null, lastBlock, lastBlockTime: null },
    ...{ sinceBlock: null, sinceTime: null, seatsNow: seats, seatsNext: nextSeats },
    ...{ epochMade: made, epochMissed: missed, epochOrphaned: orphaned },
  };
}

function registrationOf({ registration }: ValidatorReport): Registration {
  return registration === "pending" ? "none" : registration;
}
