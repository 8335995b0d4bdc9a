// Does the chain go on, as this node sees it? Pure.
import { isOfNetwork } from "../chain/networks.ts";
import { mainchainSlotTimeMs, slotTimeMs } from "../time.ts";
import type { Finding } from "./check.ts";
import { atMost, check, count, formatSeconds, unknown } from "./check.ts";
import type { Check } from "./report.ts";
import type { Situation } from "./situation.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { valueOf } from "./told.ts";

export function checkChain(situation: Situation): Check[] {
  const { network } = situation;
  return [
    ...(network === null ? [] : [check("chain.network", null, judgeNetwork(situation, network))]),
    check("chain.block-age", null, judgeBlockAge(situation)),
    check("chain.finality", null, judgeFinality(situation)),
    check("chain.db-sync", null, judgeDbSync(situation)),
    check("chain.upgrade-ahead", null, judgePendingUpgrade(situation)),
  ];
}

function judgeNetwork({ observation: { chainName } }: Situation, network: string): Finding {
  if ("missing" in chainName) return unknown("the node's network is not known", chainName.missing);
  if (isOfNetwork(chainName.value, network)) {
    return { verdict: "ok", message: `the node serves ${chainName.value}` };
  }
  return {
    verdict: "critical",
    message: `the node serves ${chainName.value}, not ${network}`,
    hint: "check rpc.url and chain.network: `mvm config show`",
  };
}

function judgeBlockAge({ observation: { best }, chain, nowMs }: Situation): Finding {
  if ("missing" in best) return unknown("the best block is not known", best.missing);
  const { number, digest } = best.value;
  if (digest.slot === null || chain === null) {
    return unknown("the best block's age is not known", "no slot is told");
  }
  const seconds = (nowMs - slotTimeMs(digest.slot, chain)) / 1000;
  const value = Math.round(seconds);
  return {
    verdict: atMost((seconds * 1000) / chain.slotDurationMs, THRESHOLDS.blockAgeSlots),
    value,
    unit: "s",
    message: `block #${number} is ${formatSeconds(value)} old`,
    hint: "no new blocks: compare with another node or an explorer; if they go on, look at this node's log",
  };
}

function judgeFinality({ observation, previous, finalityLagBlocks }: Situation): Finding {
  const { best, finalized } = observation;
  if ("missing" in finalized) return unknown("finality is not known", finalized.missing);
  if ("missing" in best) return unknown("finality is not known", best.missing);
  const value = Math.max(0, best.value.number - finalized.value.number);
  const trend = describeTrend(value, previous);
  return {
    verdict: atMost(value, { ...THRESHOLDS.finalityLagBlocks, warning: finalityLagBlocks + 1 }),
    value,
    unit: "blocks",
    message: `final up to #${finalized.value.number}, ${count(value, "block")} behind${trend}`,
    hint: "a third of the voters is missing, or this node does not hear them: check peers, then the network's status",
  };
}

function describeTrend(lag: number, previous: Situation["previous"]): string {
  if (previous === null) return "";
  const best = valueOf(previous.best)?.number;
  const finalized = valueOf(previous.finalized)?.number;
  if (best === undefined || finalized === undefined) return "";
  const change = lag - Math.max(0, best - finalized);
  // One or two blocks more or less are the usual breathing.
  if (Math.abs(change) <= 2) return "";
  return change > 0 ? `, growing (+${change})` : `, shrinking (${change})`;
}

function judgeDbSync({ observation: { status }, mainchain, nowMs }: Situation): Finding {
  if ("missing" in status) {
    if (status.missing.reason !== "db-sync") {
      return unknown("db-sync's state is not known", status.missing);
    }
    return {
      verdict: "critical",
      message: "the node cannot reach its db-sync: it makes no blocks without",
      hint: "are db-sync and its PostgreSQL running, and is the node's connection string right?",
    };
  }
  if (mainchain === null)
    return unknown("db-sync's lag is not known", "an unknown Cardano network");
  const { slot, epoch } = status.value.mainchain;
  const value = Math.max(0, Math.round((nowMs - mainchainSlotTimeMs(slot, mainchain)) / 1000));
  return {
    verdict: atMost(value, THRESHOLDS.dbSyncLagSeconds),
    value,
    unit: "s",
    message: `Cardano epoch ${epoch}, db-sync's last block is ${formatSeconds(value)} old`,
    hint: "db-sync or cardano-node is behind: look at their logs",
  };
}

function judgePendingUpgrade({ observation: { pendingUpgrade } }: Situation): Finding {
  if ("missing" in pendingUpgrade) {
    return unknown("whether a runtime upgrade is ahead is not known", pendingUpgrade.missing);
  }
  const hint = "does your node's release support it? Update the node before it is in force";
  if (pendingUpgrade.value === null) return { verdict: "ok", message: "no runtime upgrade ahead" };
  const { codeHash, blocksLeft } = pendingUpgrade.value;
  if (blocksLeft !== null) {
    const message = `a new runtime is in force in ${count(blocksLeft, "block")}`;
    return { verdict: "warning", value: blocksLeft, unit: "blocks", message, hint };
  }
  const which = codeHash === null ? "" : ` (code ${codeHash.slice(0, 10)}…)`;
  return {
    verdict: "warning",
    message: `a new runtime is authorized${which}, and in force once its code is handed in`,
    hint,
  };
}
