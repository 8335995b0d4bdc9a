// One alert on its way out: what every channel's format is made from, and what it makes.
import type { StoredAlert } from "../../storage/alerts.ts";
import type { AlertAction, Details } from "../event.ts";
import type { Severity } from "../kinds.ts";
import { SEVERITIES } from "../kinds.ts";
import type { Channel } from "../settings.ts";
import { formatTitle } from "../words.ts";

export interface Message {
  /** The same for every try: what the receiver may tell repetitions by. */
  id: string;
  /** The same for all that is said of one trouble. */
  incident: string;
  action: AlertAction;
  kind: string;
  subject: string;
  severity: Severity;
  title: string;
  /** One sentence. */
  text: string;
  details: Details;
  atMs: number;
  /** Name of the chain; null = not known. */
  chain: string | null;
}

export interface OutgoingRequest {
  url: string;
  method: "POST";
  headers: Record<string, string>;
  body: string;
}

/** Pure: the same message gives the same request. */
export type Format = (message: Message, channel: Channel, nowMs: number) => OutgoingRequest;

/** Whose message it is. */
export interface Sender {
  instance: string;
  chain: string | null;
}

export function toMessage(alert: StoredAlert, { instance, chain }: Sender): Message {
  const { id, incident, action, kind, subject, message, atMs } = alert;
  const severity = SEVERITIES.find((each) => each === alert.severity) ?? "warning";
  return {
    ...{ action, kind, subject, severity, atMs, chain, text: message },
    id: `mvm-${instance}-${id}`,
    incident: `mvm-${instance}-${incident}`,
    title: formatTitle({ action, kind, subject, severity }),
    // Written by writeAlerts alone.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    details: JSON.parse(alert.details) as Details,
  };
}

/** Every request carries the message's id: receivers that know the header take a repetition as one. */
export function postJson(
  url: string,
  message: Message,
  body: unknown,
  headers: Record<string, string> = {},
): OutgoingRequest {
  return {
    url,
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "mvm",
      "idempotency-key": message.id,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** RRGGBB by what is told. */
export function colourOf({ action, severity }: Message): string {
  if (action === "recover") return "2eb67d";
  return { info: "3aa3e3", warning: "ecb22e", critical: "e01e5a" }[severity];
}

/** Services refuse what is too long; cut by whole characters. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Where and when, for the small print. */
export function footer({ chain, atMs, id }: Message): string {
  const time = new Date(atMs).toISOString();
  return [chain, time, id].filter((part) => part !== null).join(" · ");
}
