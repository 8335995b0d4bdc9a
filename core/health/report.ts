// What a health check says. Plain data, shared by status, alerts, metrics and the dashboard.

/** `unknown`: hidden, switched off or not there yet. Never shown as good or bad. */
export type Verdict = "ok" | "warning" | "critical" | "unknown";

/** Every check there is. `node` and `chain` come from the node, `database` from the file. */
export const CHECKS = [
  "node.reachable",
  "node.standby",
  "node.latency",
  "node.syncing",
  "node.peers",
  "node.clock",
  "node.address",
  "node.upgrade",
  "chain.network",
  "chain.block-age",
  "chain.finality",
  "chain.db-sync",
  "chain.upgrade-ahead",
  "host.disk",
  "host.memory",
  "database.present",
  "database.lag",
  "database.gaps",
  "database.unattributed",
  "database.disk",
  "validator.keystore",
  "validator.loaded",
  "validator.keys-match",
  "validator.registration",
  "validator.committee",
  "validator.next-committee",
  "validator.production",
  "validator.missed",
  "validator.orphaned",
  "validator.last-block",
  "validator.next-slot",
  "validator.grandpa",
] as const;
export type CheckName = (typeof CHECKS)[number];

export type Unit =
  "ms" | "s" | "blocks" | "slots" | "seats" | "peers" | "keys" | "nodes" | "%" | "bytes";

export interface Check {
  name: CheckName;
  /** The validator it is about, by `OurValidator.id`; null: the node, the chain or this machine. */
  subject: string | null;
  verdict: Verdict;
  /** Null where there is nothing to count or it is not known. */
  value: number | null;
  unit: Unit | null;
  /** One sentence. */
  message: string;
  /** The next command, or what to look at; null when all is well. */
  hint: string | null;
}
