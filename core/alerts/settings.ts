// What the operator wants to be told, and where. Plain data; the configuration is turned into it here alone.
import { MonitorError } from "../errors.ts";
import type { Severity } from "./kinds.ts";
import type { QuietHours } from "./quiet.ts";
import { parseQuietHours } from "./quiet.ts";

export const CHANNEL_TYPES = [
  "webhook",
  "discord",
  "slack",
  "telegram",
  "pagerduty",
  "ntfy",
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** One place alerts are sent to, as the configuration has it. Secrets are values here, never file names. */
export interface AlertChannel {
  /** Unique; the only thing of a channel that is ever shown. */
  name: string;
  type: ChannelType;
  /** Webhook address; for telegram and pagerduty an address instead of the service's own. */
  url: string | null;
  /** Telegram: bot token; pagerduty: routing key; ntfy: access token. */
  token: string | null;
  /** Webhook: key of the signature. */
  secret: string | null;
  /** Telegram only. */
  chat_id: string | null;
  min_severity: Severity;
  /** `22:00-07:00`, local time; null = as the alerts in general. */
  quiet_hours: string | null;
  enabled: boolean;
}

export interface AlertSettings {
  enabled: boolean;
  /** Made below this share of expected is low production. */
  thresholdPercent: number;
  /** Fewer turns than this are not judged. */
  minExpectedBlocks: number;
  /** Turns missed one after the other that are an alarm. */
  missedInRow: number;
  alertOnDown: boolean;
  /** How long the node must be away. */
  downGraceMs: number;
  cooldownMs: number;
  /** Called each minute while all is well. */
  deadmanUrl: string | null;
  channels: readonly Channel[];
}

/** An enabled channel, ready for use. */
export interface Channel extends Omit<AlertChannel, "quiet_hours" | "enabled"> {
  /** Null = none. */
  quietHours: QuietHours | null;
}

/** The `[alerts]` section. Keys that a configuration may not have yet are optional. */
interface AlertsSection {
  enabled: boolean;
  threshold_percent: number;
  min_expected_blocks: number;
  webhook_url: string | null;
  alert_on_down: boolean;
  cooldown_secs: number;
  webhook_secret?: string | null | undefined;
  missed_in_row?: number | undefined;
  node_down_secs?: number | undefined;
  quiet_hours?: string | null | undefined;
  deadman_url?: string | null | undefined;
  channels?: readonly AlertChannel[] | undefined;
}

const MISSED_IN_ROW = 3;
const NODE_DOWN_SECS = 60;

/** Throws `config` for quiet hours that cannot be read, and for two channels of one name. */
export function alertSettings({ alerts }: { alerts: AlertsSection }): AlertSettings {
  const general = alerts.quiet_hours ?? null;
  const listed = alerts.channels ?? [];
  const all = listed.some(({ name }) => name === WEBHOOK)
    ? listed
    : [...plainWebhook(alerts), ...listed];
  const names = all.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new MonitorError("config", `two alert channels named ${twice}`);
  return {
    enabled: alerts.enabled,
    thresholdPercent: alerts.threshold_percent,
    minExpectedBlocks: alerts.min_expected_blocks,
    missedInRow: alerts.missed_in_row ?? MISSED_IN_ROW,
    alertOnDown: alerts.alert_on_down,
    downGraceMs: (alerts.node_down_secs ?? NODE_DOWN_SECS) * 1000,
    cooldownMs: alerts.cooldown_secs * 1000,
    deadmanUrl: alerts.deadman_url ?? null,
    channels: all.filter(({ enabled }) => enabled).map((channel) => prepare(channel, general)),
  };
}

function prepare(channel: AlertChannel, general: string | null): Channel {
  const { name, type, url, token, secret, chat_id, min_severity } = channel;
  const quiet = channel.quiet_hours ?? general;
  const quietHours = quiet === null ? null : parseQuietHours(quiet);
  return { name, type, url, token, secret, chat_id, min_severity, quietHours };
}

const WEBHOOK = "webhook";

/** `alerts.webhook_url` by itself is a channel of that name. */
function plainWebhook({ webhook_url: url, webhook_secret: secret }: AlertsSection): AlertChannel[] {
  if (url === null) return [];
  return [
    {
      ...{ name: WEBHOOK, type: "webhook", url, token: null, secret: secret ?? null },
      ...{ chat_id: null, min_severity: "info", quiet_hours: null, enabled: true },
    },
  ];
}
