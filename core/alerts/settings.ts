// What the operator wants to be told, and where. Plain data; the configuration is turned into it here alone.
import { LISTS } from "../config/lists.ts";
import type { AlertChannel } from "../config/lists.ts";
import type { Config } from "../config/schema.ts";
import { NEVER_QUIET } from "../config/table.ts";
import type { QuietHours } from "./quiet.ts";
import { parseQuietHours } from "./quiet.ts";

export const CHANNEL_TYPES = LISTS["alerts.channel"].type.allowed;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

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

/** The `[alerts]` section as it was read: each name is unique, each value one the table let pass. */
export function alertSettings({ alerts }: Pick<Config, "alerts">): AlertSettings {
  return {
    enabled: alerts.enabled,
    thresholdPercent: alerts.threshold_percent,
    minExpectedBlocks: alerts.min_expected_blocks,
    missedInRow: alerts.missed_in_row,
    alertOnDown: alerts.alert_on_down,
    downGraceMs: alerts.node_down_secs * 1000,
    cooldownMs: alerts.cooldown_secs * 1000,
    deadmanUrl: alerts.deadman_url,
    channels: alerts.channels
      .filter(({ enabled }) => enabled)
      .map((channel) => prepare(channel, alerts.quiet_hours)),
  };
}

function prepare(channel: AlertChannel, general: string | null): Channel {
  const { name, type, url, token, secret, chat_id, min_severity } = channel;
  const quietHours = parseQuietHours(channel.quiet_hours ?? general ?? NEVER_QUIET);
  return { name, type, url, token, secret, chat_id, min_severity, quietHours };
}
