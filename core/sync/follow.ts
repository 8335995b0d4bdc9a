// At the tip: each new head is stored as it comes, reorganisations are walked back by parent hash.
import { judge } from "../attribution.ts";
import { fetchBlocks, fetchFinalizedHash, fetchHeader } from "../chain/rpc.ts";
import { isCode, MonitorError } from "../errors.ts";
import type { Block, Header, JudgedBlock, Position } from "../types.ts";
import type { Session } from "./context.ts";
import { followHeads, NEAR } from "./heads.ts";
import type { RecentBlocks } from "./recent.ts";
import { openRecent } from "./recent.ts";
import { checkSeals } from "./seals.ts";

/** Follows heads until the link dies (throws), we are asked to stop, or a head is far away (returns). */
export async function follow(session: Session): Promise<void> {
  const follower = new Follower(session);
  for await (const { kind, header } of followHeads(session)) {
    session.meter.saw(header.number);
    if (session.signal.aborted || header.number > session.tip.number + NEAR) return;
    if (kind === "best") await follower.moveTo(header);
    else await follower.finalize(header);
  }
}

class Follower {
  readonly #session: Session;
  readonly #recent: RecentBlocks;
  /** What the node last answered when asked for its finalized height. */
  #saidFinal = -1;
  /** Finalized heads may be announced before we stored the block. */
  #finalizedAhead: Header | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#recent = openRecent(session);
  }

  /** Makes the branch that ends in this head the canonical one. */
  async moveTo(head: Header): Promise<void> {
    if (this.#recent.isCanonical(head.hash, head.number)) return;
    const { session, branch, ancestor } = await this.#branchTo(head);
    const { tip } = session;
    let blocks = this.#judge(ancestor, branch);
    if (session.options.verifySeals !== "none") blocks = await checkSeals(session, blocks);
    for (const block of blocks) session.side.delete(block.header.hash);
    const orphans = await this.#losers(head.number);
    const finalized = this.#finalAmong(blocks);
    session.writer.commit({
      blocks,
      orphans,
      rewindTo: ancestor.number < tip.number ? ancestor.number : undefined,
      finalized,
    });
    // Not before they are stored: the link may die on the way there.
    for (const { hash, number } of session.side.values()) {
      if (number <= head.number) session.side.delete(hash);
    }
    this.#recent.replace(ancestor.number, blocks);
    session.tip = blocks.at(-1)?.position ?? tip;
    session.meter.stored(session.tip.number);
    session.finalized = finalized ?? session.finalized;
    const depth = tip.number - ancestor.number;
    blocks.forEach((block, i) => session.hooks.onBlock(block, i === 0 ? depth : 0));
  }

  /** Marks a block final, by its hash. One that is not on our branch moves us to its branch first. */
  async finalize(head: Header): Promise<void> {
    const session = this.#session;
    if (head.number <= (session.finalized?.number ?? -1)) return;
    // A head of another kind, pushed as a final one, would be kept as final for ever.
    if (!(await this.#isFinal(head))) return;
    if (!this.#recent.isCanonical(head.hash, head.number)) {
      this.#finalizedAhead = head;
      // Not stored yet, and its branch will be: unless only finalized blocks are followed.
      if (head.number > session.tip.number && !session.options.finalizedOnly) return;
      return await this.moveTo(head);
    }
    const finalized = { number: head.number, hash: head.hash };
    session.writer.commit({ blocks: [], finalized });
    session.finalized = finalized;
  }

  async #isFinal({ hash, number }: Header): Promise<boolean> {
    const { link } = this.#session;
    if (number <= this.#saidFinal) return true;
    const last = await fetchFinalizedHash(link);
    const height = last === hash ? number : this.#recent.heightOf(last);
    this.#saidFinal = height ?? (await fetchHeader(link, last)).number;
    return number <= this.#saidFinal;
  }

  #finalAmong(blocks: readonly JudgedBlock[]): { number: number; hash: string } | undefined {
    const ahead = this.#finalizedAhead;
    if (ahead === undefined) return undefined;
    if (!blocks.some(({ header }) => header.hash === ahead.hash)) return undefined;
    this.#finalizedAhead = undefined;
    return { number: ahead.number, hash: ahead.hash };
  }

  /** Blocks from the first one not canonical up to the head, and the position they stand on. */
  async #branchTo(
    head: Header,
  ): Promise<{ session: Session; branch: Block[]; ancestor: Position }> {
    const session = this.#session;
    const headers = [head];
    let lowest = head;
    while (!this.#recent.isCanonical(lowest.parentHash, lowest.number - 1)) {
      if (lowest.number - 1 <= (session.finalized?.number ?? 0)) {
        // A head that was pushed is only what the node said. What it does not know is no branch of its chain.
        await fetchHeader(session.link, head.hash);
        throw contradiction(lowest, session);
      }
      lowest =
        session.side.get(lowest.parentHash) ?? (await fetchHeader(session.link, lowest.parentHash));
      headers.unshift(lowest);
    }
    const ancestor = this.#recent.find(lowest.parentHash, lowest.number - 1);
    if (ancestor === null) throw new MonitorError("bad-reply", `no parent for ${lowest.hash}`);
    // Bodies tell the number of extrinsics; a header does not.
    const branch = await fetchBlocks(
      session.link,
      headers.map((header) => header.hash),
    );
    return { session, branch, ancestor };
  }

  #judge(parent: Position, branch: readonly Block[]): JudgedBlock[] {
    let position = parent;
    return branch.map((block) => {
      const judged = judge(position, block);
      position = judged.position;
      this.#recent.add(judged);
      return judged;
    });
  }

  /** Side blocks at or below a height, judged by their own branch. Higher ones may still win. */
  async #losers(height: number): Promise<JudgedBlock[]> {
    const headers = [...this.#session.side.values()]
      .filter((header) => header.number <= height)
      .sort((a, b) => a.number - b.number);
    const losers: JudgedBlock[] = [];
    for (const header of headers) {
      if (this.#recent.isCanonical(header.hash, header.number)) continue;
      losers.push(...(await this.#judgeLoser(header)));
    }
    const checked =
      this.#session.options.verifySeals === "none"
        ? losers
        : await checkSeals(this.#session, losers);
    // Without its body only its seal shows that there was such a block.
    return checked.filter(({ extrinsics, seal }) => extrinsics !== null || seal === "verified");
  }

  /** Judges a side block, and first those before it that were imported before we listened. */
  async #judgeLoser(header: Header, depth = 0): Promise<JudgedBlock[]> {
    const { link } = this.#session;
    const before: JudgedBlock[] = [];
    let parent = this.#recent.find(header.parentHash, header.number - 1);
    try {
      if (parent === null && depth < NEAR) {
        const above = await fetchHeader(link, header.parentHash);
        // Its parent we may know well, and at another height.
        if (above.number !== header.number - 1) return this.#disbelieve(header);
        before.push(...(await this.#judgeLoser(above, depth + 1)));
        parent = before.at(-1)?.position ?? null;
      }
      if (parent === null) return [];
      const blocks = await fetchBlocks(link, [header.hash]);
      return [...before, ...this.#judge(parent, blocks)];
    } catch (error) {
      // The node forgets losing branches in time, and one we moved to never had them all.
      if (!isCode(error, "discarded")) throw error;
      if (parent === null) return before;
      return [...before, ...this.#judgePushed(parent, header)];
    }
  }

  /** What was pushed is only what the node said: it may be no child of its parent at all. */
  #judgePushed(parent: Position, header: Header): JudgedBlock[] {
    try {
      return this.#judge(parent, [{ header, extrinsics: null }]);
    } catch (error) {
      if (!isCode(error, "bad-reply")) throw error;
      return this.#disbelieve(header);
    }
  }

  #disbelieve({ hash }: Header): JudgedBlock[] {
    this.#session.side.delete(hash);
    return [];
  }
}

function contradiction({ number }: Header, { finalized }: Session): MonitorError {
  return new MonitorError(
    "wrong-chain",
    `the node's branch at block ${number} contradicts block ${finalized?.number ?? 0}, which was final`,
    { hint: "the chain was reset, or this is another node: start afresh with another --db-path" },
  );
}
