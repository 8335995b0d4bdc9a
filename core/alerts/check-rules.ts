// From health checks to conditions. Pure.
import type { Check, CheckName } from "../health/report.ts";
import type { Condition } from "./event.ts";
import { CHECK_RULES } from "./kinds.ts";
import type { AlertSettings } from "./settings.ts";

/** A check whose cause is bad as well is left out: one trouble, one alert. */
export function conditionsOfChecks(checks: readonly Check[], settings: AlertSettings): Condition[] {
  const bad = new Set(
    checks
      .filter(({ verdict }) => verdict === "warning" || verdict === "critical")
      .map(({ name, subject }) => keyOf(name, subject)),
  );
  // What is wrong with one validator explains nothing of another.
  const isBad = (name: CheckName, subject: string | null): boolean =>
    bad.has(keyOf(name, null)) || bad.has(keyOf(name, subject));
  return checks.flatMap((check) => {
    const rule = CHECK_RULES[check.name];
    if (rule === undefined) return [];
    if (rule.causes?.some((cause) => isBad(cause, check.subject))) return [];
    const isDown = rule.kind === "node-unreachable";
    const verdict =
      isDown && !settings.alertOnDown && isBad(check.name, check.subject)
        ? "unknown"
        : check.verdict;
    const { name, value, unit, hint, message } = check;
    return [
      {
        kind: rule.kind,
        subject: check.subject ?? rule.subject ?? "",
        verdict,
        message,
        details: { check: name, value, unit, hint },
        graceMs: isDown ? settings.downGraceMs : null,
      },
    ];
  });
}

function keyOf(name: CheckName, subject: string | null): string {
  return `${name}|${subject ?? ""}`;
}
