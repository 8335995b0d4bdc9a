// Chores beside the chain: the next committee and identities once an epoch, and unknown authors settled when keys are known.
import { describeError, isCode } from "../errors.ts";
import { writeLabels } from "../storage/labels.ts";
import { epochOf } from "../time.ts";
import type { Session } from "./context.ts";
import { refreshIdentities } from "./identities.ts";
import { settleUnattributed } from "./settle.ts";
import { openUpcomingWatch } from "./upcoming.ts";

export interface Housekeeping {
  /** Does what is due; a run under way is not doubled. */
  run: () => Promise<void>;
}

const EVERY_MS = 60_000;

export function openHousekeeping(session: Session): Housekeeping {
  let lastEpoch = -1;
  let underWay: Promise<void> | undefined;
  const upcoming = openUpcomingWatch(session);

  async function chores(): Promise<void> {
    await upcoming.refresh();
    const epoch = session.tip.slot === null ? -1 : epochOf(session.tip.slot, session.chain);
    if (epoch === lastEpoch) return;
    lastEpoch = epoch;
    await refreshIdentities(session);
    // Which Aura key a sidechain key's name belongs to may be known only now.
    writeLabels(session.db, session.options.live.settings.labels);
    await settleUnattributed(session);
  }

  async function run(): Promise<void> {
    underWay ??= chores().finally(() => (underWay = undefined));
    await underWay;
  }

  const timer = setInterval(() => {
    // The link's failures the follower notices by itself; any other must not pass in silence.
    run().catch((error: unknown) => {
      const level = isCode(error, "unavailable", "too-much", "stopped") ? "debug" : "warn";
      session.hooks.log[level](`chores left for later: ${describeError(error)}`);
    });
  }, EVERY_MS);
  void session.link.closed.then(() => clearInterval(timer));
  return { run };
}
