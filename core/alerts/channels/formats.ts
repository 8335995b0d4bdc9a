// Which format a channel speaks.
import type { ChannelType } from "../settings.ts";
import { formatDiscord } from "./discord.ts";
import type { Format } from "./message.ts";
import { formatNtfy } from "./ntfy.ts";
import { formatPagerDuty } from "./pagerduty.ts";
import { formatSlack } from "./slack.ts";
import { formatTelegram } from "./telegram.ts";
import { formatWebhook } from "./webhook.ts";

export const FORMATS: Record<ChannelType, Format> = {
  webhook: formatWebhook,
  discord: formatDiscord,
  slack: formatSlack,
  telegram: formatTelegram,
  pagerduty: formatPagerDuty,
  ntfy: formatNtfy,
};
