// What the checks say, in the order a person wants it.
import type { ValidatorReport } from "../../core/health/facts.ts";
import type { Check, CheckName, Verdict } from "../../core/health/report.ts";
import type { HealthTold } from "../../core/view/messages.ts";
import type { Role } from "../theme.ts";

export interface Mark {
  glyph: string;
  role: Role;
}

const MARKS: Record<Verdict, Mark> = {
  ok: { glyph: "✓", role: "ok" },
  warning: { glyph: "!", role: "warn" },
  critical: { glyph: "✗", role: "bad" },
  unknown: { glyph: "?", role: "muted" },
};

const URGENCY: readonly Verdict[] = ["critical", "warning", "unknown", "ok"];

export function markOf(verdict: Verdict): Mark {
  return MARKS[verdict];
}

/** Most urgent first. */
function byUrgency(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => URGENCY.indexOf(a.verdict) - URGENCY.indexOf(b.verdict));
}

export interface HealthModel {
  mark: Mark;
  /** The worst check, or that all is well. */
  text: string;
  counts: Record<Verdict, number>;
  /** Those that are not well, most urgent first. */
  worst: Check[];
}

export function healthModel(checks: readonly Check[] | null): HealthModel {
  const counts = { ok: 0, warning: 0, critical: 0, unknown: 0 };
  if (checks === null) {
    return { mark: MARKS.unknown, text: "not checked yet", counts, worst: [] };
  }
  for (const { verdict } of checks) counts[verdict] += 1;
  const sorted = byUrgency(checks);
  const worst = sorted.filter(({ verdict }) => verdict !== "ok");
  const [first] = sorted.filter(({ verdict }) => verdict === "critical" || verdict === "warning");
  if (first === undefined) {
    const unknown = counts.unknown === 0 ? "" : `, ${counts.unknown} unknown`;
    const mark = counts.ok === 0 ? MARKS.unknown : MARKS.ok;
    return { mark, text: `${counts.ok} checks fine${unknown}`, counts, worst };
  }
  const subject = first.subject === null ? "" : `${first.subject}: `;
  return { mark: MARKS[first.verdict], text: `${subject}${first.message}`, counts, worst };
}

/** What was found of a validator, which may have had several keys; null = it was not looked at. */
export function reportOf(
  health: HealthTold | null,
  { auras, sidechain }: { auras: readonly string[]; sidechain: string | null },
): ValidatorReport | null {
  const isIts = ({ key }: { key: string }): boolean => auras.includes(key) || key === sidechain;
  return health?.facts.validators.find(({ keys }) => keys.some(isIts)) ?? null;
}

/** The worst verdict of some checks about one validator; unknown when nobody checked. */
export function verdictOf(
  health: HealthTold | null,
  report: ValidatorReport | null,
  names: readonly CheckName[],
): Verdict {
  const found = (health?.checks ?? []).filter(
    ({ name, subject }) => subject !== null && subject === report?.id && names.includes(name),
  );
  return URGENCY.find((verdict) => found.some((each) => each.verdict === verdict)) ?? "unknown";
}
