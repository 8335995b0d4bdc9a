// Alerts on disk: what was decided, what is open, and who is still to be told, in one transaction.
import type { Database } from "bun:sqlite";

/** What is to be written. Words as in core/alerts/event.ts; details are JSON. */
export interface AlertRow {
  action: "raise" | "recover" | "note";
  kind: string;
  subject: string;
  severity: string;
  message: string;
  details: string;
  atMs: number;
  once: string | null;
}

export interface StoredAlert extends AlertRow {
  id: number;
  /** First alert of the same trouble; its own id for the first and for notes. */
  incident: number;
}

export interface OpenTrouble {
  kind: string;
  subject: string;
  severity: string;
}

/** Where and when an alert is to be told. */
interface Recipient {
  channel: string;
  nextAtMs: number;
}

/** `earlier`: channels that were told of the trouble; null for a note or the first of it. */
export type Address = (alert: StoredAlert, earlier: ReadonlySet<string> | null) => Recipient[];

export function readAlertState(db: Database): string | null {
  const row = db.query<{ state: string }, []>("SELECT state FROM alert_state").get();
  return row === null || row.state === "" ? null : row.state;
}

/** Names this file in what is sent; made on first need. */
export function readInstance(db: Database): string {
  const id = crypto.randomUUID().slice(0, 8);
  db.query("INSERT INTO alert_state VALUES (1, ?, '') ON CONFLICT DO NOTHING").run(id);
  return (
    db.query<{ instance: string }, []>("SELECT instance FROM alert_state").get()?.instance ?? id
  );
}

export function readOpenTroubles(db: Database): OpenTrouble[] {
  return db.query<OpenTrouble, []>("SELECT kind, subject, severity FROM open_alerts").all();
}

/**
 * Writes an evaluation: its alerts, whom to tell, and what the rules remember. A note told before, a recovery
 * of what is not open, and a second raise of the same severity are left out. Returns what was written.
 */
export function writeAlerts(
  db: Database,
  rows: readonly AlertRow[],
  state: string,
  address: Address,
): StoredAlert[] {
  return db
    .transaction(() => {
      const written = rows.flatMap((row) => writeOne(db, row, address) ?? []);
      readInstance(db);
      db.query("UPDATE alert_state SET state = ?1 WHERE state <> ?1").run(state);
      return written;
    })
    .immediate();
}

function writeOne(db: Database, row: AlertRow, address: Address): StoredAlert | null {
  const open = row.action === "note" ? null : readOpen(db, row);
  const id = isNews(row, open) ? insert(db, row, open?.incident ?? null) : null;
  if (id === null) return null;
  const alert = { ...row, id, incident: open?.incident ?? id };
  const earlier = open === null ? null : readTold(db, alert.incident);
  if (row.action !== "note") turn(db, alert);
  const deliver = db.query(
    "INSERT INTO deliveries (alert, channel, state, next_at_ms) VALUES (?, ?, 'pending', ?)",
  );
  for (const { channel, nextAtMs } of address(alert, earlier)) deliver.run(id, channel, nextAtMs);
  return alert;
}

function isNews({ action, severity }: AlertRow, open: { severity: string } | null): boolean {
  if (action === "note") return true;
  return action === "recover" ? open !== null : open?.severity !== severity;
}

function readOpen(
  db: Database,
  { kind, subject }: AlertRow,
): { incident: number; severity: string } | null {
  return db
    .query<{ incident: number; severity: string }, [string, string]>(
      "SELECT incident, severity FROM open_alerts WHERE kind = ? AND subject = ?",
    )
    .get(kind, subject);
}

/** Opens a trouble, makes an open one worse, or ends it. */
function turn(db: Database, { action, kind, subject, severity, incident }: StoredAlert): void {
  if (action === "recover") {
    db.query("DELETE FROM open_alerts WHERE kind = ? AND subject = ?").run(kind, subject);
    return;
  }
  supersede(db, incident);
  db.query(
    `INSERT INTO open_alerts VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, subject) DO UPDATE SET severity = excluded.severity`,
  ).run(kind, subject, incident, severity);
}

function insert(db: Database, row: AlertRow, incident: number | null): number | null {
  const { atMs, action, kind, subject, severity, message, details, once } = row;
  const inserted = db
    .query<{ id: number }, (string | number | null)[]>(
      `INSERT INTO alerts (at_ms, action, kind, subject, severity, message, details, incident, once)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (once) DO NOTHING RETURNING id`,
    )
    .get(atMs, action, kind, subject, severity, message, details, incident, once);
  return inserted?.id ?? null;
}

const OF_INCIDENT = "SELECT id FROM alerts WHERE id = $incident OR incident = $incident";

function readTold(db: Database, incident: number): Set<string> {
  const rows = db
    .query<{ channel: string }, { incident: number }>(
      `SELECT DISTINCT channel FROM deliveries
       WHERE alert IN (${OF_INCIDENT}) AND (state <> 'dropped' OR attempts > 0)`,
    )
    .all({ incident });
  return new Set(rows.map(({ channel }) => channel));
}

/** A milder message that waits for the morning must not come after the worse one, nor after its end. */
function supersede(db: Database, incident: number): void {
  db.query<null, { incident: number }>(
    `UPDATE deliveries SET state = 'dropped', error = 'it became worse before it was told'
     WHERE alert IN (${OF_INCIDENT}) AND state = 'pending' AND attempts = 0`,
  ).run({ incident });
}

/** Alerts were switched off: what is open ends unsaid, what waits is not sent, and looking begins anew. */
export function forgetAlerts(db: Database): void {
  db.transaction(() => {
    db.run("DELETE FROM open_alerts");
    db.run(
      `UPDATE deliveries SET state = 'dropped', error = 'alerts were switched off'
       WHERE state IN ('pending', 'sending')`,
    );
    db.run("UPDATE alert_state SET state = ''");
  }).immediate();
}

/** Removes what is older and ended. */
export function trimAlerts(db: Database, beforeMs: number): void {
  db.transaction(() => {
    db.query(
      `DELETE FROM alerts WHERE at_ms < ?
         AND coalesce(incident, id) NOT IN (SELECT incident FROM open_alerts)
         AND id NOT IN (SELECT alert FROM deliveries WHERE state IN ('pending', 'sending'))`,
    ).run(beforeMs);
    db.run("DELETE FROM deliveries WHERE alert NOT IN (SELECT id FROM alerts)");
  }).immediate();
}
