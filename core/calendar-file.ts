// iCalendar text (RFC 5545): one event for each slot.
import { clean } from "./harmless.ts";

export interface CalendarEvent {
  /** The same slot of the same key keeps its id, so importing again updates and doubles nothing. */
  uid: string;
  startMs: number;
  durationMs: number;
  summary: string;
  description: string;
}

const CRLF = "\r\n";
const LINE_OCTETS = 75;

export function formatCalendar(events: readonly CalendarEvent[], madeAtMs: number): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//mvm//schedule//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...events.flatMap((event) => formatEvent(event, madeAtMs)),
    "END:VCALENDAR",
  ];
  return lines.map(fold).join(CRLF) + CRLF;
}

function formatEvent(event: CalendarEvent, madeAtMs: number): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${escape(event.uid)}`,
    `DTSTAMP:${formatUtc(madeAtMs)}`,
    `DTSTART:${formatUtc(event.startMs)}`,
    // Times are whole seconds there; a shorter slot lasts one.
    `DURATION:PT${Math.max(1, Math.round(event.durationMs / 1000))}S`,
    `SUMMARY:${escape(event.summary)}`,
    `DESCRIPTION:${escape(event.description)}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

function formatUtc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function escape(text: string): string {
  return clean(text.replaceAll(/[\\;,]/g, (each) => `\\${each}`).replaceAll("\n", "\\n"));
}

/** No line over 75 octets: the rest goes on after a line break and a space. Characters stay whole. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = "";
  for (const character of line) {
    // The space that begins a continued line counts too.
    const room = parts.length === 0 ? LINE_OCTETS : LINE_OCTETS - 1;
    if (Buffer.byteLength(part + character) > room) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part].join(`${CRLF} `);
}
