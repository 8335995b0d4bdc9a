// The last few hundred blocks in memory, canonical or not: the follower neither refetches nor requeries them.
import { readPosition } from "../storage/position.ts";
import type { JudgedBlock, Position } from "../types.ts";
import type { Session } from "./context.ts";

/** Deeper than any fork between two finalized blocks on a healthy chain. */
const KEPT = 512;

export interface RecentBlocks {
  /** Remembers a judged block, canonical or not. */
  add: (block: JudgedBlock) => void;
  /** The position at a block by its hash, when it is in memory or the stored chain. */
  find: (hash: string, number: number) => Position | null;
  /** The height of a block that is in memory; null for any other. */
  heightOf: (hash: string) => number | null;
  isCanonical: (hash: string, number: number) => boolean;
  /** After a reorganisation: the branch from the ancestor up. */
  replace: (ancestor: number, blocks: readonly JudgedBlock[]) => void;
}

export function openRecent(session: Session): RecentBlocks {
  const byHash = new Map<string, Position>([[session.tip.hash, session.tip]]);
  const canonical = new Map<number, string>([[session.tip.number, session.tip.hash]]);

  function storedAt(number: number): Position | null {
    if (number > session.tip.number) return null;
    return readPosition(session.db, session.writer.dictionary, number);
  }

  function isCanonical(hash: string, number: number): boolean {
    const known = canonical.get(number);
    return known === undefined ? storedAt(number)?.hash === hash : known === hash;
  }

  function trim(newest: number): void {
    for (const [hash, position] of byHash) {
      if (position.number < newest - KEPT) byHash.delete(hash);
    }
    for (const number of canonical.keys()) if (number < newest - KEPT) canonical.delete(number);
  }

  return {
    add: (block) => byHash.set(block.header.hash, block.position),
    find: (hash, number) => {
      const known = byHash.get(hash);
      if (known !== undefined) return known;
      const stored = storedAt(number);
      return stored?.hash === hash ? stored : null;
    },
    heightOf: (hash) => byHash.get(hash)?.number ?? null,
    isCanonical,
    replace: (ancestor, blocks) => {
      for (const number of canonical.keys()) if (number > ancestor) canonical.delete(number);
      for (const { header, position } of blocks) {
        canonical.set(header.number, header.hash);
        byHash.set(header.hash, position);
      }
      // Now and then is enough: the maps hold small objects.
      const newest = blocks.at(-1)?.header.number ?? ancestor;
      if (byHash.size > 2 * KEPT) trim(newest);
    },
  };
}
