// Does one of ours do its work: seated, making its blocks, voting? Pure.
import { slotTimeMs } from "../time.ts";
import type { Finding } from "./check.ts";
import { atMost, check, count, formatSeconds, unknown, worseOf } from "./check.ts";
import type { Check } from "./report.ts";
import type { Situation } from "./situation.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { valueOf } from "./told.ts";
import type { ValidatorFacts } from "./validator-facts.ts";

export function checkValidator(facts: ValidatorFacts, situation: Situation): Check[] {
  const { id } = facts.our;
  return [
    check("validator.committee", id, judgeCommittee(facts)),
    check("validator.next-committee", id, judgeNext(facts)),
    check("validator.production", id, judgeProduction(facts, situation)),
    check("validator.missed", id, judgeMissed(facts)),
    check("validator.orphaned", id, judgeOrphaned(facts)),
    check("validator.last-block", id, judgeLastBlock(facts, situation)),
    check("validator.next-slot", id, judgeNextSlot(facts, situation)),
    check("validator.grandpa", id, judgeVotes(facts)),
  ];
}

/** Not being chosen is no fault; not being able to be chosen is. */
function judgeSeats(
  told: ValidatorFacts["committee"],
  { registration }: ValidatorFacts,
  what: string,
): Finding {
  if ("missing" in told) return unknown(`${what} is not known`, told.missing);
  const { seats, total, epoch } = told.value;
  const where = epoch === null ? "" : ` in epoch ${epoch}`;
  if (seats > 0) {
    return {
      verdict: "ok",
      value: seats,
      unit: "seats",
      message: `${seats} of ${count(total, "seat")}${where}`,
    };
  }
  const state = valueOf(registration)?.state ?? null;
  const hopeless = state === "none" || state === "invalid";
  return {
    verdict: hopeless ? "warning" : "ok",
    value: 0,
    unit: "seats",
    message: `no seat of ${total}${where}${hopeless ? "" : ": not chosen"}`,
    hint: "no seats come without a valid registration: see validator.registration",
  };
}

function judgeCommittee(facts: ValidatorFacts): Finding {
  return judgeSeats(facts.committee, facts, "the committee");
}

function judgeNext(facts: ValidatorFacts): Finding {
  return judgeSeats(facts.next, facts, "the next committee");
}

const NO_FILE = "it takes the database";
const SYNC = "`mvm sync` keeps it";

function judgeProduction({ production }: ValidatorFacts, situation: Situation): Finding {
  if (production === null) return unknown("production is not known", NO_FILE, SYNC);
  const { made, missed } = production;
  const expected = made + missed;
  const message = `${made} of ${count(expected, "turn")} made this epoch`;
  if (expected < situation.minExpectedBlocks) {
    return { verdict: "ok", value: made, unit: "blocks", message };
  }
  const percent = (made / expected) * 100;
  const low = percent < situation.thresholdPercent;
  return {
    verdict: !low ? "ok" : made === 0 ? "critical" : "warning",
    value: made,
    unit: "blocks",
    message: `${message} (${Math.round(percent)} %)`,
    hint: "is the node synced, are its keys loaded, does its clock agree? `mvm query validator` names the slots",
  };
}

function judgeMissed({ production }: ValidatorFacts): Finding {
  if (production === null) return unknown("missed turns are not known", NO_FILE, SYNC);
  const { missed, orphaned, missedInRow, lastMissedSlot } = production;
  // A turn whose block was made and lost is not one that was slept through.
  const value = Math.max(0, missed - orphaned);
  const inRow = value === 0 ? 0 : missedInRow;
  const row = inRow > 1 ? `, the last ${inRow} in a row` : "";
  const last = lastMissedSlot === null ? "" : `, last slot ${lastMissedSlot}`;
  return {
    verdict: worseOf(atMost(value, THRESHOLDS.missedTurns), atMost(inRow, THRESHOLDS.missedInRow)),
    value,
    unit: "slots",
    message:
      value === 0
        ? "no turn missed this epoch"
        : `${count(value, "turn")} missed this epoch${row}${last}`,
    hint: "see the node's log at that time; `mvm query validator` lists the slots",
  };
}

function judgeOrphaned({ production }: ValidatorFacts): Finding {
  if (production === null) return unknown("orphaned blocks are not known", NO_FILE, SYNC);
  const { orphaned, lastOrphan } = production;
  return {
    verdict: atMost(orphaned, THRESHOLDS.orphaned),
    value: orphaned,
    unit: "blocks",
    message:
      orphaned === 0
        ? "no block orphaned this epoch"
        : `${count(orphaned, "block")} orphaned this epoch, last #${lastOrphan ?? "?"}`,
    hint: "made, but another branch won: a slow network or a late clock; `mvm query blocks --orphans`",
  };
}

function judgeLastBlock({ production }: ValidatorFacts, { chain, nowMs }: Situation): Finding {
  if (production === null) return unknown("its last block is not known", NO_FILE, SYNC);
  const { lastBlock, lastSlot } = production;
  if (lastBlock === null || lastSlot === null) {
    return { verdict: "ok", message: "none stored yet" };
  }
  if (chain === null) return { verdict: "ok", message: `#${lastBlock}` };
  const value = Math.max(0, Math.round((nowMs - slotTimeMs(lastSlot, chain)) / 1000));
  return {
    verdict: "ok",
    value,
    unit: "s",
    message: `#${lastBlock}, ${formatSeconds(value)} ago`,
  };
}

function judgeNextSlot({ nextTurn }: ValidatorFacts, { nowMs }: Situation): Finding {
  if ("missing" in nextTurn) return unknown("the next turn is not known", nextTurn.missing);
  const { turn, horizon } = nextTurn.value;
  const { chain } = horizon;
  if (turn === null) {
    const end = horizon.ahead.at(-1)?.to ?? 0;
    const until = (slotTimeMs(end, chain) - nowMs) / 1000;
    return { verdict: "ok", message: `no turn in the next ${formatSeconds(until)}` };
  }
  const value = Math.max(0, Math.round((slotTimeMs(turn.slot, chain) - nowMs) / 1000));
  const when = value === 0 ? "now" : `in ${formatSeconds(value)}`;
  return { verdict: "ok", value, unit: "s", message: `slot ${turn.slot}, ${when}` };
}

function judgeVotes({ votes }: ValidatorFacts): Finding {
  if ("missing" in votes) return unknown("whether it votes is not known", votes.missing);
  switch (votes.value) {
    case "voting":
      return { verdict: "ok", message: "voting" };
    case "absent":
      return { verdict: "ok", message: "not among the voters: nothing to vote on" };
    case "silent":
      return {
        verdict: "warning",
        message: "among the voters, but no vote of it was seen in this round",
        hint: "is its GRANDPA key loaded, and has the node enough peers?",
      };
  }
}
