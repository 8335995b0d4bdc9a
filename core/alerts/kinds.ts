// Every kind of alert there is, its name for people, and which check it comes from.
import type { CheckName } from "../health/report.ts";

export type Severity = "info" | "warning" | "critical";
/** Mildest first. */
export const SEVERITIES = ["info", "warning", "critical"] as const satisfies Severity[];

export const TITLES = {
  "missed-slot": "Missed slot",
  "missed-in-row": "Missed turns in a row",
  orphaned: "Own block orphaned",
  "not-producing": "Low block production",
  "committee-entered": "Entered the committee",
  "committee-left": "Left the committee",
  "keys-changed": "Keys changed",
  "registration-changed": "Registration changed",
  "registration-invalid": "Registration not valid",
  "key-missing": "Key missing in the keystore",
  "key-not-loaded": "Key not loaded in the node",
  "keys-mismatch": "Keys differ from the registered ones",
  "not-voting": "Not voting on finality",
  "node-unreachable": "Node unreachable",
  "standby-unreachable": "Another node unreachable",
  "node-syncing": "Node is still syncing",
  "node-stalled": "Chain stalled",
  "finality-stalled": "Finality stalled",
  "peers-low": "Few peers",
  "clock-skew": "Clocks differ",
  "wrong-address": "Node has another address",
  "wrong-network": "Node on another network",
  "db-sync-lag": "db-sync behind",
  "disk-low": "Disk nearly full",
  "memory-low": "Memory nearly used up",
  "sync-behind": "mvm-sync is behind",
  "database-gaps": "Blocks missing in the database",
  "upgrade-ahead": "Runtime upgrade ahead",
  "runtime-upgrade": "Runtime upgraded",
  test: "Test message",
} as const;
export type AlertKind = keyof typeof TITLES;

interface CheckRule {
  kind: AlertKind;
  /** Tells two checks of one kind apart where the check names no subject. */
  subject?: string;
  /** While one of these is bad this one says nothing new, good or bad. */
  causes?: readonly CheckName[];
}

/**
 * What a bad check raises. A check that is not here raises nothing: production is judged by the stored
 * chain (chain-rules.ts), where each slot is exact; latency and figures to look at are no alarm.
 */
export const CHECK_RULES: Partial<Record<CheckName, CheckRule>> = {
  "node.reachable": { kind: "node-unreachable" },
  "node.standby": { kind: "standby-unreachable", causes: ["node.reachable"] },
  "node.syncing": { kind: "node-syncing", causes: ["node.reachable"] },
  "node.peers": { kind: "peers-low", causes: ["node.reachable"] },
  "node.clock": { kind: "clock-skew", causes: ["node.reachable"] },
  "node.address": { kind: "wrong-address", causes: ["node.reachable"] },
  "chain.network": { kind: "wrong-network", causes: ["node.reachable"] },
  "chain.block-age": { kind: "node-stalled", causes: ["node.reachable", "node.syncing"] },
  "chain.finality": { kind: "finality-stalled", causes: ["node.reachable", "node.syncing"] },
  "chain.db-sync": { kind: "db-sync-lag", causes: ["node.reachable"] },
  "chain.upgrade-ahead": { kind: "upgrade-ahead", causes: ["node.reachable"] },
  "host.disk": { kind: "disk-low" },
  "host.memory": { kind: "memory-low" },
  "database.disk": { kind: "disk-low", subject: "database" },
  "database.lag": {
    kind: "sync-behind",
    causes: ["node.reachable", "node.syncing", "chain.block-age"],
  },
  "database.gaps": { kind: "database-gaps" },
  "validator.keystore": { kind: "key-missing" },
  "validator.loaded": { kind: "key-not-loaded", causes: ["node.reachable"] },
  "validator.keys-match": {
    kind: "keys-mismatch",
    causes: ["node.reachable", "validator.keystore"],
  },
  "validator.registration": { kind: "registration-invalid", causes: ["node.reachable"] },
  "validator.grandpa": {
    kind: "not-voting",
    causes: ["node.reachable", "node.syncing", "chain.block-age", "chain.finality"],
  },
};

/** Kinds about one of our validators: they end when it is watched no more. */
export const VALIDATOR_KINDS: ReadonlySet<string> = new Set<AlertKind>([
  "missed-in-row",
  "not-producing",
  "key-missing",
  "key-not-loaded",
  "keys-mismatch",
  "registration-invalid",
  "not-voting",
]);
