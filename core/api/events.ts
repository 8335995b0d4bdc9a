// `/api/v1/events`: what is written is told to everybody who listens. Listeners and what waits for each are bounded.
import type { Database } from "bun:sqlite";

import type { Place } from "./event-text.ts";
import { formatEvent, formatPlace, HEARTBEAT, parsePlace } from "./event-text.ts";
import { Problem } from "./problem.ts";
import { readAfter, readHash, readPlace } from "./tail.ts";

/** How often the file is asked whether anything was written, while somebody listens. */
const LOOK_MS = 200;
/** Shorter than any proxy's patience, and than our own server's. */
const BEAT_MS = 5000;
const MOST_LISTENERS = 64;
/** What may wait for one that reads slowly; with more it is cut off, and can come back. */
const MOST_WAITING_BYTES = 256 * 1024;
/** Blocks told that a reorganisation is looked for in. */
const REMEMBERED = 64;

export interface Events extends Disposable {
  /** @param lastId of the Last-Event-ID header. Throws a 429 when too many listen. */
  listen: (lastId: string | null) => ReadableStream<Uint8Array>;
}

type Listener = ReadableStreamDefaultController<Uint8Array>;

/** @param db a connection of its own, read-only; @param mostWaiting bytes for one listener */
export function openEvents(db: Database, mostWaiting = MOST_WAITING_BYTES): Events {
  const listeners = new Set<Listener>();
  const encoder = new TextEncoder();
  let place = readPlace(db);
  let trail: Place[] = [place];
  let version = readVersion(db);
  let timers: Timer[] = [];

  function send(listener: Listener, text: string): void {
    if (text === "") return;
    if ((listener.desiredSize ?? 0) <= 0) {
      leave(listener);
      listener.error(new Error("too slow"));
      return;
    }
    listener.enqueue(encoder.encode(text));
  }

  function sendAll(text: string): void {
    for (const listener of listeners) send(listener, text);
  }

  /** Whatever fails now is asked for again at the next look. */
  function look(): void {
    const current = readVersion(db);
    if (current === version) return;
    const from = trail.findLast(({ number, hash }) => readHash(db, number) === hash) ?? null;
    // Alerts are never taken back, whatever becomes of blocks.
    const told = from === null ? null : readAfter(db, { ...from, alert: place.alert });
    if (told === null) {
      place = readPlace(db);
      trail = [place];
      sendAll(formatReset(place, "more was written than is told one by one"));
    } else {
      ({ place } = told);
      const kept = trail.filter(({ number }) => number <= (from?.number ?? 0));
      trail = [...kept, place].slice(-REMEMBERED);
      sendAll(told.events.join(""));
    }
    version = current;
  }

  function tryLook(): void {
    try {
      db.transaction(look)();
    } catch {
      // A file that cannot be read now; the heartbeat goes on, and the version is as it was.
      return;
    }
  }

  function leave(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  function join(listener: Listener, lastId: string | null): void {
    // With nobody there nothing was told: begin with the present.
    if (listeners.size === 0) {
      place = readPlace(db);
      trail = [place];
      version = readVersion(db);
      timers = [setInterval(tryLook, LOOK_MS), setInterval(() => sendAll(HEARTBEAT), BEAT_MS)];
    } else tryLook();
    listeners.add(listener);
    listener.enqueue(encoder.encode(`retry: 2000\n\n${catchUp(db, lastId, place)}`));
  }

  return {
    listen: (lastId) => {
      if (listeners.size >= MOST_LISTENERS) {
        const hint = "poll the lists, or ask again later";
        const headers = { "retry-after": "5" };
        throw new Problem(429, "too-many-requests", "too many listen already", hint, headers);
      }
      let self: Listener | null = null;
      return new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            self = controller;
            join(controller, lastId);
          },
          cancel: () => {
            if (self !== null) leave(self);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
      );
    },
    [Symbol.dispose]: () => {
      for (const listener of listeners) {
        leave(listener);
        listener.close();
      }
      db.close();
    },
  };
}

/** What a reader that comes back missed; without an id nothing. A hole is never passed over in silence. */
function catchUp(db: Database, lastId: string | null, now: Place): string {
  if (lastId === null || lastId === "") return `id: ${formatPlace(now)}\n\n`;
  const from = parsePlace(lastId);
  const told = from === null ? null : db.transaction(() => readAfter(db, from))();
  if (told !== null) return told.events.join("");
  return formatReset(now, "what came after Last-Event-ID cannot be told one by one");
}

function formatReset(place: Place, reason: string): string {
  return formatEvent("reset", { reason, lastBlock: place.number }, formatPlace(place));
}

function readVersion(db: Database): number {
  return (
    db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? Number.NaN
  );
}
