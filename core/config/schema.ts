// Every setting there is. Types, defaults, checks, variables and the example file all follow from this table.
import type { FinalValue, GivenValue, Spec } from "./spec.ts";

const HTTP = ["http:", "https:"] as const;
const NODE = ["ws:", "wss:", "http:", "https:"] as const;
const DAY_MS = 86_400_000;
const MANY = Number.MAX_SAFE_INTEGER;

// The spreads only keep each key to a few lines. `allowed` stays outside: within one its type would widen.
const SCHEMA = {
  rpc: {
    url: {
      ...{ type: "url", default: "ws://localhost:9944", protocols: NODE, env: "MVM_RPC_URL" },
      ...{ flag: "rpc-url", description: "node address: ws, wss, http or https" },
    },
    timeout_ms: {
      ...{ type: "duration", default: 30_000, min: 100, max: DAY_MS, flag: "timeout" },
      description: "how long a request may take",
    },
    max_retries: {
      ...{ type: "integer", default: 3, min: 0, max: 1000, status: "later" },
      description: "how often a failed request is repeated",
    },
    retry_initial_delay_ms: {
      ...{ type: "duration", default: 1000, min: 0, max: DAY_MS, status: "later" },
      description: "pause before the first repetition",
    },
    retry_max_delay_ms: {
      ...{ type: "duration", default: 60_000, min: 0, max: DAY_MS, status: "later" },
      description: "longest pause between repetitions",
    },
    metrics_url: {
      ...{ type: "url", default: null, protocols: HTTP, env: "MVM_METRICS_URL", status: "later" },
      ...{ example: "http://localhost:9615/metrics", description: "the node's metrics" },
    },
    node_exporter_url: {
      ...{ type: "url", default: null, protocols: HTTP, env: "MVM_NODE_EXPORTER_URL" },
      ...{ status: "later", example: "http://localhost:9100/metrics" },
      description: "the machine's metrics",
    },
  },
  database: {
    path: {
      ...{ type: "path", default: "./mvm.db", env: "MVM_DB_PATH", flag: "db-path" },
      description: "database file",
    },
    max_connections: {
      ...{ type: "integer", default: 5, min: 1, max: 1000, status: "later" },
      description: "connections to the database",
    },
  },
  validator: {
    keystore_path: {
      ...{ type: "path", default: null, env: "MVM_KEYSTORE_PATH", flag: "keystore" },
      ...{ example: "/opt/midnight/node/keystore" },
      description: "our node's keystore; only file names are read",
    },
    label: {
      ...{ type: "string", default: null, env: "MVM_VALIDATOR_LABEL", flag: "label" },
      ...{ example: "MyValidator", description: "name for our validator" },
    },
    name: {
      ...{ type: "string", default: null, example: "validator-01" },
      description: "title of the dashboard",
    },
  },
  sync: {
    batch_size: {
      ...{ type: "integer", default: 100, min: 1, max: 100_000, env: "MVM_BATCH_SIZE" },
      ...{ flag: "batch-size", description: "blocks per request and transaction" },
    },
    concurrency: {
      ...{ type: "integer", default: 4, min: 1, max: 1000, flag: "concurrency" },
      description: "requests under way at once",
    },
    poll_interval_secs: {
      ...{ type: "duration", default: 6, min: 1, max: 86_400, env: "MVM_POLL_INTERVAL" },
      ...{ flag: "poll-interval", description: "how often to ask where the node does not push" },
    },
    finalized_only: {
      ...{ type: "boolean", default: false, flag: "finalized-only" },
      description: "store finalized blocks only",
    },
    start_block: {
      ...{ type: "integer", default: 0, min: 0, max: MANY, flag: "start-block" },
      description: "first block to store; 0 = go on, or block 1",
    },
    verify_seals: {
      ...{ type: "enum", default: "tip", flag: "verify-seals" },
      allowed: ["none", "tip", "all"],
      description: "check who sealed: no block, followed blocks, every block",
    },
  },
  daemon: {
    pid_file: {
      ...{ type: "path", default: null, env: "MVM_PID_FILE", flag: "pid-file" },
      ...{ example: "/run/mvm/mvm.pid", description: "write our process id there" },
    },
    log_file: {
      ...{ type: "path", default: null, status: "later", example: "/var/log/mvm.log" },
      description: "write the log there",
    },
    enable_syslog: {
      ...{ type: "boolean", default: false, status: "later" },
      description: "write the log to syslog",
    },
  },
  log: {
    level: {
      ...{ type: "enum", default: "info" },
      allowed: ["error", "warn", "info", "debug", "trace"],
      ...{ reloadable: true, status: "later", description: "how much is logged" },
    },
    format: {
      ...{ type: "enum", default: "text", status: "later" },
      allowed: ["text", "json"],
      description: "log lines as text or as JSON",
    },
  },
  view: {
    refresh_interval_ms: {
      ...{ type: "duration", default: 2000, min: 100, max: DAY_MS, flag: "refresh-interval" },
      description: "how often the dashboard asks anew",
    },
    theme: {
      ...{ type: "enum", default: "dark", flag: "theme" },
      allowed: ["dark", "light", "midnight", "safe"],
      description: "colours of the dashboard; safe: for any kind of colour vision",
    },
    expected_ip: {
      ...{ type: "string", default: null, env: "MVM_EXPECTED_IP", status: "later" },
      ...{ example: "203.0.113.7", description: "address the node should have" },
    },
  },
  chain: {
    network: {
      ...{ type: "string", default: null, env: "MVM_NETWORK", status: "later" },
      ...{ example: "preview", description: "network the node belongs to" },
    },
    genesis_timestamp_ms: {
      ...{ type: "integer", default: null, min: 0, max: MANY, status: "later" },
      ...{ example: 1_700_000_000_000, description: "time of the first block" },
    },
  },
  alerts: {
    enabled: {
      ...{ type: "boolean", default: false, status: "later", reloadable: true },
      description: "send alerts",
    },
    threshold_percent: {
      ...{ type: "integer", default: 80, min: 0, max: 100, status: "later", reloadable: true },
      description: "alert below this share of the expected blocks",
    },
    min_expected_blocks: {
      ...{ type: "integer", default: 5, min: 0, max: MANY, status: "later", reloadable: true },
      description: "do not judge fewer expected blocks than this",
    },
    webhook_url: {
      ...{ type: "url", default: null, protocols: HTTP, secret: true, status: "later" },
      ...{ reloadable: true, example: "https://example.org/hook" },
      description: "where alerts are sent; a secret",
    },
    alert_on_down: {
      ...{ type: "boolean", default: true, status: "later", reloadable: true },
      description: "alert when the node is away",
    },
    cooldown_secs: {
      ...{ type: "duration", default: 300, min: 0, max: 86_400, status: "later" },
      ...{ reloadable: true, description: "shortest time between two alerts" },
    },
  },
  metrics: {
    listen: {
      ...{ type: "string", default: null, status: "later", example: "127.0.0.1:9616" },
      description: "address to serve our own metrics on",
    },
  },
} as const satisfies Record<string, Record<string, Spec>>;

type Schema = typeof SCHEMA;

/** All settings by section and key, as they are named in the file. */
export type Config = {
  -readonly [S in keyof Schema]: { -readonly [K in keyof Schema[S]]: FinalValue<Schema[S][K]> };
};

/** `section.key` → the type it may be set to. */
type Dotted = {
  [S in keyof Schema]: {
    [K in keyof Schema[S] & string as `${S}.${K}`]: GivenValue<Schema[S][K]>;
  };
}[keyof Schema];
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer A) => void
  ? A
  : never;
/** Values by `section.key`. */
export type Settings = { [K in keyof Merged<Dotted>]: Merged<Dotted>[K] };
export type DottedKey = keyof Settings;

export interface Key {
  section: string;
  name: string;
  dotted: string;
  env: string;
  /** With its dashes. Keys no command has a flag for are named as one would be. */
  flag: string;
  spec: Spec;
}

/** The table as a list, in its order. */
export const KEYS: readonly Key[] = Object.entries(SCHEMA).flatMap(([section, keys]) =>
  Object.entries<Spec>(keys).map(([name, spec]) => ({
    section,
    name,
    dotted: `${section}.${name}`,
    env: spec.env ?? `MVM_${section}_${name}`.toUpperCase(),
    flag: `--${spec.flag ?? `${section}-${name}`.replaceAll("_", "-")}`,
    spec,
  })),
);

const BY_DOTTED = new Map(KEYS.map((key) => [key.dotted, key]));

export function findKey(dotted: string): Key | undefined {
  return BY_DOTTED.get(dotted);
}
