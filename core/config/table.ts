// Every setting there is, but for the lists. Types, defaults, checks, variables and the example follow from it.
import type { Spec } from "./spec.ts";

const HTTP = ["http:", "https:"] as const;
const NODE = ["ws:", "wss:", "http:", "https:"] as const;
const DAY_MS = 86_400_000;
const MANY = Number.MAX_SAFE_INTEGER;

/** A time of day to another, local; past midnight when the second is the earlier one. */
const HOURS = {
  pattern: /^(?!(.{5})-\1$)(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/,
  words: 'two different times of day such as "22:00-07:00"',
};

/** Of one channel, whatever the others do. */
export const NEVER_QUIET = "none";
export const HOURS_OR_NONE = {
  pattern: new RegExp(`^${NEVER_QUIET}$|${HOURS.pattern.source}`),
  words: `${HOURS.words}, or "${NEVER_QUIET}"`,
};

/** What `parseListen` reads. */
const LISTEN = {
  pattern:
    /^(?:\[[0-9a-f:.]+\]|[^:[\]\s]*):(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/i,
  words: "HOST:PORT, [IPv6]:PORT or :PORT such as 127.0.0.1:9616",
};

// The spreads only keep each key to a few lines. `allowed` stays outside: within one its type would widen.
export const SCHEMA = {
  rpc: {
    url: {
      ...{ type: "url", default: "ws://localhost:9944", protocols: NODE, env: "MVM_RPC_URL" },
      ...{ flag: "rpc-url", description: "node address: ws, wss, http or https" },
    },
    urls: {
      ...{ type: "urls", default: null, protocols: NODE, env: "MVM_RPC_URLS" },
      example: ["ws://localhost:9944", "ws://backup:9944"],
      description:
        "instead of url several nodes of one chain, the preferred one first; --rpc-url may be repeated",
    },
    timeout_ms: {
      ...{ type: "duration", default: 30_000, min: 100, max: DAY_MS, flag: "timeout" },
      description: "how long a request may take",
    },
    max_retries: {
      ...{ type: "integer", default: 3, min: 0, max: 1000 },
      description:
        "how often in a row --once tries again before it gives up; a follower never does, once it met its node",
    },
    retry_initial_delay_ms: {
      ...{ type: "duration", default: 1000, min: 0, max: DAY_MS },
      description: "pause before the first new attempt; each one after waits twice as long",
    },
    retry_max_delay_ms: {
      ...{ type: "duration", default: 60_000, min: 0, max: DAY_MS },
      description: "longest pause between attempts",
    },
    metrics_url: {
      ...{ type: "url", default: null, protocols: HTTP, env: "MVM_METRICS_URL" },
      ...{ example: "http://localhost:9615/metrics", reloadable: true, flag: "metrics-url" },
      description: "the node's metrics",
    },
    node_exporter_url: {
      ...{ type: "url", default: null, protocols: HTTP, env: "MVM_NODE_EXPORTER_URL" },
      ...{ example: "http://localhost:9100/metrics", reloadable: true },
      description: "the machine's metrics",
    },
  },
  database: {
    path: {
      ...{ type: "path", default: "./mvm.db", env: "MVM_DB_PATH", flag: "db-path" },
      description: "database file",
    },
    max_connections: {
      ...{ type: "integer", default: 5, min: 1, max: 1000 },
      description:
        "connections the dashboard keeps to the database, 2 at most; each health check opens one more for its moment",
    },
  },
  validator: {
    keystore_path: {
      ...{ type: "path", default: null, env: "MVM_KEYSTORE_PATH", flag: "keystore" },
      ...{ reloadable: true, example: "/opt/midnight/node/keystore" },
      description: "our node's keystore; only file names are read",
    },
    keys_file: {
      ...{ type: "path", default: null, flag: "keys-file", reloadable: true },
      ...{ example: "/opt/midnight/node/partner-chains-public-keys.json" },
      description: "our public keys as JSON, where no keystore can be listed",
    },
    label: {
      ...{ type: "string", default: null, env: "MVM_VALIDATOR_LABEL", flag: "label" },
      ...{ reloadable: true, example: "MyValidator", description: "name for our validator" },
    },
    name: {
      ...{ type: "string", default: null, example: "validator-01" },
      ...{ alias: "view.title", description: "title of the dashboard; [view] title is the same" },
    },
  },
  sync: {
    batch_size: {
      ...{ type: "integer", default: 100, min: 1, max: 100_000, env: "MVM_BATCH_SIZE" },
      ...{ flag: "batch-size", reloadable: true },
      description: "blocks per request and transaction",
    },
    concurrency: {
      ...{ type: "integer", default: 4, min: 1, max: 1000, flag: "concurrency" },
      description: "requests under way at once",
    },
    poll_interval_secs: {
      ...{ type: "duration", default: 6, min: 1, max: 86_400, env: "MVM_POLL_INTERVAL" },
      ...{ flag: "poll-interval", reloadable: true },
      description: "how often to ask where the node does not push",
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
      ...{ type: "path", default: null, flag: "log-file", example: "/var/log/mvm/sync.log" },
      description: "write the log there instead of stderr",
    },
    enable_syslog: {
      ...{ type: "boolean", default: false, flag: "syslog" },
      description: "begin lines on stderr with their syslog priority; the journal gets them anyhow",
    },
  },
  log: {
    level: {
      ...{ type: "enum", default: "info", flag: "log-level" },
      allowed: ["error", "warn", "info", "debug", "trace"],
      ...{ reloadable: true, description: "how much is logged" },
    },
    format: {
      ...{ type: "enum", default: "text", flag: "log-format", reloadable: true },
      allowed: ["text", "json"],
      description: "log lines as text or as JSON",
    },
    max_size: {
      ...{ type: "integer", default: 0, min: 0, max: MANY, example: 10_000_000 },
      description: "rotate the log file before it grows beyond this many bytes; 0 = never",
    },
    max_age_hours: {
      ...{ type: "integer", default: 0, min: 0, max: 87_600, example: 24 },
      description: "rotate the log file when it is this old; 0 = never",
    },
    max_files: {
      ...{ type: "integer", default: 7, min: 0, max: 10_000 },
      description: "old log files kept when rotating",
    },
  },
  status: {
    timeout_secs: {
      ...{ type: "duration", default: 5, min: 1, max: 3600, reloadable: true },
      description: "how long a health check may take in all",
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
      ...{ type: "string", default: null, env: "MVM_EXPECTED_IP", reloadable: true },
      ...{ example: "203.0.113.7", description: "address the node should have" },
    },
    ascii: {
      ...{ type: "boolean", default: false, flag: "ascii" },
      description: "draw with plain ASCII characters",
    },
  },
  chain: {
    network: {
      ...{ type: "string", default: null, env: "MVM_NETWORK" },
      ...{ example: "preview" },
      description: "network the node must belong to: preview, preprod, mainnet or a chain's name",
    },
    genesis_timestamp_ms: {
      ...{ type: "integer", default: null, min: 0, max: MANY, status: "compat" },
      ...{ example: 1_700_000_000_000 },
      description: "of the Rust tool; no effect here, times follow from slots",
    },
  },
  alerts: {
    enabled: {
      ...{ type: "boolean", default: false, reloadable: true },
      description: "send alerts",
    },
    threshold_percent: {
      ...{ type: "integer", default: 80, min: 0, max: 100, reloadable: true },
      description: "alert below this share of the expected blocks",
    },
    min_expected_blocks: {
      ...{ type: "integer", default: 5, min: 0, max: MANY, reloadable: true },
      description: "do not judge fewer expected blocks than this",
    },
    missed_in_row: {
      ...{ type: "integer", default: 3, min: 1, max: MANY, reloadable: true },
      description: "alert when so many of our slots in a row went by without a block",
    },
    min_peers: {
      ...{ type: "integer", default: 3, min: 0, max: MANY, reloadable: true },
      description: "alert when the node has fewer peers than this",
    },
    finality_lag_blocks: {
      ...{ type: "integer", default: 100, min: 1, max: MANY, reloadable: true },
      description: "alert when the finalized block is further behind the best one than this",
    },
    alert_on_down: {
      ...{ type: "boolean", default: true, reloadable: true },
      description: "alert when the node is away",
    },
    node_down_secs: {
      ...{ type: "duration", default: 60, min: 0, max: 86_400, reloadable: true },
      description: "how long the node may be away before that is alerted",
    },
    cooldown_secs: {
      ...{ type: "duration", default: 300, min: 0, max: 86_400, reloadable: true },
      description: "shortest time between two alerts of the same kind",
    },
    quiet_hours: {
      ...{ type: "string", default: null, form: HOURS, reloadable: true, example: "22:00-07:00" },
      description: "local time in which all but critical alerts wait",
    },
    webhook_url: {
      ...{ type: "url", default: null, protocols: HTTP, secret: true, reloadable: true },
      ...{ example: "https://example.org/hook" },
      description: 'where alerts are posted as JSON: a channel "webhook"; a secret',
    },
    webhook_secret: {
      ...{ type: "string", default: null, secret: true, reloadable: true, example: "a-long-text" },
      description: "signs what is posted to webhook_url; a secret",
    },
    deadman_url: {
      ...{ type: "url", default: null, protocols: HTTP, secret: true, reloadable: true },
      ...{ example: "https://example.org/ping" },
      description: "asked for every minute while all is well; a secret",
    },
  },
  metrics: {
    listen: {
      ...{ type: "string", default: null, form: LISTEN, example: "127.0.0.1:9616" },
      description:
        "address to serve our own metrics and the read-only API (/api/v1/) on; open to other machines only with a token",
    },
    token: {
      ...{ type: "string", default: null, secret: true, example: "a-long-text" },
      description: "what a reader of our metrics and the API must show; a secret",
    },
    api_rate: {
      ...{ type: "integer", default: 100, min: 1, max: 100_000 },
      description:
        "requests to the API that one address may make in a second, twice as many at once",
    },
  },
} as const satisfies Record<string, Record<string, Spec>>;
