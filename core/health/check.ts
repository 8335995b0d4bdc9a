// Putting a check together. Pure.
import { hideCredentials } from "../config/value.ts";
import type { Check, CheckName, Unit, Verdict } from "./report.ts";
import type { Missing } from "./told.ts";
import { describeMissing } from "./told.ts";

/** What a check found: a verdict, its number and its sentence. */
export interface Finding {
  verdict: Verdict;
  message: string;
  value?: number | null;
  unit?: Unit;
  hint?: string;
}

export function check(name: CheckName, subject: string | null, finding: Finding): Check {
  const { verdict, message, value = null, unit = null, hint = null } = finding;
  return {
    name,
    subject,
    verdict,
    value,
    unit: value === null ? null : unit,
    // An address may carry a password, and this goes to screens, channels and other machines.
    message: hideCredentials(message),
    hint: verdict === "ok" || hint === null ? null : hideCredentials(hint),
  };
}

/** Nothing is known: neither good nor bad. */
export function unknown(what: string, why: Missing | string, hint?: string): Finding {
  const reason = typeof why === "string" ? why : describeMissing(why);
  return {
    verdict: "unknown",
    message: `${what}: ${reason}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

interface Limits {
  warning: number;
  critical: number;
}

/** The more the worse. */
export function atMost(value: number, { warning, critical }: Limits): Verdict {
  if (value >= critical) return "critical";
  return value >= warning ? "warning" : "ok";
}

/** The less the worse. */
export function atLeast(value: number, { warning, critical }: Limits): Verdict {
  if (value <= critical) return "critical";
  return value < warning ? "warning" : "ok";
}

const BADNESS: Record<Verdict, number> = { unknown: 0, ok: 1, warning: 2, critical: 3 };

export function worseOf(one: Verdict, other: Verdict): Verdict {
  return BADNESS[one] >= BADNESS[other] ? one : other;
}

/**
 * The worst of all: critical over warning over ok. Unknown says nothing, so it is the worst only where
 * nothing else is said.
 */
export function worstOf(checks: readonly Check[]): Verdict {
  return checks.reduce<Verdict>((worst, { verdict }) => worseOf(worst, verdict), "unknown");
}

/** 90 → "1 min 30 s", 7200 → "2 h". Whole seconds. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
