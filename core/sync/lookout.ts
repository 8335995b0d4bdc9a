// Looks at every node of the list every few seconds: whether those not in use could be, and whether the one in use still should.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import { reach } from "../chain/reach.ts";
import { fetchHealth } from "../chain/rpc-node.ts";
import { fetchHeader } from "../chain/rpc.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import type { Log } from "../log.ts";
import { describeDifference, readIdentity } from "../storage/meta.ts";
import type { ChainIdentity } from "../types.ts";
import type { FailoverPace } from "./context.ts";
import type { Nodes } from "./nodes.ts";
import { fetchIdentity } from "./session.ts";

/** A node that does not answer a look by then is away. */
const LOOK_TIMEOUT_MS = 5000;
/** One wrong reply looks like another chain: it must say the same so often again to be believed. */
const ASKED_AGAIN = 2;

export interface Lookout extends Disposable {
  /** The node in use, and the session's link to it. */
  watch: (url: string, link: Link) => void;
  /** None is in use. */
  unwatch: () => void;
  /** The node in use answered something. */
  heard: () => void;
}

const NOBODY: Lookout = {
  ...{ watch: () => undefined, unwatch: () => undefined, heard: () => undefined },
  [Symbol.dispose]: () => undefined,
};

/** Closed, it asks nobody any more. A node by itself is not looked at: there is no other to move to. */
export function openLookout(db: Database, nodes: Nodes, log: Log, pace: FailoverPace): Lookout {
  if (nodes.standings.length < 2) return NOBODY;
  const standby = new Map<string, { link: Link; isOurs: boolean }>();
  const busy = new Set<string>();
  let inUse: { url: string; link: Link; askedAt: number | null } | null = null;
  let heardAt = performance.now();
  let lastRound = performance.now();
  const closing = new AbortController();

  function concerns(url: string): boolean {
    return !closing.signal.aborted && inUse?.url !== url;
  }

  function drop(url: string): void {
    standby.get(url)?.link.close();
    standby.delete(url);
  }

  async function connectTo(url: string): Promise<void> {
    const limits = { timeoutMs: LOOK_TIMEOUT_MS };
    const { link } = await reach(url, limits, closing.signal, LOOK_TIMEOUT_MS);
    if (concerns(url)) standby.set(url, { link, isOurs: false });
    else link.close();
  }

  /** The node's chain is compared with the file's once on each connection. Until then it counts for nothing. */
  async function checkChain(url: string): Promise<void> {
    const node = standby.get(url);
    const bound = node === undefined ? null : readIdentity(db);
    if (node === undefined || node.isOurs || bound === null) return;
    const difference = await findDifference(node.link, bound);
    if (difference === null) node.isOurs = true;
    else nodes.refuse(url, difference);
  }

  async function lookAt(url: string): Promise<void> {
    busy.add(url);
    try {
      if (!standby.has(url)) await connectTo(url);
      await checkChain(url);
      const node = standby.get(url);
      if (node === undefined || !node.isOurs) return;
      const said = await ask(node.link);
      if (concerns(url)) nodes.told(url, said);
    } catch (error) {
      drop(url);
      if (!concerns(url)) return;
      if (nodes.told(url, null)) tellAway(url, error);
    } finally {
      busy.delete(url);
    }
  }

  function tellAway(url: string, error: unknown): void {
    const level = error instanceof MonitorError ? "debug" : "warn";
    log[level](`${url} is not in use and away: ${describeError(error)}`, { url });
  }

  /** Its failures the session meets by itself; what matters here is when nothing comes. */
  async function lookAtInUse(use: NonNullable<typeof inUse>): Promise<void> {
    if (use.askedAt !== null) return;
    use.askedAt = performance.now();
    try {
      const said = await ask(use.link);
      if (inUse === use) nodes.told(use.url, said);
    } catch (error) {
      log.debug(`a look failed: ${describeError(error)}`, { url: use.url });
    } finally {
      use.askedAt = null;
    }
  }

  function isHung(now: number): boolean {
    const askedAt = inUse?.askedAt ?? null;
    return askedAt !== null && now - Math.max(askedAt, heardAt) >= pace.silentMs;
  }

  function round(): void {
    const now = performance.now();
    // After a pause of our own what was answered meanwhile is still to be read.
    const isLate = now - lastRound > 2 * pace.lookMs;
    lastRound = now;
    nodes.review(!isLate && isHung(now));
    if (inUse !== null) void lookAtInUse(inUse);
    for (const { url, refused } of nodes.standings) {
      if (refused !== null) drop(url);
      else if (concerns(url) && !busy.has(url)) void lookAt(url);
    }
  }

  const timer = setInterval(round, pace.lookMs);
  return {
    watch: (url, link) => {
      inUse = { url, link, askedAt: null };
      drop(url);
      heardAt = performance.now();
    },
    unwatch: () => (inUse = null),
    heard: () => (heardAt = performance.now()),
    [Symbol.dispose]: () => {
      closing.abort();
      clearInterval(timer);
      for (const url of standby.keys()) drop(url);
    },
  };
}

async function ask(link: Link): Promise<{ head: number; syncing: boolean | null }> {
  const [health, { number }] = await Promise.all([
    fetchHealth(link).catch((error: unknown) => {
      if (isCode(error, "rpc", "bad-reply")) return null;
      throw error;
    }),
    fetchHeader(link),
  ]);
  return { head: number, syncing: health?.syncing ?? null };
}

/** Why its chain is not the file's; null = it is. */
async function findDifference(link: Link, bound: ChainIdentity): Promise<string | null> {
  const identity = await fetchIdentity(link);
  const difference = describeDifference(bound, identity);
  if (difference === null) return null;
  for (let asked = 0; asked < ASKED_AGAIN; asked++) {
    if (Bun.deepEquals(await fetchIdentity(link), identity)) continue;
    throw new MonitorError("bad-reply", "the node contradicts itself about its chain");
  }
  return difference;
}
