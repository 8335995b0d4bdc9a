// Which slot gets a block, on which branch, by whom.
import { DRAW, draw } from "./random.ts";
import type { ChainState } from "./runtime.ts";

export interface Tip {
  number: number;
  slot: number;
  state: ChainState;
}

interface Fork<T> {
  common: T;
  /** The branch seen first, which loses. */
  losing: T;
  losingLeft: number;
  winning: T;
  winningLeft: number;
  /** Asked for by name: nobody misses a slot inside it, so its end is known. */
  forced: boolean;
}

export interface Luck {
  seed: number;
  missRate: number;
  forkRate: number;
  forkDepth: number;
  slotsPerEpoch: number;
  /** No fork begins by chance in these slots, so that a history ends undivided. */
  undivided: { from: number; to: number };
  /** Slots nobody uses; trims a history to its exact length. */
  idle: { from: number; to: number };
  /** Candidates that are away and make no block. */
  absent: Set<number>;
}

export interface Producer<T extends Tip> {
  luck: Luck;
  /** The tip outside a fork, the common ancestor within one. */
  tip: T;
  fork: Fork<T> | undefined;
  wanted: { depth: number; slotsBeforeEpochEnd: number | undefined } | undefined;
}

export function startProducer<T extends Tip>(genesis: T, luck: Luck): Producer<T> {
  return { luck, tip: genesis, fork: undefined, wanted: undefined };
}

export function slotOwner(parent: Tip, slot: number): number {
  const { seats } = parent.state.committee;
  return seats[slot % seats.length] ?? 0;
}

/** Rates differ between validators by up to two thirds around the common one. */
function misses(luck: Luck, slot: number, owner: number): boolean {
  const own = luck.missRate * (1 / 3 + (4 / 3) * draw(luck.seed, DRAW.missRate, owner));
  return draw(luck.seed, DRAW.miss, slot, owner) < own;
}

function beginFork<T extends Tip>(producer: Producer<T>, slot: number): void {
  const { luck, wanted, tip } = producer;
  // Block 1 names the chain; there is never a second one.
  if (tip.number === 0) return;
  let depth = 0;
  if (wanted) {
    const before = wanted.slotsBeforeEpochEnd;
    const left = luck.slotsPerEpoch - (slot % luck.slotsPerEpoch);
    if (before === undefined || before === left) depth = wanted.depth;
  } else if (slot < luck.undivided.from || slot > luck.undivided.to) {
    if (draw(luck.seed, DRAW.fork, slot) < luck.forkRate)
      depth = 1 + Math.floor(draw(luck.seed, DRAW.forkDepth, slot) * luck.forkDepth);
  }
  if (depth === 0) return;
  producer.wanted = undefined;
  producer.fork = {
    common: tip,
    losing: tip,
    losingLeft: depth,
    winning: tip,
    winningLeft: depth + 1,
    forced: wanted !== undefined,
  };
}

function extend<T extends Tip>(producer: Producer<T>, block: T): void {
  const { fork } = producer;
  if (!fork) {
    producer.tip = block;
  } else if (fork.losingLeft > 0) {
    fork.losing = block;
    fork.losingLeft--;
  } else {
    fork.winning = block;
    fork.winningLeft--;
    if (fork.winningLeft === 0) {
      producer.tip = block;
      producer.fork = undefined;
    }
  }
}

/** The block of this slot, or undefined when its owner missed it. */
export function produceSlot<T extends Tip>(
  producer: Producer<T>,
  slot: number,
  make: (parent: T, slot: number, author: number) => T,
): T | undefined {
  const { luck } = producer;
  if (slot >= luck.idle.from && slot <= luck.idle.to) return undefined;
  if (!producer.fork) beginFork(producer, slot);
  const { fork } = producer;
  const parent = fork ? (fork.losingLeft > 0 ? fork.losing : fork.winning) : producer.tip;
  const owner = slotOwner(parent, slot);
  if (luck.absent.has(owner)) return undefined;
  if (!fork?.forced && misses(luck, slot, owner)) return undefined;
  const block = make(parent, slot, owner);
  extend(producer, block);
  return block;
}
