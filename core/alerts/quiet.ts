// Quiet hours: when what is not critical waits. Local time of this machine.
import { NEVER_QUIET } from "../config/table.ts";
import { MonitorError } from "../errors.ts";

/** Minutes since local midnight; `from` may lie after `to`: over midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

const RANGE = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/;

/** `22:00-07:00`, or `none`. Throws `config`. */
export function parseQuietHours(text: string): QuietHours | null {
  if (text.trim() === NEVER_QUIET) return null;
  const match = RANGE.exec(text.trim());
  if (match === null) {
    throw new MonitorError("config", `quiet hours ${JSON.stringify(text)} cannot be read`, {
      hint: 'write them as "22:00-07:00"',
    });
  }
  const [h1, m1, h2, m2] = match.slice(1).map(Number);
  const hours = { from: (h1 ?? 0) * 60 + (m1 ?? 0), to: (h2 ?? 0) * 60 + (m2 ?? 0) };
  // From a time to itself could mean never or always: neither is guessed.
  if (hours.from !== hours.to) return hours;
  throw new MonitorError("config", `quiet hours ${text} end where they begin`);
}

/** When the quiet hours around a moment end; the moment itself when it lies outside. */
export function quietUntil(hours: QuietHours | null, atMs: number): number {
  if (hours === null) return atMs;
  const { from, to } = hours;
  const at = new Date(atMs);
  const minute = at.getHours() * 60 + at.getMinutes();
  const overnight = from > to;
  const quiet = overnight ? minute >= from || minute < to : minute >= from && minute < to;
  if (!quiet) return atMs;
  const tomorrow = overnight && minute >= from ? 1 : 0;
  // By the calendar and not by adding minutes: a night may have an hour more or less.
  const end = new Date(at.getFullYear(), at.getMonth(), at.getDate() + tomorrow, 0, to);
  return Math.max(atMs, end.getTime());
}
