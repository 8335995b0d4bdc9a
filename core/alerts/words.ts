// Words every channel uses.
import type { AlertAction } from "./event.ts";
import type { Severity } from "./kinds.ts";
import { TITLES } from "./kinds.ts";

/** UTC, to the second: `2026-08-01 12:00:06 UTC`. */
export function describeTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Labels and folders as they are, a bare key by its ends. */
export function describeSubject(subject: string): string {
  return /^0x[0-9a-f]{40,}$/.test(subject)
    ? `${subject.slice(0, 10)}…${subject.slice(-8)}`
    : subject;
}

interface Named {
  action: AlertAction;
  kind: string;
  subject: string;
  severity: Severity;
}

/** `CRITICAL Node unreachable`, `RECOVERED Few peers`, `WARNING Missed slot · MyValidator`. */
export function formatTitle({ action, kind, subject, severity }: Named): string {
  const word = action === "recover" ? "RECOVERED" : severity.toUpperCase();
  const about = subject === "" ? "" : ` · ${describeSubject(subject)}`;
  return `${word} ${titleOf(kind)}${about}`;
}

/** A kind of a later version goes by its own name. */
function titleOf(kind: string): string {
  return new Map<string, string>(Object.entries(TITLES)).get(kind) ?? kind;
}
