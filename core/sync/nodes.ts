// The nodes of one chain: which is in use, what is known of the others, and when to move to one of them.
import type { Link } from "../chain/link.ts";
import type { ErrorCode } from "../errors.ts";
import { describeError, isCode } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Limits, Move, Standing } from "./choice.ts";
import { chooseMove, chooseNext, compare, newStanding } from "./choice.ts";

/** One wrong reply looks like another chain; a node that says so this often is one. */
const CONTRADICTIONS = 3;
/** Nonsense happens; so often within a minute it is what the node does. */
const STRIKES = 3;
const STRIKES_WITHIN_MS = 60_000;
const NONSENSE: readonly ErrorCode[] = ["bad-reply", "too-much", "rpc", "discarded"];

/** The node in use was left on purpose. */
export class Departure extends Error {
  readonly move: Move;

  constructor(move: Move) {
    super(move.why);
    this.move = move;
  }
}

/** One session with one node. */
interface Use extends Disposable {
  /** Set once the lookout has decided to leave; the link is closed then. */
  readonly departure: Departure | null;
}

export interface Nodes {
  readonly standings: readonly Standing[];
  /** Whom to ask now: the one in use until it is given up. */
  next: () => string;
  /**
   * An attempt failed, after so many blocks. Returns the node to go on with at once; null = there is none,
   * for the same is worth another attempt, or all were tried.
   */
  failed: (url: string, error: unknown, blocksStored: number) => string | null;
  /** A session with this node begins. */
  use: (url: string, link: Link) => Use;
  /** The node in use is on our chain up to its tip. */
  agreed: () => void;
  /** What a look at a node brought; null = it did not answer. Says whether it is away now and was not before. */
  told: (url: string, said: { head: number; syncing: boolean | null } | null) => boolean;
  refuse: (url: string, why: string) => void;
  /** Leaves the node in use where that is better. `isHung`: it has stopped answering. */
  review: (isHung: boolean) => void;
}

export function openNodes(
  urls: readonly string[],
  log: Log,
  limits: () => Limits,
  clock: () => number = () => performance.now(),
): Nodes {
  const standings = urls.map(newStanding);
  const byUrl = new Map(standings.map((node) => [node.url, node]));
  const contradictions = new Map<string, number>();
  const strikes = new Map<string, number[]>();
  const tried = new Set<string>();
  let current: string | null = null;
  let session: { url: string; link: Link; departure: Departure | null } | null = null;

  function standingOf(url: string): Standing {
    const node = byUrl.get(url);
    if (node === undefined) throw new Error(`${url} is none of the nodes`);
    return node;
  }

  function refuse(url: string, why: string): void {
    const node = standingOf(url);
    if (node.refused !== null || standings.every((each) => each === node || each.refused !== null))
      return;
    Object.assign(node, { refused: why, head: null });
    compare(standings, clock(), limits());
    log.error(`${url} is not asked again until the next start: ${why}`, { url });
  }

  function giveUp(url: string): string | null {
    tried.add(url);
    strikes.delete(url);
    told(url, null);
    standingOf(url).failedAtMs = clock();
    current = chooseNext(standings, tried);
    // All were tried: after a pause they are tried again.
    if (current === null) tried.clear();
    return current;
  }

  function isStruckOut(url: string): boolean {
    const nowMs = clock();
    const recent = (strikes.get(url) ?? []).filter((at) => nowMs - at < STRIKES_WITHIN_MS);
    strikes.set(url, [...recent, nowMs]);
    return recent.length + 1 >= STRIKES;
  }

  function failed(url: string, error: unknown, blocksStored: number): string | null {
    if (blocksStored > 0) tried.clear();
    if (isCode(error, "wrong-chain")) {
      const count = (contradictions.get(url) ?? 0) + 1;
      contradictions.set(url, count);
      if (count >= CONTRADICTIONS) refuse(url, describeError(error));
      return giveUp(url);
    }
    const isOver = isCode(error, "unavailable") || (isCode(error, ...NONSENSE) && isStruckOut(url));
    return isOver ? giveUp(url) : null;
  }

  function told(url: string, said: { head: number; syncing: boolean | null } | null): boolean {
    const node = standingOf(url);
    if (node.refused !== null) return false;
    const isNews = said === null && !node.away;
    Object.assign(node, { away: said === null, head: null, syncing: null, ...said });
    compare(standings, clock(), limits());
    return isNews;
  }

  return {
    standings,
    next: () => {
      current ??= chooseNext(standings, tried);
      // The last of them is never refused.
      if (current === null) throw new Error("no node is left");
      return current;
    },
    failed,
    use: (url, link) => {
      const opened: NonNullable<typeof session> = { url, link, departure: null };
      session = opened;
      return {
        get departure() {
          return opened.departure;
        },
        [Symbol.dispose]: () => {
          if (session === opened) session = null;
        },
      };
    },
    agreed: () => {
      if (session !== null) contradictions.delete(session.url);
    },
    told,
    refuse,
    review: (isHung) => {
      if (session === null || session.departure !== null) return;
      const move = chooseMove(standings, session.url, isHung, clock(), limits());
      if (move === null) return;
      if (isHung) told(session.url, null);
      session.departure = new Departure(move);
      current = move.to;
      session.link.close();
    },
  };
}
