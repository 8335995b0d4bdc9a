// What was alerted, and who was told? Newest first.
import type { Database } from "bun:sqlite";

export interface AlertDelivery {
  channel: string;
  state: "pending" | "sending" | "sent" | "dropped";
  attempts: number;
  /** ISO 8601, UTC; null = not sent. */
  sentAt: string | null;
  /** Why it is not sent yet, or never will be. */
  error: string | null;
}

export interface AlertRecord {
  id: number;
  /** ISO 8601, UTC. */
  time: string;
  action: "raise" | "recover" | "note";
  kind: string;
  /** Validator or part it is about; null = none. */
  subject: string | null;
  severity: "info" | "warning" | "critical";
  message: string;
  details: unknown;
  /** First alert of the same trouble; its own id where it is the first. */
  incident: number;
  /** The trouble has not ended yet. False for notes and recoveries. */
  open: boolean;
  deliveries: AlertDelivery[];
}

interface Row extends Omit<AlertRecord, "time" | "subject" | "details" | "open" | "deliveries"> {
  atMs: number;
  subject: string;
  details: string;
  open: number;
}

/** `open`: only what began troubles that still last, or made them worse. */
export function readAlerts(
  db: Database,
  { open, limit, offset = 0 }: { open: boolean; limit: number; offset?: number },
): AlertRecord[] {
  const rows = db
    .query<Row, { open: number; limit: number; offset: number }>(
      `SELECT * FROM (
         SELECT id, at_ms AS atMs, action, kind, subject, severity, message, details,
           coalesce(incident, id) AS incident,
           action = 'raise' AND coalesce(incident, id) IN (SELECT incident FROM open_alerts) AS open
         FROM alerts)
       WHERE open OR NOT $open ORDER BY id DESC LIMIT $limit OFFSET $offset`,
    )
    .all({ open: Number(open), limit, offset });
  return rows.map(({ atMs, ...row }) => ({
    ...row,
    time: new Date(atMs).toISOString(),
    subject: row.subject === "" ? null : row.subject,
    details: JSON.parse(row.details) as unknown,
    open: row.open === 1,
    deliveries: readDeliveries(db, row.id),
  }));
}

function readDeliveries(db: Database, alert: number): AlertDelivery[] {
  return db
    .query<Omit<AlertDelivery, "sentAt"> & { sentAtMs: number | null }, [number]>(
      `SELECT channel, state, attempts, sent_at_ms AS sentAtMs, error FROM deliveries
       WHERE alert = ? ORDER BY channel`,
    )
    .all(alert)
    .map(({ sentAtMs, ...row }) => ({
      ...row,
      sentAt: sentAtMs === null ? null : new Date(sentAtMs).toISOString(),
    }));
}
