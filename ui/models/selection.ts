// How often the committee lottery chose a validator, over the epochs that are known.
import type { ValidatorEpoch } from "../../core/view/messages.ts";

export interface SelectionModel {
  /** Epochs looked at, and those in which it had a turn. */
  epochs: number;
  selected: number;
  /** Turns in all, and for each epoch it was selected in; null = never. */
  turns: number;
  average: number | null;
  /** Epochs from one selection to the next, on average; null = fewer than two. */
  gap: number | null;
  last: number | null;
}

/** @param epochs newest first */
export function selectionModel(epochs: readonly ValidatorEpoch[]): SelectionModel {
  const chosen = epochs.filter(({ expected }) => expected > 0);
  const turns = chosen.reduce((sum, { expected }) => sum + expected, 0);
  const [newest, oldest] = [chosen[0], chosen.at(-1)];
  const span = newest === undefined || oldest === undefined ? 0 : newest.epoch - oldest.epoch;
  return {
    ...{ epochs: epochs.length, selected: chosen.length, turns },
    average: chosen.length === 0 ? null : turns / chosen.length,
    gap: chosen.length < 2 ? null : span / (chosen.length - 1),
    last: newest?.epoch ?? null,
  };
}
