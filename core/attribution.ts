// Who made a block and who missed a slot: pure, from a parent position and a header.
import { MonitorError } from "./errors.ts";
import type { Authorities, Block, Digest, JudgedBlock, MissedSlot, Position } from "./types.ts";

/** Aura's rota. */
export function authorityAt(authorities: Authorities, slot: number): string | null {
  return authorities[slot % authorities.length] ?? null;
}

/**
 * The author of a block, by the list in its *parent's* state: a rotation block writes the next list
 * into its own state after its author was fixed, so its own list is the wrong one to ask.
 *
 * A BABE digest names an index, but nothing yet recorded shows which list it counts in; so there the
 * author stays unknown until a known key fits the seal.
 */
function scheduledAuthor(authorities: Authorities | null, digest: Digest): string | null {
  if (authorities === null || digest.slot === null || digest.engine !== "aura") return null;
  return authorityAt(authorities, digest.slot);
}

/** Slots without a block, some two years of them: each is a row, and a made-up slot could ask for any number. */
const LONGEST_STILL = 10_000_000;

/**
 * Judges a block by the position of its parent.
 * Throws `bad-reply` when the block is no child of the parent or its slot does not follow.
 */
export function judge(parent: Position, block: Block): JudgedBlock {
  const { header } = block;
  const { slot } = header.digest;
  if (header.parentHash !== parent.hash || header.number !== parent.number + 1) {
    throw new MonitorError(
      "bad-reply",
      `block ${header.number} (${header.hash}) is no child of block ${parent.number} (${parent.hash})`,
    );
  }
  if (slot === null || (parent.slot !== null && slot <= parent.slot)) {
    throw new MonitorError(
      "bad-reply",
      `block ${header.number} has slot ${slot ?? "none"}, its parent has slot ${parent.slot}`,
    );
  }
  if (parent.slot !== null && slot - parent.slot > LONGEST_STILL) {
    throw new MonitorError(
      "bad-reply",
      `block ${header.number} has slot ${slot}, ${slot - parent.slot} after its parent's`,
    );
  }
  const author = scheduledAuthor(parent.authorities, header.digest);
  return {
    header,
    extrinsics: block.extrinsics,
    slot,
    author,
    attribution: author === null ? "unknown" : "schedule",
    seal: "unchecked",
    missed: missedSlots(parent, header.digest, slot),
    position: {
      number: header.number,
      hash: header.hash,
      slot,
      // Attribute first, then apply the block's own change: it counts from the next block on.
      authorities: header.digest.newAuthorities ?? parent.authorities,
    },
  };
}

const NONE: readonly MissedSlot[] = [];

/**
 * Slots between a parent and its child with no block, each with the authority whose turn it was. The
 * parent's list answers across an epoch boundary too: the old committee is on duty until the first
 * block of the new epoch exists. Between genesis and block 1 there was no chain yet to miss.
 * Made on demand: a chain that stood still for a month left half a million of them.
 */
function missedSlots(parent: Position, digest: Digest, slot: number): Iterable<MissedSlot> {
  if (parent.slot === null || parent.slot + 1 === slot) return NONE;
  const first = parent.slot + 1;
  // Under BABE several authorities, or none, may hold a slot: nobody can be said to have missed it.
  const rota = digest.engine === "aura" ? parent.authorities : null;
  return {
    *[Symbol.iterator]() {
      for (let s = first; s < slot; s++) {
        yield { slot: s, author: rota === null ? null : authorityAt(rota, s) };
      }
    },
  };
}
