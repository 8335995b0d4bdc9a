// Which of several nodes of one chain is asked: the preferred one, unless another serves better. Pure.

/** A node within so many blocks of the highest one known is at the tip. */
const CLOSE = 5;

/** What is known of one node. Moments are ms of one clock. */
export interface Standing {
  readonly url: string;
  /** Why it is never asked again; null = it may be. */
  refused: string | null;
  /** It did not answer when it was last asked. */
  away: boolean;
  /** When a session with it last failed; null = none did. */
  failedAtMs: number | null;
  /** Its best block; null = not told yet, or not since it was away. */
  head: number | null;
  /** What it says of itself; null = it does not tell. */
  syncing: boolean | null;
  /** Without a break since then it could have been used; null = it could not now. */
  fitSinceMs: number | null;
  /** A block it has had since then, and the node in use still lacks. */
  ahead: { head: number; sinceMs: number } | null;
}

export interface Limits {
  /** The node in use may lack a block another one has for so long. */
  lagMs: number;
  /** A preferred node must have been fit for so long before it is returned to. */
  returnAfterMs: number;
}

export interface Move {
  to: string;
  /** Why the node in use is left, for the operator. */
  why: string;
  /** Nothing is wrong with the node in use: a preferred one is well again. */
  isReturn: boolean;
}

export function newStanding(url: string): Standing {
  return {
    ...{ url, refused: null, away: false, failedAtMs: null, head: null, syncing: null },
    ...{ fitSinceMs: null, ahead: null },
  };
}

/** Whether it could be used now: it answers, is not syncing, and is not behind the others. */
export function isFit(node: Standing, highest: number): boolean {
  if (node.refused !== null || node.away || node.head === null) return false;
  return node.syncing !== true && node.head >= highest - CLOSE;
}

/** The highest block any of them has told. */
export function highestOf(nodes: readonly Standing[]): number {
  return Math.max(0, ...nodes.map(({ head }) => head ?? 0));
}

/**
 * Whom to ask when nobody is in use: of those not `tried` yet the best, the preferred one among equals.
 * Null = there is nobody left to try.
 */
export function chooseNext(nodes: readonly Standing[], tried: ReadonlySet<string>): string | null {
  const highest = highestOf(nodes);
  const rank = (node: Standing): number => {
    if (isFit(node, highest)) return 0;
    if (node.away) return 3;
    return node.head === null ? 1 : 2;
  };
  const left = nodes.filter(({ url, refused }) => refused === null && !tried.has(url));
  const [best] = left.toSorted((one, other) => rank(one) - rank(other));
  return best?.url ?? null;
}

/** Whether the node in use is to be left for another; `isHung`: it has stopped answering. Null = stay. */
export function chooseMove(
  nodes: readonly Standing[],
  inUse: string,
  isHung: boolean,
  nowMs: number,
  { lagMs, returnAfterMs }: Limits,
): Move | null {
  const others = nodes.filter(({ url, fitSinceMs }) => url !== inUse && fitSinceMs !== null);
  const [any] = others;
  if (any === undefined) return null;
  if (isHung) return { to: any.url, why: `${inUse} does not answer any more`, isReturn: false };
  // One that failed a moment ago is not left a working one for.
  const rested = others.filter(
    ({ failedAtMs }) => failedAtMs === null || nowMs - failedAtMs >= returnAfterMs,
  );
  const better = rested.find(({ ahead }) => ahead !== null && nowMs - ahead.sinceMs >= lagMs);
  if (better !== undefined) {
    const why = `${inUse} lacks block ${better.ahead?.head}, which ${better.url} has had for a while`;
    return { to: better.url, why, isReturn: false };
  }
  const place = nodes.findIndex(({ url }) => url === inUse);
  const preferred = rested.find(
    (node) =>
      nodes.indexOf(node) < place &&
      node.fitSinceMs !== null &&
      nowMs - node.fitSinceMs >= returnAfterMs,
  );
  if (preferred === undefined) return null;
  return { to: preferred.url, why: `${preferred.url} is well again`, isReturn: true };
}
