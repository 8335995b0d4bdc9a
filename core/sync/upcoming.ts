// The next epoch's committee, on chain one epoch ahead: asked until it is known for good, then let be.
import { fetchNextCommittee } from "../chain/runtime.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import { readPosition } from "../storage/position.ts";
import { deleteUpcoming, writeUpcoming } from "../storage/upcoming.ts";
import { epochOf } from "../time.ts";
import type { Session } from "./context.ts";
import { askTwice } from "./twice.ts";

export interface UpcomingWatch {
  /** Stores what the chain says of the next epoch, unless that is settled already. */
  refresh: () => Promise<void>;
}

/**
 * The committee is set by the first block of an epoch, so a fork there may set another one: what the state of
 * an unfinalized block says is stored at once and asked again until a final block of the same epoch says it.
 */
export function openUpcomingWatch(session: Session): UpcomingWatch {
  let settledEpoch = -1;

  async function refresh(): Promise<void> {
    const source = sourceBlock(session);
    if (source === null || source.epoch === settledEpoch) return;
    try {
      const known = await store(session, source);
      if (known && source.final) settledEpoch = source.epoch;
    } catch (error) {
      if (!(error instanceof MonitorError) || isCode(error, "unavailable", "too-much", "stopped"))
        throw error;
      session.hooks.onRefused?.(error);
      session.hooks.log.debug(`the next committee is not available: ${describeError(error)}`);
    }
  }

  return { refresh };
}

interface Source {
  epoch: number;
  hash: string;
  final: boolean;
}

function sourceBlock({ db, writer, tip, finalized, chain }: Session): Source | null {
  if (tip.slot === null) return null;
  const epoch = epochOf(tip.slot, chain);
  const slot =
    finalized === null ? null : readPosition(db, writer.dictionary, finalized.number)?.slot;
  const final = finalized !== null && slot != null && epochOf(slot, chain) === epoch;
  return { epoch, hash: final ? finalized.hash : tip.hash, final };
}

/** Returns whether the next committee is known. */
async function store(session: Session, { epoch, hash }: Source): Promise<boolean> {
  const { db, writer, link, hooks } = session;
  const next = await askTwice("the next committee", () => fetchNextCommittee(link, hash));
  // Only what the chain itself dates to the next epoch is a prediction; anything else is somebody's stage.
  if (next?.epoch !== epoch + 1) {
    if (deleteUpcoming(db, epoch + 1)) hooks.log.debug("the next committee is no longer on chain");
    return false;
  }
  const authorities = next.members.map((member) => member.aura);
  if (writeUpcoming(db, writer.dictionary, epoch + 1, authorities, Date.now())) {
    hooks.log.debug(`the committee of epoch ${epoch + 1} is known`, { seats: authorities.length });
  }
  return true;
}
