// The block tree as one node has it: what is imported, what is best, what is final.
import type { ChainState } from "./runtime.ts";

export interface Block {
  number: number;
  hash: string;
  parent: Block | undefined;
  /** 0 for genesis, which has none. */
  slot: number;
  /** Candidate index; -1 for genesis. */
  author: number;
  extrinsics: number;
  rotation: boolean;
  /** After this block. */
  state: ChainState;
  headerJson: string;
  /** The whole result of chain_getBlock. */
  blockJson: string;
}

export interface Chain {
  genesis: Block;
  byHash: Map<string, Block>;
  /** The best chain by height. */
  canonical: Block[];
  best: Block;
  finalized: Block;
}

export function openChain(genesis: Block): Chain {
  return {
    genesis,
    byHash: new Map([[genesis.hash, genesis]]),
    canonical: [genesis],
    best: genesis,
    finalized: genesis,
  };
}

/** Returns whether the block became best: the longer chain wins, the first seen keeps a tie. */
export function importBlock(chain: Chain, block: Block): boolean {
  chain.byHash.set(block.hash, block);
  if (block.number <= chain.best.number) return false;
  chain.best = block;
  for (let b: Block | undefined = block; b && chain.canonical[b.number] !== b; b = b.parent)
    chain.canonical[b.number] = b;
  return true;
}

export function isCanonical(chain: Chain, block: Block): boolean {
  return chain.canonical[block.number] === block;
}

/** Finalizes up to `number` on the best chain; undefined when that is nothing new. */
export function finalizeTo(chain: Chain, number: number): Block | undefined {
  const block = chain.canonical[number];
  if (!block || block.number <= chain.finalized.number) return undefined;
  chain.finalized = block;
  return block;
}
