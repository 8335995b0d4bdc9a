// Checking that the key the rota names did seal the block.
import type { SealVerifier } from "../chain/seal.ts";
import { loadSealVerifier } from "../chain/seal.ts";
import type { JudgedBlock } from "../types.ts";
import type { Session } from "./context.ts";

let verifier: SealVerifier | undefined;

/** The signature library, loaded on first need. */
export async function sealVerifier(): Promise<SealVerifier> {
  verifier ??= await loadSealVerifier();
  return verifier;
}

/**
 * Checks each attributed block. A mismatch is no attribution: the author becomes unknown, the block is
 * named in the log and marked, and its seal is tried against the known keys later.
 */
export async function checkSeals(
  session: Session,
  blocks: readonly JudgedBlock[],
): Promise<JudgedBlock[]> {
  const fits = await sealVerifier();
  const checked: JudgedBlock[] = [];
  for (const block of blocks) {
    checked.push(checkSeal(session, block, fits));
    // A check costs a millisecond; signals and sockets want their turn in between.
    if (checked.length % 16 === 0) await new Promise(setImmediate);
  }
  return checked;
}

function checkSeal(session: Session, block: JudgedBlock, fits: SealVerifier): JudgedBlock {
  if (block.author === null) return block;
  if (fits(block.header, block.author)) return { ...block, seal: "verified" };
  const { number, hash } = block.header;
  // A header without a body is only what the node pushed: it never showed that there is such a block.
  const level = block.extrinsics === null ? "debug" : "error";
  session.hooks.log[level](
    `block ${number} (${hash}): the seal is not by ${block.author}, whose turn slot ${block.slot} was`,
    { block: number, slot: block.slot, author: block.author },
  );
  return { ...block, author: null, attribution: "unknown", seal: "mismatch" };
}
