// One connection's worth of syncing: identify, find the start, catch up, follow.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import { isOfNetwork } from "../chain/networks.ts";
import { fetchChainName, fetchFinalized, fetchHash, fetchHeader } from "../chain/rpc.ts";
import { fetchConstants } from "../chain/runtime.ts";
import { MonitorError } from "../errors.ts";
import { bindConstants, bindToChain, readConstants, readIdentity } from "../storage/meta.ts";
import { readFinalized, readPosition, readRange } from "../storage/position.ts";
import { openWriter } from "../storage/write.ts";
import type { ChainConstants, ChainIdentity } from "../types.ts";
import { fetchPosition } from "./bootstrap.ts";
import { catchUp } from "./catchup.ts";
import type { Session } from "./context.ts";
import { follow } from "./follow.ts";
import { openHousekeeping } from "./housekeeping.ts";

/** A tip this close to the node's is worth following live. */
const CLOSE = 16;

type Given = Pick<Session, "link" | "identity" | "options" | "hooks" | "signal" | "meter"> &
  Pick<Session, "batchSize" | "side" | "news">;

export async function openSession(db: Database, given: Given): Promise<Session> {
  const { link, identity, options, meter } = given;
  checkNetwork(identity.name, options.network);
  const chain = await fetchConstants(link);
  const known = { identity: readIdentity(db), chain: readConstants(db) };
  if (!Bun.deepEquals(known, { identity, chain })) await confirm(link, identity, chain);
  bindToChain(db, identity);
  bindConstants(db, chain);
  const writer = meter.measure(openWriter(db, chain));
  const finalized = readFinalized(db);
  const { last } = readRange(db);
  const stored = last === null ? null : readPosition(db, writer.dictionary, last);
  const base = { ...given, db, writer, chain, finalized };
  if (stored !== null) {
    meter.stored(stored.number);
    return { ...base, tip: stored };
  }
  const tip = await fetchPosition(base, Math.max(1, options.startBlock) - 1);
  writer.start(tip);
  return { ...base, tip };
}

function checkNetwork(chainName: string, wanted: string | null): void {
  if (wanted === null || isOfNetwork(chainName, wanted)) return;
  throw new MonitorError(
    "wrong-chain",
    `the node is on ${JSON.stringify(chainName)}, not on ${JSON.stringify(wanted)}`,
    { hint: "name another node with --rpc-url, or mend [chain] network (MVM_NETWORK)" },
  );
}

/** What the file would keep, or would end the session: asked twice, for one wrong reply must not become a truth. */
async function confirm(link: Link, identity: ChainIdentity, chain: ChainConstants): Promise<void> {
  const again = { identity: await fetchIdentity(link), chain: await fetchConstants(link) };
  if (Bun.deepEquals(again, { identity, chain })) return;
  throw new MonitorError("bad-reply", "the node contradicts itself about its chain", {
    hint: "asked twice, it named different hashes or epochs",
  });
}

/** Runs until the link dies (throws), we are asked to stop, or, with `once`, the tip is reached. */
export async function runSession(session: Session): Promise<void> {
  const { hooks, signal, options } = session;
  const housekeeping = openHousekeeping(session);
  while (!signal.aborted) {
    await catchUpToTip(session);
    if (signal.aborted) return;
    const finalized = session.finalized?.number ?? null;
    hooks.onSynced({ number: session.tip.number, target: session.tip.number, finalized });
    const chores = housekeeping.run();
    if (options.once) return await chores;
    await Promise.race([follow(session), chores.then(() => Promise.withResolvers<void>().promise)]);
  }
}

async function catchUpToTip(session: Session): Promise<void> {
  const { link, signal, options } = session;
  let checkedAgainstNode = false;
  while (!signal.aborted) {
    const finalized = await fetchFinalized(link);
    const target = options.finalizedOnly ? finalized : await fetchHeader(link);
    const behind = target.number - session.tip.number;
    session.meter.saw(target.number);
    // At least one pass compares our tip with the node's chain, even when it seems to be the same height.
    if (checkedAgainstNode && behind <= (options.once ? 0 : CLOSE)) return;
    await catchUp(session, target.number, finalized);
    checkedAgainstNode = true;
  }
}

export async function fetchIdentity(link: Link): Promise<ChainIdentity> {
  const genesisHash = await fetchHash(link, 0);
  if (genesisHash === null) throw new MonitorError("bad-reply", "the node names no genesis block");
  return { name: await fetchChainName(link), genesisHash, block1Hash: await fetchHash(link, 1) };
}
