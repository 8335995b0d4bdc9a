// Who is told of what, and when.
import type { Address } from "../storage/alerts.ts";
import { SEVERITIES } from "./kinds.ts";
import { quietUntil } from "./quiet.ts";
import type { Channel } from "./settings.ts";

/** A recovery goes to those who were told of the trouble, and a trouble to those who want its severity. */
export function addressed(channels: readonly Channel[], nowMs: number): Address {
  return (alert, earlier) => {
    const rank = rankOf(alert.severity);
    return channels
      .filter(({ name, min_severity }) =>
        alert.action === "recover" ? earlier?.has(name) : rank >= rankOf(min_severity),
      )
      .map(({ name, quietHours }) => ({
        channel: name,
        nextAtMs: alert.severity === "critical" ? nowMs : quietUntil(quietHours, nowMs),
      }));
  };
}

function rankOf(severity: string): number {
  return SEVERITIES.findIndex((each) => each === severity);
}
