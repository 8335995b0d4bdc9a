// Where a chain must begin so that `history` canonical blocks end at a given slot. Luck depends on
// the slot, not on the beginning, so the answer is searched with unsealed blocks, which cost nothing.
import { type Luck, produceSlot, startProducer, type Tip } from "./produce.ts";
import { applyBlock, type Rules } from "./runtime.ts";

export interface Start {
  slot: number;
  luck: Luck;
}

const MOST_TRIALS = 60;

function countBlocks(genesis: Tip, rules: Rules, start: Start, endSlot: number): number {
  const producer = startProducer(genesis, start.luck);
  let best = 0;
  for (let slot = start.slot; slot <= endSlot; slot++) {
    const block = produceSlot(producer, slot, (parent, at) => ({
      number: parent.number + 1,
      slot: at,
      state: applyBlock(parent, at, rules).state,
    }));
    if (block && block.number > best) best = block.number;
  }
  return best;
}

export function findStart(
  genesis: Tip,
  rules: Rules,
  luck: Luck,
  history: number,
  endSlot: number,
): Start {
  let slot = endSlot - history + 1;
  let earliestEnough: number | undefined;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    if (slot < 1) throw new Error("devnet: the history does not fit before its last slot");
    const start = { slot, luck };
    const lacking = history - countBlocks(genesis, rules, start, endSlot);
    if (lacking === 0) return start;
    if (lacking < 0) earliestEnough = slot;
    slot -= lacking;
  }
  // Moving the start across an epoch boundary can jump over the wanted count: leave slots unused.
  const from = (earliestEnough ?? slot) + 1;
  for (let idle = 1; idle <= history; idle++) {
    const start = { slot: from - 1, luck: { ...luck, idle: { from, to: from + idle - 1 } } };
    if (countBlocks(genesis, rules, start, endSlot) === history) return start;
  }
  throw new Error(`devnet: found no start for ${history} blocks`);
}
