// The authority list for the first block wanted, from the cheapest source that has it.
import { fetchHash, fetchHashes, fetchHeader, fetchHeaders } from "../chain/rpc.ts";
import { fetchAuthorities } from "../chain/runtime.ts";
import { isCode, MonitorError } from "../errors.ts";
import type { Authorities, Header, Position } from "../types.ts";
import type { Session } from "./context.ts";
import { askTwice } from "./twice.ts";

/** How far back a rotation is looked for. A rotation may be late or skipped, but not for ten epochs. */
const EPOCHS_BACK = 10;
const HEADERS_PER_STEP = 100;

type Source = Pick<Session, "link" | "chain" | "hooks" | "signal">;

/**
 * The position of a block that is not stored: its slot from its header, its list by a runtime call in
 * its state or, where that is pruned, from the last rotation header at or before it (headers are never
 * pruned). Null authorities = neither had it; such blocks are settled later by their seals.
 */
export async function fetchPosition(source: Source, number: number): Promise<Position> {
  const hash = await fetchHash(source.link, number);
  if (hash === null) {
    throw new MonitorError("unavailable", `the node has no block ${number} yet`, {
      hint: "wait until it has synced that far, or start at a lower block",
    });
  }
  const header = await fetchHeader(source.link, hash);
  if (header.number !== number) {
    throw new MonitorError("bad-reply", `the node has block ${header.number} for block ${number}`);
  }
  const authorities = await fetchList(source, number, hash);
  return { number, hash, slot: header.digest.slot, authorities };
}

/** The block before a range of headers, which must be those up to `last`: one left out could be the rotation. */
function parentOfRange(headers: readonly Header[], last: string): string {
  let expected = last;
  for (const { hash, parentHash } of headers.toReversed()) {
    if (hash !== expected) {
      throw new MonitorError("bad-reply", `block ${hash} does not lead to block ${last}`);
    }
    expected = parentHash;
  }
  return expected;
}

async function fetchList(
  source: Source,
  number: number,
  hash: string,
): Promise<Authorities | null> {
  try {
    // Nothing in the first blocks would contradict a wrong list.
    return await askTwice(`the list at ${hash}`, () => fetchAuthorities(source.link, hash));
  } catch (error) {
    if (!isCode(error, "discarded", "rpc")) throw error;
  }
  const lowest = Math.max(1, number - EPOCHS_BACK * source.chain.slotsPerEpoch);
  let next = hash;
  for (let to = number; to >= lowest && !source.signal.aborted; to -= HEADERS_PER_STEP) {
    const from = Math.max(lowest, to - HEADERS_PER_STEP + 1);
    const headers = await fetchHeaders(source.link, await fetchHashes(source.link, from, to));
    next = parentOfRange(headers, next);
    const list = headers.findLast((header) => header.digest.newAuthorities !== null);
    if (list !== undefined) return list.digest.newAuthorities;
  }
  source.hooks.log.info(
    `the authority list at block ${number} is pruned: authors stay unknown until their seals settle them`,
    { block: number },
  );
  return null;
}
