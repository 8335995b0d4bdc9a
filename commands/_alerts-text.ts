// Alerts as text.
import type { TrialRequest, TrialResult } from "../core/alerts/trial.ts";
import { describeSubject } from "../core/alerts/words.ts";
import type { AlertDelivery, AlertRecord } from "../core/queries/alerts.ts";
import type { Screen } from "./_output.ts";
import { formatTable, formatTime } from "./_output.ts";

export function formatAlerts(
  alerts: readonly AlertRecord[],
  open: boolean,
  screen: Screen,
): string {
  if (alerts.length === 0) return open ? "Nothing is open." : "No alerts yet.";
  return formatTable(
    alerts,
    [
      { title: "ID", cell: ({ id }) => String(id), right: true },
      { title: "TIME (UTC)", cell: ({ time }) => formatTime(time) },
      { title: "SEVERITY", cell: severityOf },
      { title: "KIND", cell: ({ kind }) => kind },
      {
        title: "ABOUT",
        cell: ({ subject }) => (subject === null ? "" : describeSubject(subject)),
        optional: true,
      },
      { title: "SENT", cell: ({ deliveries }) => deliveries.map(toWords).join(", ") },
      { title: "MESSAGE", cell: ({ message }) => message, optional: true },
    ],
    screen,
  );
}

function severityOf({ action, severity, open }: AlertRecord): string {
  if (action === "recover") return "recovered";
  return open ? `${severity}, open` : severity;
}

function toWords({ channel, state, error }: AlertDelivery): string {
  if (state === "sent") return channel;
  const why = error === null ? "" : ` (${error})`;
  return `${channel}: ${state === "dropped" ? "given up" : "waiting"}${why}`;
}

export function formatTrialResults(results: readonly TrialResult[], screen: Screen): string {
  return formatTable(
    results,
    [
      { title: "CHANNEL", cell: ({ channel }) => channel },
      { title: "TYPE", cell: ({ type }) => type },
      { title: "RESULT", cell: ({ ok, error }) => (ok ? "sent" : `failed: ${error ?? ""}`) },
    ],
    screen,
  );
}

export function formatTrialRequests(requests: readonly TrialRequest[]): string {
  return requests
    .map(({ channel, type, request }) => {
      if (request === null) return `# ${channel} (${type}): its address cannot be read`;
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
      const line = `${request.method} ${request.url}`;
      return [`# ${channel} (${type})`, line, ...headers, "", request.body].join("\n");
    })
    .join("\n\n");
}
