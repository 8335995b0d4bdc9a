// Every knob of the devnet, with its default.

export interface Faults {
  latencyMs: number;
  /** Close a connection after this many replies on it; 0 = never. */
  dropEvery: number;
  wrongEvery: number;
  truncateEvery: number;
  oversizeEvery: number;
  oversizeBytes: number;
  /** Every so many replies one comes after those to later requests, or with its batch the other way round; 0 = never. */
  reorderEvery: number;
  /** Answer 403 to WebSocket upgrades, as some proxies do. */
  rejectWebSocket: boolean;
  /** Accept requests and never answer. */
  silent: boolean;
  noBatch: boolean;
  /** Refuse a list of numbers in chain_getBlockHash. */
  noHashList: boolean;
  /** The node's wall clock is ahead by this much; behind, if negative. */
  clockSkewMs: number;
  /** How far db-sync is behind Cardano. */
  dbSyncLagMs: number;
  /** Nobody makes a block. */
  stalled: boolean;
  /** No block becomes final. */
  finalityStalled: boolean;
  noPeers: boolean;
  /** Blocks the node says it has still to sync; 0 = synced. */
  syncingBehind: number;
  /** The node holds none of its validator's keys. */
  keysMissing: boolean;
  /** The node's validator is among the voters, and its votes are not seen. */
  notVoting: boolean;
  /** No next committee is set. */
  noNextCommittee: boolean;
  /** The metrics port answers 503. */
  metricsOff: boolean;
  /** The metrics port accepts and never answers. */
  metricsSilent: boolean;
}

export interface DevnetOptions {
  seed: string;
  /** Canonical blocks above genesis that exist at start-up. */
  history: number;
  slotMs: number;
  slotsPerEpoch: number;
  /** Distinct candidates, permissioned ones included. */
  validators: number;
  permissioned: number;
  seats: number;
  missRate: number;
  /** Chance per slot that a fork begins there. */
  forkRate: number;
  forkDepth: number;
  finalityLag: number;
  /** Blocks of state kept below the finalized head. */
  pruning: "archive" | number;
  rpcMethods: "safe" | "unsafe";
  ariadneShape: "old" | "new";
  statusSlot: boolean;
  dbSync: boolean;
  specVersion: number;
  /** Block number whose post-state is the new runtime. */
  upgradeAt?: number;
  upgradeTo: number;
  /** First block made under BABE; its runtime is 2.1 or later. */
  babeFrom?: number;
  /** Headers name their bodies by a root that no client can work out, as devnets before 0.3 did. */
  opaqueBodies: boolean;
  clock: "wall" | "manual";
  /** Last slot of the history; the present slot when absent. Nodes that agree in it, and in the rest, are of one chain. */
  endSlot?: number;
  port: number;
  metricsPort: number;
  host: string;
  cardano: "preview" | "preprod" | "mainnet";
  chainName: string;
  /** The validator whose node this is. */
  operator: number;
  /** Served by state_getMetadata; with it, block bodies hold calls that decode under it. */
  metadataFile?: string;
  /** Of the runtime after the upgrade; else the same. */
  upgradeMetadataFile?: string;
  faults: Faults;
}

export const NO_FAULTS: Faults = {
  latencyMs: 0,
  dropEvery: 0,
  wrongEvery: 0,
  truncateEvery: 0,
  oversizeEvery: 0,
  oversizeBytes: 20 * 1024 * 1024,
  reorderEvery: 0,
  rejectWebSocket: false,
  silent: false,
  noBatch: false,
  noHashList: false,
  clockSkewMs: 0,
  dbSyncLagMs: 0,
  stalled: false,
  finalityStalled: false,
  noPeers: false,
  syncingBehind: 0,
  keysMissing: false,
  notVoting: false,
  noNextCommittee: false,
  metricsOff: false,
  metricsSilent: false,
};

export const DEFAULT_OPTIONS: DevnetOptions = {
  seed: "devnet",
  history: 2000,
  slotMs: 6000,
  slotsPerEpoch: 300,
  validators: 185,
  permissioned: 12,
  seats: 300,
  missRate: 0.02,
  forkRate: 0.005,
  forkDepth: 3,
  finalityLag: 2,
  pruning: 256,
  rpcMethods: "safe",
  ariadneShape: "new",
  statusSlot: true,
  dbSync: true,
  specVersion: 1_000_000,
  upgradeTo: 1_001_000,
  opaqueBodies: false,
  clock: "manual",
  port: 0,
  metricsPort: 0,
  host: "127.0.0.1",
  cardano: "preview",
  chainName: "Midnight Devnet",
  operator: 0,
  faults: NO_FAULTS,
};

function endsLater({ endSlot = 0, slotMs }: DevnetOptions): boolean {
  return endSlot * slotMs > Date.now();
}

export function resolveOptions(given: Partial<DevnetOptions>): DevnetOptions {
  const options = { ...DEFAULT_OPTIONS, ...given, faults: { ...NO_FAULTS, ...given.faults } };
  const whole: [string, number, number][] = [
    ["history", options.history, 0],
    ["slotMs", options.slotMs, 1],
    ["slotsPerEpoch", options.slotsPerEpoch, 1],
    ["validators", options.validators, 1],
    ["permissioned", options.permissioned, 0],
    ["seats", options.seats, 1],
    ["forkDepth", options.forkDepth, 1],
    ["finalityLag", options.finalityLag, 0],
    ["specVersion", options.specVersion, 1],
    ["pruning", options.pruning === "archive" ? 0 : options.pruning, 0],
  ];
  for (const [name, value, least] of whole) {
    if (!Number.isInteger(value) || value < least)
      throw new Error(`devnet: ${name} must be a whole number of at least ${least}, not ${value}`);
  }
  if (options.permissioned > options.validators)
    throw new Error("devnet: permissioned candidates are counted among the validators");
  if (!(options.missRate >= 0 && options.missRate <= 0.9))
    throw new Error("devnet: missRate must lie between 0 and 0.9");
  if (!(options.forkRate >= 0 && options.forkRate <= 0.2))
    throw new Error("devnet: forkRate must lie between 0 and 0.2");
  if (options.clock === "wall" && endsLater(options))
    throw new Error("devnet: on the wall clock a history cannot end in the future");
  return options;
}
