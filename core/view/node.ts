// The live node behind the dashboard: its heads as they come, the rest asked for every few seconds.
import { judge } from "../attribution.ts";
import type { Link } from "../chain/link.ts";
import { connectFirst } from "../chain/reach.ts";
import { fetchConnections, fetchHealth, fetchPeers, fetchSyncState } from "../chain/rpc-node.ts";
import {
  fetchChainName,
  fetchFinalizedHash,
  fetchHeader,
  fetchMainchainStatus,
  fetchNodeVersion,
  subscribeHeads,
} from "../chain/rpc.ts";
import { fetchAuthorities, fetchConstants } from "../chain/runtime.ts";
import { hideCredentials } from "../config/value.ts";
import { isCode } from "../errors.ts";
import { pause } from "../pause.ts";
import type { Header, Position } from "../types.ts";
import { toFailure } from "./database.ts";
import type { NodeFacts, TimelineRow } from "./messages.ts";

export interface NodeOptions {
  /** Of one chain, the preferred one first: each time anew the first that answers is followed. */
  urls: readonly string[];
  /** A node that does not answer within this is away. */
  timeoutMs: number;
  pollMs: number;
  /** Our Aura keys: their blocks are marked. */
  ours: readonly string[];
}

/** A request of the dashboard's never waits longer, whatever the commands' own time limit is. */
const PATIENCE_MS = 5000;
const PAUSE_MS = [500, 1000, 2000, 5000];
const RECENT = 100;
/** Blocks fetched at the start, so that there is something to see without a database. */
const FIRST_BLOCKS = 24;
/** The list of peers is long and changes slowly. */
const PEERS_EVERY = 5;

type Tell = (facts: NodeFacts) => void;

/** Tells what the node says until asked to stop; a node that is away is asked again. */
export async function followNode(
  options: NodeOptions,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const facts = emptyFacts(options.urls[0] ?? "");
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedAt = performance.now();
    try {
      await talk(options, facts, tell, signal);
    } catch (error) {
      if (signal.aborted) return;
      facts.state = "down";
      facts.failure = toFailure(error);
      tell(facts);
    }
    // A long talk that broke off is a new beginning.
    if (performance.now() - startedAt > 30_000) attempt = 0;
    await pause(PAUSE_MS[Math.min(attempt, PAUSE_MS.length - 1)] ?? 5000, signal);
  }
}

function emptyFacts(url: string): NodeFacts {
  return {
    ...{
      url: hideCredentials(url),
      state: "connecting",
      failure: null,
      heardAtMs: null,
      chain: null,
      version: null,
    },
    ...{ transport: null, constants: null, best: null, finalized: null, mainchain: null },
    ...{ peers: null, syncing: null, highest: null, peerList: null, peersBest: null, recent: [] },
  };
}

async function talk(
  options: NodeOptions,
  facts: NodeFacts,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = Math.min(options.timeoutMs, PATIENCE_MS);
  const { url, link } = await connectFirst(options.urls, { timeoutMs }, signal);
  const stop = (): void => link.close();
  signal.addEventListener("abort", stop);
  try {
    facts.url = hideCredentials(url);
    facts.transport = link.transport;
    facts.chain = await fetchChainName(link);
    facts.version = await fetchNodeVersion(link);
    facts.constants = await fetchConstants(link);
    await poll(link, facts, 0);
    const heads = await openHeads(link, options, facts);
    const heard = (): void => {
      Object.assign(facts, { state: "up", failure: null, heardAtMs: Date.now() });
      tell(facts);
    };
    await Promise.race([
      link.closed.then((reason) => Promise.reject(reason)),
      watch(link, heads, heard, facts, options, signal),
    ]);
  } finally {
    signal.removeEventListener("abort", stop);
    link.close();
  }
}

interface Heads {
  onBest: (header: Header) => Promise<void>;
}

async function watch(
  link: Link,
  heads: Heads,
  heard: () => void,
  facts: NodeFacts,
  options: NodeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // Heads are taken one after another: each may need its parents fetched first.
  let turn = Promise.resolve();
  const onHeader = (take: (header: Header) => Promise<void>) => (header: Header) => {
    turn = turn.then(() => take(header)).then(heard, reject);
  };
  const onFinalized = async ({ number }: Header): Promise<void> => {
    finalize(facts, number);
  };
  if (link.subscribe !== undefined) {
    await subscribeHeads(link, "best", onHeader(heads.onBest), reject);
    await subscribeHeads(link, "finalized", onHeader(onFinalized), reject);
  }
  let finalizedHash = "";
  const finality = async (): Promise<void> => {
    const hash = await fetchFinalizedHash(link);
    if (hash === finalizedHash) return;
    finalize(facts, (await fetchHeader(link, hash)).number);
    finalizedHash = hash;
  };
  const polling = (async (): Promise<void> => {
    for (let round = 0; !signal.aborted; round++) {
      // Side by side: what one question costs most is being woken by its answer.
      await Promise.all([
        fetchHeader(link).then(heads.onBest),
        finality(),
        round > 0 ? poll(link, facts, round) : undefined,
      ]);
      heard();
      await pause(options.pollMs, signal);
    }
  })();
  await Promise.race([broken, polling]);
}

async function poll(link: Link, facts: NodeFacts, round: number): Promise<void> {
  const [{ peers, syncing }, state, mainchain] = await Promise.all([
    fetchHealth(link),
    unlessRefused(fetchSyncState(link)),
    unlessRefused(fetchMainchainStatus(link)),
  ]);
  Object.assign(facts, { peers, syncing, mainchain, highest: state?.highest ?? null });
  if (round % PEERS_EVERY === 0) {
    facts.peersBest = (await fetchHeader(link)).number;
    facts.peerList = await peersOf(link);
  }
}

/** A safe RPC tells how many they are, not who: hidden is not none. */
async function peersOf(link: Link): Promise<NodeFacts["peerList"]> {
  try {
    const peers = await fetchPeers(link);
    const connections = await unlessRefused(fetchConnections(link));
    return peers.map((peer) => {
      const { direction = null, address = null } = connections?.get(peer.id) ?? {};
      return { ...peer, direction, address };
    });
  } catch (error) {
    if (isCode(error, "rpc")) return "hidden";
    throw error;
  }
}

/** What a node does not tell stays unknown; a node that does not answer is away. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isCode(error, "rpc", "bad-reply")) return null;
    throw error;
  }
}

function finalize(facts: NodeFacts, number: number): void {
  facts.finalized = number;
  facts.recent = facts.recent.map((row) =>
    row.finalized || row.number === null || row.number > number ? row : { ...row, finalized: true },
  );
}

/** Judges the best branch as it grows; after a reorganisation the branch is walked back to a parent we know. */
async function openHeads(link: Link, options: NodeOptions, facts: NodeFacts): Promise<Heads> {
  const ours = new Set(options.ours);
  const known = new Map<string, Position>();

  async function onBest(head: Header): Promise<void> {
    if (head.hash === facts.recent.find((row) => row.kind === "block")?.hash) return;
    const branch = await branchTo(head);
    for (const header of branch) add(header, await parentOf(header));
    facts.best = { number: head.number, slot: head.digest.slot ?? 0 };
  }

  function isShown(hash: string): boolean {
    return facts.recent.some((row) => row.hash === hash);
  }

  async function branchTo(head: Header): Promise<Header[]> {
    const branch = [head];
    for (let lowest = head; branch.length < FIRST_BLOCKS;) {
      // Known is not enough: a branch that lost and wins again is known, but not shown any more.
      if (lowest.number <= 1 || isShown(lowest.parentHash)) break;
      lowest = await fetchHeader(link, lowest.parentHash);
      branch.unshift(lowest);
    }
    return branch;
  }

  async function parentOf({ parentHash, number }: Header): Promise<Position> {
    const parent = known.get(parentHash);
    if (parent !== undefined) return parent;
    const slot = number <= 1 ? null : (await fetchHeader(link, parentHash)).digest.slot;
    return {
      number: number - 1,
      hash: parentHash,
      slot,
      authorities: await authoritiesAt(link, parentHash),
    };
  }

  function add(header: Header, parent: Position): void {
    const block = judge(parent, { header, extrinsics: null });
    known.set(header.hash, block.position);
    if (known.size > 4 * RECENT) known.delete(known.keys().next().value ?? "");
    const rows = facts.recent.filter((row) => row.slot <= (parent.slot ?? -1));
    const mark = (author: string | null) => ({
      ...{ author, label: null, seal: null, extrinsics: null, slots: 1 },
      ours: author !== null && ours.has(author),
      finalized: header.number <= (facts.finalized ?? -1),
    });
    const missed = [...block.missed].slice(-20).map(({ slot, author }): TimelineRow => ({
      ...mark(author),
      ...{ key: `slot ${slot}`, kind: "missed", number: null, hash: null, slot, finalized: false },
    }));
    const row: TimelineRow = {
      ...mark(block.author),
      ...{ key: `block ${header.number}`, kind: "block", number: header.number },
      ...{ hash: header.hash, slot: block.slot },
    };
    facts.recent = [row, ...missed.reverse(), ...rows].slice(0, RECENT);
  }

  await onBest(await fetchHeader(link));
  return { onBest };
}

/** Null where the state is pruned or the call is refused: the author stays unknown. */
async function authoritiesAt(link: Link, hash: string): Promise<readonly string[] | null> {
  try {
    return await fetchAuthorities(link, hash);
  } catch (error) {
    if (isCode(error, "discarded", "rpc", "bad-reply")) return null;
    throw error;
  }
}
