// Which part is asked for, in words: moments as people write them, and bounds that are the right way round.
import { MonitorError } from "../errors.ts";
import type { Wanted } from "../queries/selection.ts";

export interface GivenBounds {
  from?: number | undefined;
  to?: number | undefined;
  epoch?: number | undefined;
  since?: string | undefined;
  until?: string | undefined;
  ours?: boolean | undefined;
  validator?: string | undefined;
}

/** @param sign stands before a name in messages: `--` where they are flags. Throws `usage`. */
export function readBounds(given: GivenBounds, sign: string, nowMs: number): Wanted {
  const { from, to, epoch, since, until, ours, validator } = given;
  const moment = (text: string | undefined, name: "since" | "until"): number | undefined =>
    text === undefined ? undefined : parseMoment(text, { name, sign, nowMs });
  const [sinceMs, untilMs] = [moment(since, "since"), moment(until, "until")];
  checkOrder(from, to, `${sign}from ${from} is above ${sign}to ${to}`);
  checkOrder(sinceMs, untilMs, `${sign}since ${since} is later than ${sign}until ${until}`);
  return { from, to, epoch, sinceMs, untilMs, ours, validator };
}

function checkOrder(low: number | undefined, high: number | undefined, message: string): void {
  if (low !== undefined && high !== undefined && low > high)
    throw new MonitorError("usage", message);
}

const UNIT_MS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A stretch back from now, or a date or time; without a zone it is UTC. A date ends `until` with its last moment. */
function parseMoment(
  text: string,
  { name, sign, nowMs }: { name: "since" | "until"; sign: string; nowMs: number },
): number {
  const ago = /^(\d+)([smhdw])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ""] ?? Number.NaN);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const hasZone = isDate || /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text)
    ? Date.parse(hasZone ? text : `${text}Z`)
    : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new MonitorError(
      "usage",
      `${sign}${name} ${text}: neither a stretch of time nor a date`,
      {
        hint: "for example 24h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z",
      },
    );
  }
  return isDate && name === "until" ? timeMs + (UNIT_MS["d"] ?? 0) : timeMs;
}
