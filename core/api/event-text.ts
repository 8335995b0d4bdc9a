// Server-sent events as text, and the places between them by which a reader goes on.

export const EVENT_NAMES = ["block", "missed", "alert", "reset"] as const;
type EventName = (typeof EVENT_NAMES)[number];

/** What was told last: a block by its height and hash, an alert by its id. */
export interface Place {
  number: number;
  hash: string;
  alert: number;
}

const HASH_DIGITS = 16;

export function formatPlace({ number, hash, alert }: Place): string {
  return `${number}-${hash.slice(2, 2 + HASH_DIGITS)}-${alert}`;
}

/** Null for what is none of ours; the hash is only its beginning. */
export function parsePlace(text: string): Place | null {
  const [, number, hash, alert] = /^(\d{1,15})-([0-9a-f]{0,16})-(\d{1,15})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined || alert === undefined) return null;
  return { number: Number(number), hash: `0x${hash}`, alert: Number(alert) };
}

/** `id` null: a reader that is cut off here goes on before it. */
export function formatEvent(name: EventName, data: object, id: string | null): string {
  return `event: ${name}\n${id === null ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** Says nothing, and that the line is alive. */
export const HEARTBEAT = ": alive\n\n";
