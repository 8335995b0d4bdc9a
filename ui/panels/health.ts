// Dashboard panels: what the checks say, and the alerts.
import type { AlertRecord } from "../../core/queries/alerts.ts";
import type { HealthTold } from "../../core/view/messages.ts";
import { healthModel, markOf } from "../models/health.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";
import { formatAge } from "../text.ts";
import type { Role } from "../theme.ts";

/** A look is made every ten seconds; from here on its age is told. */
const OLD_MS = 30_000;

export function paintHealth(painter: Painter, health: HealthTold | null, nowMs: number): void {
  const { mark, text, counts, worst } = healthModel(health?.checks ?? null);
  const ageMs = health === null ? 0 : nowMs - health.atMs;
  const tally: Span[] =
    health === null
      ? []
      : [
          [ageMs > OLD_MS ? `checked ${formatAge(ageMs)} ago  ` : "", "warn"],
          [`${counts.critical}✗ `, counts.critical > 0 ? "bad" : "muted"],
          [`${counts.warning}! `, counts.warning > 0 ? "warn" : "muted"],
          [`${counts.unknown}? `, "muted"],
          [`${counts.ok}✓`, "ok"],
        ];
  paintRule(painter, 0, "Health", tally);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  body.spans(0, 0, [
    [`${mark.glyph} `, mark.role, { bold: true }],
    [text, mark.role === "ok" ? "text" : mark.role],
  ]);
  for (const [i, check] of worst.slice(1, body.height).entries()) {
    const each = markOf(check.verdict);
    const subject = check.subject === null ? "" : `${check.subject}: `;
    body.spans(0, i + 1, [[`${each.glyph} `, each.role], [`${subject}${check.message}`]]);
  }
}

const SEVERITIES: Record<AlertRecord["severity"], Role> = {
  critical: "bad",
  warning: "warn",
  info: "text",
};

/** @param known null: nobody said whether there are any */
export function paintAlerts(
  painter: Painter,
  known: readonly AlertRecord[] | null,
  nowMs: number,
): void {
  const alerts = known ?? [];
  const open = alerts.filter((alert) => alert.open).length;
  const count = known === null ? "?" : `${open} open`;
  paintRule(painter, 0, "Alerts", [[count, open > 0 ? "bad" : "muted"]]);
  const body = painter.inside(1, 1, painter.width - 2, painter.height - 1);
  if (known === null) body.text(0, 0, "? not known", "muted");
  else if (alerts.length === 0) body.text(0, 0, "none raised", "muted");
  for (const [y, alert] of alerts.slice(0, body.height).entries()) {
    const subject = alert.subject === null ? "" : `${alert.subject}: `;
    body.spans(0, y, [
      [
        alert.open ? "▲ " : alert.action === "note" ? "· " : "✓ ",
        alert.open ? SEVERITIES[alert.severity] : "muted",
      ],
      [`${formatAge(nowMs - Date.parse(alert.time))} ago  `, "muted"],
      [`${subject}${alert.message}`, alert.open ? "text" : "muted"],
    ]);
  }
}
