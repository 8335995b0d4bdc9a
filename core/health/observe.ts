// What the node says of itself: every question side by side, under one deadline.
import type { StatedCommittee } from "../chain/candidates.ts";
import { connect } from "../chain/connect.ts";
import type { Link } from "../chain/link.ts";
import type { Metrics } from "../chain/metrics.ts";
import type { PendingUpgrade } from "../chain/pending-upgrade.ts";
import { fetchPendingUpgrade } from "../chain/pending-upgrade.ts";
import type { ChainStatus, NodeHealth, SyncState } from "../chain/rpc-node.ts";
import {
  fetchExternalAddresses,
  fetchHealth,
  fetchListenAddresses,
  fetchLocalPeerId,
  fetchPeers,
  fetchStatus,
  fetchSyncState,
} from "../chain/rpc-node.ts";
import type { RuntimeVersion } from "../chain/rpc.ts";
import {
  fetchChainName,
  fetchFinalizedHash,
  fetchHash,
  fetchHeader,
  fetchNodeVersion,
  fetchRuntimeVersion,
} from "../chain/rpc.ts";
import {
  fetchAuthorities,
  fetchConstants,
  fetchNextCommittee,
  queuesCommittees,
} from "../chain/runtime.ts";
import type { OurValidator } from "../ours.ts";
import type { Authorities, ChainConstants, Header } from "../types.ts";
import type { KeyFacts } from "./observe-keys.ts";
import { NO_KEY_FACTS, observeKeys } from "./observe-keys.ts";
import type { Chosen, Standby } from "./observe-nodes.ts";
import { chooseNode } from "./observe-nodes.ts";
import type { Deadline, Told } from "./told.ts";
import { missing, openDeadline } from "./told.ts";

export interface ObserveOptions {
  /** An open link is used and left open; of addresses, the preferred one first, one is connected to and left. */
  node: Link | readonly string[];
  /** Of our file's chain: a node on it goes before one that is not. Null or none: any will do. */
  genesisHash?: string | null;
  metricsUrl: string | null;
  nodeExporterUrl: string | null;
  ours: readonly OurValidator[];
  /** For everything together. */
  timeoutMs: number;
  /** Our clock, Unix ms. */
  now?: () => number;
}

interface StatusReply extends ChainStatus {
  /** Our clock when it was asked and when it was answered. */
  askedAtMs: number;
  answeredAtMs: number;
}

interface NodeFacts extends KeyFacts {
  reachable: Told<{ transport: "websocket" | "http"; latencyMs: number }>;
  chainName: Told<string>;
  genesisHash: Told<string>;
  version: Told<string>;
  runtime: Told<RuntimeVersion>;
  constants: Told<ChainConstants>;
  health: Told<NodeHealth>;
  syncState: Told<SyncState>;
  /** Length of `system_peers`. */
  peers: Told<number>;
  best: Told<Header>;
  finalized: Told<Header>;
  status: Told<StatusReply>;
  /** The list in force for the children of the best block. */
  authorities: Told<Authorities>;
  nextSeats: Told<StatedCommittee | null>;
  /** In the best block's state; null: none is decided. */
  pendingUpgrade: Told<PendingUpgrade | null>;
  peerId: Told<string>;
  listenAddresses: Told<string[]>;
  externalAddresses: Told<string[]>;
}

export interface Observation extends NodeFacts {
  /** The node that was asked. */
  url: string;
  /** The others of the list. */
  standby: Standby[];
  /** Our clock when the answers were in, Unix ms. */
  atMs: number;
  /** Null where no address is configured. */
  metrics: Told<Metrics> | null;
  host: Told<Metrics> | null;
}

/** Returns by the deadline, whatever the node does; what is not known by then is `missing`. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { metricsUrl, nodeExporterUrl, timeoutMs, now = Date.now } = options;
  const deadline = openDeadline(timeoutMs);
  try {
    const [facts, metrics, host] = await Promise.all([
      observeNode(options, deadline, now),
      scrape(metricsUrl, deadline),
      scrape(nodeExporterUrl, deadline),
    ]);
    return { ...facts, atMs: now(), metrics, host };
  } finally {
    deadline.close();
  }
}

async function scrape(url: string | null, deadline: Deadline): Promise<Told<Metrics> | null> {
  if (url === null) return null;
  return await deadline.tell(async () => {
    const { fetchMetrics } = await import("../chain/metrics.ts");
    return await fetchMetrics(url, deadline.signal);
  });
}

/** Longer than any deadline: one slow answer must not cost the others their link. */
const LINK_TIMEOUT_MS = 600_000;

async function observeNode(
  { node, genesisHash = null, ours }: ObserveOptions,
  deadline: Deadline,
  now: () => number,
): Promise<NodeFacts & Pick<Observation, "url" | "standby">> {
  if ("request" in node) {
    return { ...(await askAll(node, ours, deadline, now)), url: node.url, standby: [] };
  }
  const { url, link, standby } = await openOne(node, genesisHash, deadline);
  if ("missing" in link) return { ...unreachable(link.missing.text), url, standby };
  try {
    return { ...(await askAll(link.value, ours, deadline, now)), url, standby };
  } finally {
    link.value.close();
  }
}

async function openOne(
  urls: readonly string[],
  genesisHash: string | null,
  deadline: Deadline,
): Promise<Chosen> {
  const [url = "", ...others] = urls;
  if (others.length > 0) return await chooseNode(urls, genesisHash, deadline, LINK_TIMEOUT_MS);
  const link = await deadline.tell(() =>
    connect(url, { timeoutMs: LINK_TIMEOUT_MS }, deadline.signal),
  );
  return { url, link, standby: [] };
}

async function askAll(
  link: Link,
  ours: readonly OurValidator[],
  deadline: Deadline,
  now: () => number,
): Promise<NodeFacts> {
  const ask = <T>(work: (link: Link) => Promise<T>): Promise<Told<T>> =>
    deadline.tell(() => work(link));
  const started = performance.now();
  const name = ask(fetchChainName);
  const latency = name.then(() => performance.now() - started);
  const best = ask((each) => fetchHeader(each));
  const runtime = ask((each) => fetchRuntimeVersion(each));
  const status = ask((each) => fetchTimedStatus(each, now));
  const facts = await settle({
    chainName: name,
    genesisHash: ask(fetchGenesis),
    version: ask(fetchNodeVersion),
    runtime,
    constants: ask(fetchConstants),
    health: ask(fetchHealth),
    syncState: ask(fetchSyncState),
    peers: ask(async (each) => (await fetchPeers(each)).length),
    best,
    finalized: ask(async (each) => fetchHeader(each, await fetchFinalizedHash(each))),
    status,
    authorities: after(best, ({ hash }) => ask((each) => fetchAuthorities(each, hash))),
    nextSeats: after(best, async ({ hash }) =>
      after(runtime, (version) =>
        ask(async (each) => (queuesCommittees(version) ? null : fetchNextCommittee(each, hash))),
      ),
    ),
    pendingUpgrade: after(best, ({ hash }) => ask((each) => fetchPendingUpgrade(each, hash))),
    peerId: ask(fetchLocalPeerId),
    listenAddresses: ask(fetchListenAddresses),
    externalAddresses: ask(fetchExternalAddresses),
    keys: observeKeys({ link, ours, deadline, best, status }),
  });
  const { keys, ...rest } = facts;
  const latencyMs = await latency;
  const reachable: NodeFacts["reachable"] =
    "missing" in rest.chainName && rest.chainName.missing.reason !== "failed"
      ? { missing: rest.chainName.missing }
      : { value: { transport: link.transport, latencyMs } };
  return { ...rest, ...keys, reachable };
}

type Settled<T> = { [K in keyof T]: Awaited<T[K]> };

async function settle<T extends Record<string, Promise<unknown>>>(work: T): Promise<Settled<T>> {
  const entries = Object.entries(work);
  const values = await Promise.all(entries.map(([, promise]) => promise));
  // Names and values keep their places.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries.map(([name], i) => [name, values[i]])) as Settled<T>;
}

/** Asks further once an answer is there; without it nothing is asked. */
async function after<T, U>(
  first: Promise<Told<T>>,
  next: (value: T) => Promise<Told<U>>,
): Promise<Told<U>> {
  const told = await first;
  return "missing" in told ? told : await next(told.value);
}

async function fetchTimedStatus(link: Link, now: () => number): Promise<StatusReply> {
  const askedAtMs = now();
  const status = await fetchStatus(link);
  return { ...status, askedAtMs, answeredAtMs: now() };
}

async function fetchGenesis(link: Link): Promise<string> {
  return (await fetchHash(link, 0)) ?? "";
}

function unreachable(text: string): NodeFacts {
  const none = missing("unreachable", text);
  return {
    reachable: none,
    chainName: none,
    genesisHash: none,
    version: none,
    runtime: none,
    constants: none,
    health: none,
    syncState: none,
    peers: none,
    best: none,
    finalized: none,
    status: none,
    authorities: none,
    nextSeats: none,
    pendingUpgrade: none,
    peerId: none,
    listenAddresses: none,
    externalAddresses: none,
    ...NO_KEY_FACTS,
  };
}
