// Which of several nodes of one chain is asked: the preferred one, unless another serves better. Pure.

/** A node within so many blocks of the highest one known is at the tip, for as long as a lag is borne. */
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
  /** A block another node has had since then, and this one still has not. */
  lacks: { head: number; sinceMs: number } | null;
  /** Without a break since then it could have been used; null = it could not now. */
  fitSinceMs: number | null;
}

export interface Limits {
  /** A node may lack a block another one has for so long. */
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
    ...{ lacks: null, fitSinceMs: null },
  };
}

/** Brings `lacks` and `fitSinceMs` of all up to what they have told. */
export function compare(nodes: readonly Standing[], nowMs: number, { lagMs }: Limits): void {
  const highest = highestOf(nodes);
  for (const node of nodes) {
    const { head, lacks } = node;
    if (head === null || head >= highest) node.lacks = null;
    else if (lacks === null || head >= lacks.head) node.lacks = { head: highest, sinceMs: nowMs };
    if (!isAtTip(node, highest) || isBehind(node, nowMs, lagMs)) node.fitSinceMs = null;
    else node.fitSinceMs ??= nowMs;
  }
}

function highestOf(nodes: readonly Standing[]): number {
  return Math.max(0, ...nodes.map(({ head }) => head ?? 0));
}

function isAtTip({ refused, away, head, syncing }: Standing, highest: number): boolean {
  if (refused !== null || away || head === null) return false;
  return syncing !== true && head >= highest - CLOSE;
}

function isBehind({ lacks }: Standing, nowMs: number, lagMs: number): boolean {
  return lacks !== null && nowMs - lacks.sinceMs >= lagMs;
}

/**
 * Whom to ask when nobody is in use: of those not `tried` yet the best, the preferred one among equals.
 * Null = there is nobody left to try.
 */
export function chooseNext(nodes: readonly Standing[], tried: ReadonlySet<string>): string | null {
  const rank = ({ fitSinceMs, away, head }: Standing): number => {
    if (fitSinceMs !== null) return 0;
    if (away) return 3;
    return head === null ? 1 : 2;
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
  const place = nodes.findIndex(({ url }) => url === inUse);
  const fit = nodes.filter((node, i) => i !== place && node.fitSinceMs !== null);
  const [any] = fit;
  if (any === undefined) return null;
  if (isHung) return { to: any.url, why: `${inUse} does not answer any more`, isReturn: false };
  // One that failed a moment ago is not left a working one for.
  const rested = fit.filter(
    ({ failedAtMs }) => failedAtMs === null || nowMs - failedAtMs >= returnAfterMs,
  );
  const used = nodes[place];
  const lacks = used === undefined || !isBehind(used, nowMs, lagMs) ? null : used.lacks;
  if (lacks !== null) {
    const better = rested.find(({ head }) => head !== null && head >= lacks.head);
    if (better === undefined) return null;
    const why = `${inUse} lacks block ${lacks.head}, which ${better.url} has had for a while`;
    return { to: better.url, why, isReturn: false };
  }
  const preferred = rested.find(
    ({ url, fitSinceMs }) =>
      nodes.findIndex((node) => node.url === url) < place &&
      nowMs - (fitSinceMs ?? nowMs) >= returnAfterMs,
  );
  if (preferred === undefined) return null;
  return { to: preferred.url, why: `${preferred.url} is well again`, isReturn: true };
}
