// The queue of one channel: in order, across restarts, each message marked before and after it is sent.
import type { Database } from "bun:sqlite";

import type { StoredAlert } from "./alerts.ts";

export interface Delivery {
  alert: StoredAlert;
  /** Times it was tried before. */
  attempts: number;
  nextAtMs: number;
}

/**
 * The next message of a channel, due or not. One that waits for the end of quiet hours, never tried yet,
 * lets others pass; one that failed does not: its channel's order is kept.
 */
export function readNextDelivery(db: Database, channel: string, nowMs: number): Delivery | null {
  const row = db
    .query<
      StoredAlert & { attempts: number; nextAtMs: number },
      { channel: string; nowMs: number }
    >(
      `SELECT a.id, a.at_ms AS atMs, a.action, a.kind, a.subject, a.severity, a.message, a.details,
         coalesce(a.incident, a.id) AS incident, a.once, d.attempts, d.next_at_ms AS nextAtMs
       FROM deliveries d JOIN alerts a ON a.id = d.alert
       WHERE d.channel = $channel AND d.state IN ('pending', 'sending')
       ORDER BY d.attempts = 0 AND d.next_at_ms > $nowMs, iif(d.attempts = 0 AND d.next_at_ms > $nowMs,
         d.next_at_ms, 0), d.alert LIMIT 1`,
    )
    .get({ channel, nowMs });
  if (row === null) return null;
  const { attempts, nextAtMs, ...alert } = row;
  return { alert, attempts, nextAtMs };
}

/** Marked before it is sent: should we die now, it may have arrived, and the next try says it is the same. */
export function markSending(db: Database, alert: number, channel: string): void {
  db.query(
    "UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE alert = ? AND channel = ?",
  ).run(alert, channel);
}

export function markSent(db: Database, alert: number, channel: string, atMs: number): void {
  db.query(
    `UPDATE deliveries SET state = 'sent', sent_at_ms = ?, error = NULL
     WHERE alert = ? AND channel = ? AND state = 'sending'`,
  ).run(atMs, alert, channel);
}

export function markFailed(
  db: Database,
  alert: number,
  channel: string,
  failure: { error: string; nextAtMs: number },
): void {
  db.query(
    `UPDATE deliveries SET state = 'pending', error = ?, next_at_ms = ?
     WHERE alert = ? AND channel = ? AND state = 'sending'`,
  ).run(failure.error, failure.nextAtMs, alert, channel);
}

export function markDropped(db: Database, alert: number, channel: string, error: string): void {
  db.query(
    `UPDATE deliveries SET state = 'dropped', error = ?
     WHERE alert = ? AND channel = ? AND state IN ('pending', 'sending')`,
  ).run(error, alert, channel);
}

/** Gives up what is older, of every channel, those no more configured included. Returns how many. */
export function dropOldDeliveries(db: Database, beforeMs: number): number {
  return db
    .query(
      `UPDATE deliveries SET state = 'dropped',
         error = coalesce('given up: ' || error, 'given up: the channel is not in use')
       WHERE state = 'pending' AND alert IN (SELECT id FROM alerts WHERE at_ms < ?)`,
    )
    .run(beforeMs).changes;
}

/** Messages a process died over: they are tried again. Returns how many. */
export function resumeDeliveries(db: Database): number {
  return db.query("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'").run().changes;
}
