// What the node alone knows of the turns to come: three answers about its best block.
import { isCode } from "../errors.ts";
import type { Outlook } from "../schedule.ts";
import { epochOf } from "../time.ts";
import type { Authorities, ChainConstants } from "../types.ts";
import type { Link } from "./link.ts";
import { fetchHeader } from "./rpc.ts";
import {
  fetchActiveEngine,
  fetchAuthorities,
  fetchConstants,
  fetchNextCommittee,
} from "./runtime.ts";

export interface NodeOutlook extends Outlook {
  chain: ChainConstants;
  lastBlock: number;
  /** False under BABE, where no list tells whose turn comes: then `authorities` is null. */
  followsRota: boolean;
  /** The last list there was, whether it still tells turns or only seats. */
  lastList: Authorities;
}

export async function fetchOutlook(link: Link): Promise<NodeOutlook> {
  const chain = await fetchConstants(link);
  const { number, hash, digest } = await fetchHeader(link);
  const engine = digest.engine === "babe" ? "babe" : await fetchActiveEngine(link, hash);
  const lastList = await fetchAuthorities(link, hash);
  const base = { chain, lastBlock: number, lastSlot: digest.slot, lastList };
  if (engine === "babe") return { ...base, followsRota: false, authorities: null, next: null };
  const next = await fetchNextCommittee(link, hash).catch((error: unknown) => {
    // A runtime without the call, or with another layout: the present epoch is known all the same.
    if (isCode(error, "rpc", "bad-reply", "discarded")) return null;
    throw error;
  });
  const epoch = digest.slot === null ? null : epochOf(digest.slot, chain);
  // Only what the chain itself dates to the next epoch is a prediction.
  const isNext = next !== null && epoch !== null && next.epoch === epoch + 1;
  const members = isNext ? next.members.map(({ aura }) => aura) : null;
  return { ...base, followsRota: true, authorities: lastList, next: members };
}
