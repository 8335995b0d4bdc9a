// What the rules decide. Plain data.
import type { Verdict } from "../health/report.ts";
import type { AlertKind, Severity } from "./kinds.ts";

/** `raise` opens a trouble, or makes it worse; `recover` ends it; a `note` tells a fact once. */
export type AlertAction = "raise" | "recover" | "note";

export type Details = Record<string, string | number | boolean | null>;

export interface AlertEvent {
  action: AlertAction;
  kind: AlertKind;
  /** Validator or part it is about; empty = none. */
  subject: string;
  severity: Severity;
  message: string;
  details: Details;
  atMs: number;
  /** Names the fact noted; null for raise and recover. */
  once: string | null;
}

/** Something that holds or not at this moment. `unknown` changes nothing. */
export interface Condition {
  kind: AlertKind;
  subject: string;
  verdict: Verdict;
  message: string;
  details: Details;
  /** How long it must be bad; null = critical at once, a warning when seen twice. */
  graceMs: number | null;
}
