// How is one validator doing?
import type { Database } from "bun:sqlite";

import type { BlockRecord } from "./blocks.ts";
import { iterateBlocks } from "./blocks.ts";
import type { SlotDate } from "./calendar.ts";
import type { EpochRecord } from "./epochs.ts";
import { iterateEpochs } from "./epochs.ts";
import { findValidator } from "./find.ts";
import { iterateMissed } from "./missed.ts";
import { ALL_SLOTS } from "./place.ts";
import type { Production } from "./production.ts";
import type { Page, Selection } from "./selection.ts";
import { EVERYTHING } from "./selection.ts";
import type { Validator } from "./validators.ts";
import { readRanking } from "./validators.ts";

const RECENT = 10;

export interface MissedTurn extends SlotDate {
  slot: number;
}

export interface EpochProduction extends Production {
  epoch: number;
  expected: number;
}

/** Lists are newest first. */
export interface ValidatorDetails extends Validator {
  recentBlocks: BlockRecord[];
  missedSlots: MissedTurn[];
  /** The chain's last epochs, whether there was a turn in them or not. */
  epochs: EpochProduction[];
}

/**
 * The one validator a word names: an Aura or sidechain key, the beginning of one, or a label.
 * Throws `usage` when it names none or several.
 */
export function readValidator(db: Database, word: string): ValidatorDetails {
  const { ids, validator } = findValidator(readRanking(db), word);
  const selection: Selection = { ...EVERYTHING, authors: ids };
  const recent: Page = { offset: 0, limit: RECENT, ascending: false };
  const { blocks, missed } = validator;
  return {
    ...validator,
    recentBlocks: [...iterateBlocks(db, selection, { ...recent, limit: Math.min(RECENT, blocks) })],
    missedSlots: [
      ...iterateMissed(db, selection, { ...recent, limit: Math.min(RECENT, missed) }),
    ].map(({ slot, epoch, mainchainEpoch, time }) => ({ slot, epoch, mainchainEpoch, time })),
    epochs: [...iterateEpochs(db, { slots: ALL_SLOTS, authors: ids }, recent)].map(brief),
  };
}

function brief({ epoch, made, missed, orphaned, expected }: EpochRecord): EpochProduction {
  return { epoch, made, missed, orphaned, expected };
}
