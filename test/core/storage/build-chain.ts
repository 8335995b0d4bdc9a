// Judged blocks with readable hashes, for the writer: forks are written as lists of slots.
import { judge } from "../../../core/attribution.ts";
import type { Authorities, JudgedBlock, Position } from "../../../core/types.ts";

export const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: 10 };

export const ANNA = hexOf("anna");
export const BERT = hexOf("bert");
export const CARL = hexOf("carl");

/** 32 bytes that can be read in a dump. */
export function hexOf(text: string): string {
  return `0x${Buffer.from(text.padEnd(32, ".")).toString("hex")}`;
}

export const GENESIS: Position = {
  number: 0,
  hash: hexOf("genesis"),
  slot: null,
  authorities: [ANNA, BERT, CARL],
};

export interface Step {
  slot: number;
  /** The block changes the list. */
  list?: Authorities;
  spec?: number;
}

/** Blocks at these slots, each on the one before, from a parent on; `branch` tells forks apart. */
export function buildChain(
  parent: Position,
  steps: readonly (number | Step)[],
  branch = "main",
): JudgedBlock[] {
  let position = parent;
  return steps.map((each) => {
    const { slot, list, spec } = typeof each === "number" ? { slot: each } : each;
    const number = position.number + 1;
    const judged = judge(position, {
      header: {
        number,
        hash: hexOf(`${branch} ${number} at ${slot}`),
        parentHash: position.hash,
        digest: {
          engine: "aura",
          slot,
          authorityIndex: null,
          newAuthorities: list ?? null,
          specVersion: spec ?? 1_000_000,
          seal: null,
        },
        preHash: () => new Uint8Array(32),
      },
      extrinsics: 4,
    });
    position = judged.position;
    return judged;
  });
}
