// Settings there may be several of: tables in double brackets, each entry checked by these tables.
import type { FinalValue, Spec } from "./spec.ts";
import { HOURS_OR_NONE } from "./table.ts";

const HTTP = ["http:", "https:"] as const;
const NAME = { pattern: /^[\w-]{1,32}$/, words: "1 to 32 of A-Z, a-z, 0-9, _ and -" };

/** More of one list than this are no list an operator wrote. */
export const MOST_ENTRIES = 1000;

/** By the name the list has in a file: `[[validator]]`, `[[alerts.channel]]`, `[[remote]]`. */
export const LISTS = {
  validator: {
    keystore_path: {
      ...{ type: "path", default: null, example: "/opt/midnight/node-1/keystore" },
      description: "the node's keystore; only file names are read",
    },
    keys_file: {
      ...{ type: "path", default: null, example: "/opt/midnight/node-1/keys.json" },
      description: "its public keys as JSON, where no keystore can be listed",
    },
    label: {
      ...{ type: "string", default: null, example: "validator-1" },
      description: "name for this validator; each its own",
    },
  },
  "alerts.channel": {
    name: {
      ...{ type: "string", default: null, required: true, form: NAME, example: "oncall" },
      description: "what the channel is called; each its own",
    },
    type: {
      ...{ type: "enum", default: null, required: true, example: "webhook" },
      allowed: ["webhook", "discord", "slack", "telegram", "pagerduty", "ntfy"],
      description: "what is spoken there",
    },
    url: {
      ...{ type: "url", default: null, protocols: HTTP, secret: true },
      ...{ example: "https://example.org/hook" },
      description: "where it is; telegram and pagerduty need none; a secret",
    },
    token: {
      ...{ type: "string", default: null, secret: true, example: "a-token" },
      description:
        "telegram's bot token, pagerduty's routing key, ntfy's access token if any; a secret",
    },
    secret: {
      ...{ type: "string", default: null, secret: true, example: "a-long-text" },
      description: "signs what is posted to a webhook; a secret",
    },
    chat_id: {
      ...{ type: "string", default: null, example: "-1001234567890" },
      description: "telegram's chat",
    },
    min_severity: {
      ...{ type: "enum", default: "info" },
      allowed: ["info", "warning", "critical"],
      description: "what is less urgent is not sent there",
    },
    quiet_hours: {
      ...{ type: "string", default: null, form: HOURS_OR_NONE, example: "22:00-07:00" },
      description: 'instead of the quiet_hours of all alerts; "none": never quiet',
    },
    enabled: {
      ...{ type: "boolean", default: true },
      description: "false keeps the channel without using it",
    },
  },
  remote: {
    name: {
      ...{ type: "string", default: null, form: NAME, example: "berlin" },
      description: "what the machine is called; each its own",
    },
    url: {
      ...{ type: "url", default: null, required: true, protocols: HTTP },
      ...{ example: "https://berlin.example.org:9616" },
      description: "where its mvm-sync serves: its metrics.listen",
    },
    token: {
      ...{ type: "string", default: null, secret: true, example: "a-long-text" },
      description: "its metrics.token; a secret",
    },
  },
} as const satisfies Record<string, Record<string, Spec>>;

export type ListName = keyof typeof LISTS;
/** One entry of a list, once all is read. */
type EntryOf<L extends ListName> = {
  -readonly [K in keyof (typeof LISTS)[L]]: FinalValue<(typeof LISTS)[L][K]>;
};

export type RemoteEntry = EntryOf<"remote">;
export type ValidatorEntry = EntryOf<"validator">;
export type AlertChannel = Omit<EntryOf<"alerts.channel">, "url"> & {
  /** Telegram's and PagerDuty's own where none is given. */
  url: string;
};
type ChannelType = AlertChannel["type"];

interface ChannelRule {
  needs: readonly string[];
  /** What means something to it besides. */
  takes: readonly string[];
  /** Address of the service. */
  url?: string;
}

const CHANNELS: Record<ChannelType, ChannelRule> = {
  webhook: { needs: ["url"], takes: ["secret"] },
  discord: { needs: ["url"], takes: [] },
  slack: { needs: ["url"], takes: [] },
  telegram: { needs: ["token", "chat_id"], takes: ["url"], url: "https://api.telegram.org" },
  pagerduty: {
    needs: ["token"],
    takes: ["url"],
    url: "https://events.pagerduty.com/v2/enqueue",
  },
  ntfy: { needs: ["url"], takes: ["token"] },
};

/** What a channel needs and takes by its type; undefined when there is no such type. */
export function ruleOf(type: unknown): ChannelRule | undefined {
  return Object.entries(CHANNELS).find(([name]) => name === type)?.[1];
}

export function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
}

export function specsOf(list: ListName): ReadonlyMap<string, Spec> {
  return new Map<string, Spec>(Object.entries(LISTS[list]));
}
