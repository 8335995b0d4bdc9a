// From health checks to conditions. Pure.
import type { Check, CheckName } from "../health/report.ts";
import type { Condition } from "./event.ts";
import { CHECK_RULES } from "./kinds.ts";
import type { AlertSettings } from "./settings.ts";

/** A check whose cause is bad as well is left out: one trouble, one alert. */
export function conditionsOfChecks(checks: readonly Check[], settings: AlertSettings): Condition[] {
  const bad = new Set<CheckName>(
    checks
      .filter(({ verdict }) => verdict === "warning" || verdict === "critical")
      .map(({ name }) => name),
  );
  return checks.flatMap((check) => {
    const rule = CHECK_RULES[check.name];
    if (rule === undefined || rule.causes?.some((cause) => bad.has(cause))) return [];
    const isDown = rule.kind === "node-unreachable";
    const verdict =
      isDown && !settings.alertOnDown && bad.has(check.name) ? "unknown" : check.verdict;
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
