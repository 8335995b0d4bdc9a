// What really happened, from the generator's own records.
import { type Block, isCanonical } from "./chain.ts";
import type { Node } from "./node.ts";
import { slotOwner } from "./produce.ts";

export interface TruthBlock {
  number: number;
  hash: string;
  parentHash: string;
  slot: number;
  /** Aura key, hex. */
  author: string;
  extrinsics: number;
  rotation: boolean;
}

export interface Truth {
  genesisHash: string;
  /** Canonical, from number 1. */
  blocks: TruthBlock[];
  /** Slots between two canonical blocks that have no canonical block. */
  missed: { slot: number; author: string }[];
  /** Blocks seen that lost. */
  orphans: TruthBlock[];
  finalized: number;
  best: number;
}

function auraOf(node: Node, candidate: number): string {
  return node.candidates[candidate]?.auraHex ?? "";
}

function truthBlock(node: Node, block: Block): TruthBlock {
  return {
    number: block.number,
    hash: block.hash,
    parentHash: block.parent?.hash ?? "",
    slot: block.slot,
    author: auraOf(node, block.author),
    extrinsics: block.extrinsics,
    rotation: block.rotation,
  };
}

/** Side blocks of a fork that is still open may yet win. */
function undecided(node: Node): Set<Block> {
  const open = new Set<Block>();
  const { fork } = node.producer;
  for (let b: Block | undefined = fork?.winning; b && b !== fork?.common; b = b.parent) open.add(b);
  return open;
}

export function tellTruth(node: Node): Truth {
  const { chain } = node;
  const missed: Truth["missed"] = [];
  for (const block of chain.canonical.slice(2)) {
    const { parent } = block;
    if (!parent) continue;
    for (let slot = parent.slot + 1; slot < block.slot; slot++)
      missed.push({ slot, author: auraOf(node, slotOwner(parent, slot)) });
  }
  const open = undecided(node);
  const lost = [...chain.byHash.values()].filter((b) => !isCanonical(chain, b) && !open.has(b));
  return {
    genesisHash: chain.genesis.hash,
    blocks: chain.canonical.slice(1).map((block) => truthBlock(node, block)),
    missed,
    orphans: lost.map((block) => truthBlock(node, block)),
    finalized: chain.finalized.number,
    best: chain.best.number,
  };
}

export function tellHeads({ chain }: Node): Pick<Truth, "best" | "finalized"> {
  return { best: chain.best.number, finalized: chain.finalized.number };
}
