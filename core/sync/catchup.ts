// From the stored tip to the node's: ranges of blocks by number, pipelined, one transaction a batch.
import { judge } from "../attribution.ts";
import { fetchBlocks, fetchHash, fetchHashes } from "../chain/rpc.ts";
import { MonitorError } from "../errors.ts";
import { readPosition } from "../storage/position.ts";
import type { Block, JudgedBlock, Position } from "../types.ts";
import type { Session } from "./context.ts";
import { prefetch } from "./prefetch.ts";
import { checkSeals } from "./seals.ts";

/**
 * Stores every block from the tip up to `target`, in order, each judged by its parent. When the tip was
 * reorganised away meanwhile, the first batch replaces what is no longer canonical.
 */
export async function catchUp(
  session: Session,
  target: number,
  nodeFinalized: { number: number; hash: string },
): Promise<void> {
  let parent = await commonAncestor(session, target);
  let rewindTo = parent.number < session.tip.number ? parent.number : undefined;
  for await (const blocks of fetchRange(session, parent.number + 1, target)) {
    if (session.signal.aborted) return;
    let judged = judgeAll(parent, blocks);
    if (session.options.verifySeals === "all") judged = await checkSeals(session, judged);
    const last = judged.at(-1);
    if (last === undefined) continue;
    const finalized = lastFinal(judged, nodeFinalized.number);
    session.writer.commit({ blocks: judged, rewindTo, finalized });
    rewindTo = undefined;
    parent = last.position;
    session.tip = parent;
    session.meter.stored(parent.number);
    session.finalized = finalized ?? session.finalized;
    const { number } = parent;
    session.hooks.onProgress({ number, target, finalized: session.finalized?.number ?? null });
  }
  takeFinality(session, nodeFinalized);
}

/** A block stored before may have become final since: it is not among those just fetched. */
function takeFinality(session: Session, { number, hash }: { number: number; hash: string }): void {
  if (number > session.tip.number || number <= (session.finalized?.number ?? 0)) return;
  if (readPosition(session.db, session.writer.dictionary, number)?.hash !== hash) return;
  session.finalized = { number, hash };
  session.writer.commit({ blocks: [], finalized: session.finalized });
}

/** Hashes at or below the node's finalized height were asked for after that height: they are final. */
function lastFinal(
  blocks: readonly JudgedBlock[],
  height: number,
): { number: number; hash: string } | undefined {
  const header = blocks.findLast((block) => block.header.number <= height)?.header;
  return header && { number: header.number, hash: header.hash };
}

function judgeAll(parent: Position, blocks: readonly Block[]): JudgedBlock[] {
  let position = parent;
  return blocks.map((block) => {
    const judged = judge(position, block);
    position = judged.position;
    return judged;
  });
}

function fetchRange(session: Session, from: number, to: number): AsyncGenerator<Block[]> {
  const { concurrency } = session.options;
  const { link, batchSize } = session;
  // Hashes run one window ahead of blocks, so that a batch costs one round trip and not two.
  const hashes = prefetch(ranges(from, to, batchSize), concurrency, ([first, last]) =>
    fetchHashes(link, first, last),
  );
  return prefetch(hashes, concurrency, (list) => fetchBlocks(link, list));
}

function* ranges(from: number, to: number, size: () => number): Generator<[number, number]> {
  for (let first = from; first <= to;) {
    const last = Math.min(to, first + size() - 1);
    yield [first, last];
    first = last + 1;
  }
}

/**
 * The highest stored block that is canonical for the node too: the tip itself, nearly always.
 * Throws `wrong-chain` when the node contradicts a block it had finalized.
 */
async function commonAncestor(session: Session, nodeBest: number): Promise<Position> {
  const { tip } = session;
  // A node that is behind us contradicts nothing yet: compare where both have a block.
  const top = Math.min(tip.number, nodeBest);
  if ((await agreedPosition(session, top)) !== null) return tip;
  const floor = session.finalized?.number ?? 0;
  // Downwards in doubling steps to some agreed block, then upwards by halves to the last one.
  let differs = top;
  let agreed: Position | null = null;
  for (let back = 1; agreed === null; back *= 2) {
    const number = Math.max(floor, top - back);
    agreed = await agreedPosition(session, number);
    if (agreed === null && number <= floor) throw contradiction(number);
    if (agreed === null) differs = number;
  }
  while (differs - agreed.number > 1) {
    const middle = Math.floor((agreed.number + differs) / 2);
    const position = await agreedPosition(session, middle);
    if (position === null) differs = middle;
    else agreed = position;
  }
  return agreed;
}

/** The stored position at a height, if the node's canonical block there is the same. */
async function agreedPosition(session: Session, number: number): Promise<Position | null> {
  const { db, writer, link, tip } = session;
  const position = number === tip.number ? tip : readPosition(db, writer.dictionary, number);
  if (position === null) throw contradiction(number);
  return (await fetchHash(link, number)) === position.hash ? position : null;
}

function contradiction(number: number): MonitorError {
  return new MonitorError(
    "wrong-chain",
    `the node's block ${number} is not the one stored here, which is final or the first we have`,
    { hint: "the chain was reset, or this is another node: start afresh with another --db-path" },
  );
}
