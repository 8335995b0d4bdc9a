// An error as a program reads it: the same form for every command.
import { hideCredentials } from "../core/config/value.ts";
import type { ErrorCode, MonitorError } from "../core/errors.ts";
import { describeError } from "../core/errors.ts";

/** `bug`: nobody expected it; the message holds the stack. */
export type Complaint = { code: ErrorCode | "bug"; message: string; hint: string | null };

export function complaintOf(error: MonitorError): Complaint {
  return { code: error.code, message: describeError(error), hint: error.hint ?? null };
}

/** One line. What failed may be an address with a password in it: that is taken out. */
export function formatComplaint(complaint: Complaint): string {
  return JSON.stringify({ error: complaint }, (_, value: unknown) =>
    typeof value === "string" ? hideCredentials(value) : value,
  );
}
