// From what holds now to what is told: patience before raising, one recovery, no flapping. Pure.
import type { Verdict } from "../health/report.ts";
import type { AlertEvent, Condition } from "./event.ts";
import type { Severity } from "./kinds.ts";
import { SEVERITIES } from "./kinds.ts";
import type { Badness, LastRaise, OpenTroubles, RuleState } from "./state.ts";
import { conditionKey } from "./state.ts";
import { describeTime } from "./words.ts";

/** A warning must be seen so often in a row: one bad reading is no news. */
const WARNINGS_IN_A_ROW = 2;

type Memory = Pick<RuleState, "bad" | "raised">;

interface Judged extends Memory {
  events: AlertEvent[];
}

export function judgeConditions(
  memory: Memory,
  open: OpenTroubles,
  conditions: readonly Condition[],
  nowMs: number,
  cooldownMs: number,
): Judged {
  const judged: Judged = { bad: { ...memory.bad }, raised: { ...memory.raised }, events: [] };
  for (const condition of conditions) {
    const severity = severityOf(condition.verdict);
    if (condition.verdict === "ok") end(judged, open, condition, nowMs);
    else if (severity !== null) {
      worsen(judged, open, { ...condition, severity }, { nowMs, cooldownMs });
    }
  }
  for (const [key, { atMs }] of Object.entries(judged.raised)) {
    if (nowMs - atMs >= cooldownMs && !(key in judged.bad)) delete judged.raised[key];
  }
  return judged;
}

function severityOf(verdict: Verdict): Severity | null {
  return verdict === "warning" || verdict === "critical" ? verdict : null;
}

function end(judged: Judged, open: OpenTroubles, condition: Condition, nowMs: number): void {
  const key = conditionKey(condition);
  delete judged.bad[key];
  const severity = open.get(key);
  if (severity === undefined) return;
  judged.events.push(toEvent("recover", condition, severity, nowMs));
}

function worsen(
  judged: Judged,
  open: OpenTroubles,
  condition: Condition & { severity: Severity },
  { nowMs, cooldownMs }: { nowMs: number; cooldownMs: number },
): void {
  const key = conditionKey(condition);
  const { severity } = condition;
  const now = seenAgain(judged.bad[key], nowMs);
  judged.bad[key] = now;
  const was = open.get(key);
  if (was !== undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(was)) return;
  if (!isRipe(condition, now, nowMs)) return;
  const last = judged.raised[key];
  // Worse than before is told at once; back again is not.
  if (was === undefined && last !== undefined && nowMs - last.atMs < cooldownMs) {
    judged.bad[key] = { ...now, held: true };
    judged.raised[key] = { ...last, heldBack: last.heldBack + (now.held ? 0 : 1) };
    return;
  }
  judged.events.push(toEvent("raise", withReturns(condition, last), severity, nowMs));
  judged.raised[key] = { atMs: nowMs, heldBack: 0 };
}

function seenAgain(before: Badness | undefined, nowMs: number): Badness {
  if (before === undefined) return { sinceMs: nowMs, seen: 1, held: false };
  return { ...before, seen: before.seen + 1 };
}

function isRipe(condition: Condition, { sinceMs, seen }: Badness, nowMs: number): boolean {
  if (condition.graceMs !== null) return nowMs - sinceMs >= condition.graceMs;
  return condition.verdict === "critical" || seen >= WARNINGS_IN_A_ROW;
}

/** A trouble that came and went within the cooldown is told once, with how often. */
function withReturns(condition: Condition, last: LastRaise | undefined): Condition {
  if (last === undefined || last.heldBack === 0) return condition;
  const returns = last.heldBack;
  const times = `${returns === 1 ? "once" : `${returns} times`} more since ${describeTime(last.atMs)}`;
  return {
    ...condition,
    message: `${condition.message} (${times})`,
    details: { ...condition.details, returns },
  };
}

function toEvent(
  action: "raise" | "recover",
  { kind, subject, message, details }: Condition,
  severity: Severity,
  atMs: number,
): AlertEvent {
  return { action, kind, subject, severity, message, details, atMs, once: null };
}
