// Unknown authors, settled by proof: the seal is tried against every key we know.
import { fetchHeaders } from "../chain/rpc.ts";
import { readRange } from "../storage/position.ts";
import type { UnattributedBlock } from "../storage/unattributed.ts";
import {
  readBeforeFirstList,
  readUnattributed,
  settleBlocks,
  settleFirstList,
} from "../storage/unattributed.ts";
import type { Header } from "../types.ts";
import type { Session } from "./context.ts";
import { inferRota } from "./rota.ts";
import { sealVerifier } from "./seals.ts";

const BLOCKS_PER_STEP = 50;
/** A verification costs about a millisecond; signals and heads want their turn in between. */
const TRIES_PER_TURN = 10;

/**
 * Tries to settle every unattributed block, then the turns missed before the first known list.
 * Returns how many blocks were settled.
 */
export async function settleUnattributed(session: Session): Promise<number> {
  const unknown = readUnattributed(session.db);
  const count = unknown.length === 0 ? 0 : await settleAuthors(session, unknown);
  // Also when nothing is unknown any more: we may have been stopped between the two.
  settleTurns(session);
  return count;
}

async function settleAuthors(
  session: Session,
  unknown: readonly UnattributedBlock[],
): Promise<number> {
  const { db, chain, writer, link, hooks } = session;
  const tried = await sealTrial(session);
  let count = 0;
  for (let i = 0; i < unknown.length && !session.signal.aborted; i += BLOCKS_PER_STEP) {
    const step = unknown.slice(i, i + BLOCKS_PER_STEP);
    const headers = await fetchHeaders(
      link,
      step.map((block) => block.hash),
    );
    const settled: ((typeof step)[number] & { author: string })[] = [];
    for (const [j, block] of step.entries()) {
      const header = headers[j];
      const author = header === undefined ? null : await tried(header);
      if (author !== null) settled.push({ ...block, author });
    }
    settleBlocks(db, chain, writer.dictionary, settled);
    count += settled.length;
  }
  hooks.log.info(`settled the authors of ${count} of ${unknown.length} blocks by their seals`, {
    settled: count,
    unknown: unknown.length,
  });
  return count;
}

/** Who sealed a header, the most recent signers first: a committee's members come round again. */
async function sealTrial(session: Session): Promise<(header: Header) => Promise<string | null>> {
  const fits = await sealVerifier();
  const keys = session.writer.dictionary.keys();
  let tries = 0;
  return async (header) => {
    for (const [rank, key] of keys.entries()) {
      if (++tries % TRIES_PER_TURN === 0) await new Promise(setImmediate);
      if (session.signal.aborted) return null;
      if (!fits(header, key)) continue;
      keys.splice(rank, 1);
      keys.unshift(key);
      return key;
    }
    return null;
  };
}

function settleTurns(session: Session): void {
  const { db, chain, writer, hooks } = session;
  const { first } = readRange(db);
  if (first === null) return;
  const before = readBeforeFirstList(db, writer.dictionary);
  // The list at the start is known: there is no stretch before it.
  if (before.size <= 1) return;
  const rota = inferRota(before);
  if (rota === null) return;
  settleFirstList(db, chain, writer.dictionary, first - 1, rota);
  hooks.log.info(
    `the first authority list (${rota.length} seats) follows from ${before.size} seals`,
    {
      seats: rota.length,
    },
  );
}
