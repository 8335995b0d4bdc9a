// Is the node well? Pure: what it said, the clock and the limits in, checks out.
import { findValue } from "../chain/metrics.ts";
import { slotAt } from "../time.ts";
import type { Finding } from "./check.ts";
import { atLeast, atMost, check, count, formatSeconds, unknown } from "./check.ts";
import { judgeAddress } from "./node-address.ts";
import type { Check } from "./report.ts";
import type { Situation } from "./situation.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { describeMissing, pick, valueOf } from "./told.ts";

export function checkNode(situation: Situation): Check[] {
  const { expectedAddress, observation, nodes } = situation;
  return [
    check("node.reachable", null, judgeReachable(situation)),
    ...(nodes.length < 2 ? [] : [check("node.standby", null, judgeStandby(situation))]),
    check("node.latency", null, judgeLatency(situation)),
    check("node.syncing", null, judgeSyncing(situation)),
    check("node.peers", null, judgePeers(situation)),
    check("node.clock", null, judgeClock(situation)),
    check("node.upgrade", null, judgeUpgrade(situation)),
    ...(expectedAddress === null
      ? []
      : [check("node.address", null, judgeAddress(observation, expectedAddress))]),
  ];
}

function judgeReachable({ observation, nodes }: Situation): Finding {
  const { reachable, version, chainName, standby } = observation;
  if ("missing" in reachable) {
    const { reason, text } = reachable.missing;
    const why = reason === "timeout" || text === "" ? describeMissing(reachable.missing) : text;
    const whom =
      nodes.length < 2 ? "the node does not answer" : `none of ${nodes.length} nodes answers`;
    const others = standby.map(({ url, problem }) => `; ${url} ${problem}`).join("");
    return {
      verdict: "critical",
      message: `${whom}: ${why}${others}`,
      hint: `is it running? systemctl status midnight-node; the address asked is ${nodes.join(", ")}`,
    };
  }
  const name = valueOf(chainName) ?? "an unnamed chain";
  const which = valueOf(version);
  return {
    verdict: "ok",
    message: `${name}, node ${which ?? "of unknown version"}, by ${reachable.value.transport}`,
  };
}

/** Without any of them that is told as what it is. */
function judgeStandby({ observation: { reachable, standby, url } }: Situation): Finding {
  if ("missing" in reachable) return unknown("who could stand in is not known", reachable.missing);
  const problems = standby.flatMap((each) => (each.problem === null ? [] : [each]));
  const value = problems.length;
  if (value === 0) {
    const others = standby.length === 1 ? "1 other stands by" : `${standby.length} others stand by`;
    return { verdict: "ok", value, unit: "nodes", message: `${url} answers, ${others}` };
  }
  const what = problems.map((each) => `${each.url} ${each.problem}`).join("; ");
  return {
    verdict: "warning",
    value,
    unit: "nodes",
    message: `${what}; ${url} answers`,
    hint: "is it running, and is its address right? `mvm config show`: rpc.urls",
  };
}

function judgeLatency({ observation: { reachable } }: Situation): Finding {
  if ("missing" in reachable) return unknown("no latency", reachable.missing);
  const value = Math.round(reachable.value.latencyMs);
  return {
    verdict: atMost(value, THRESHOLDS.latencyMs),
    value,
    unit: "ms",
    message: `an answer takes ${value} ms`,
    hint: "the node's machine is busy, or the way to it is long",
  };
}

function judgeSyncing(situation: Situation): Finding {
  const { health, syncState, best } = situation.observation;
  if ("missing" in health) return unknown("whether it syncs is not known", health.missing);
  if (!health.value.syncing) return { verdict: "ok", message: "the node is synced" };
  const current = valueOf(best)?.number ?? valueOf(syncState)?.current ?? null;
  const highest = valueOf(syncState)?.highest ?? null;
  const behind = current === null || highest === null ? null : Math.max(0, highest - current);
  return {
    verdict: "warning",
    value: behind,
    unit: "blocks",
    message:
      behind === null
        ? "the node is syncing"
        : `the node is syncing, ${count(behind, "block")} behind${describeRate(situation, behind)}`,
    hint: "wait: a node that syncs makes no blocks; with no progress look at its log",
  };
}

function describeRate({ observation, previous }: Situation, behind: number): string {
  const now = valueOf(observation.best)?.number;
  const before = previous === null ? undefined : valueOf(previous.best)?.number;
  if (previous === null || now === undefined || before === undefined) return "";
  const seconds = (observation.atMs - previous.atMs) / 1000;
  const rate = seconds > 0 ? (now - before) / seconds : 0;
  if (rate <= 0) return ", without progress";
  return `, ${rate.toFixed(1)} blocks/s, ${formatSeconds(behind / rate)} left`;
}

function judgePeers({ observation, minPeers }: Situation): Finding {
  const { health, metrics, peers } = observation;
  const scraped = metrics === null ? null : valueOf(metrics);
  const told =
    valueOf(health)?.peers ??
    (scraped === null ? null : findValue(scraped, "sub_libp2p_peers_count")) ??
    valueOf(peers);
  if (told === null) {
    return unknown("peers are not known", "missing" in health ? health.missing : "not told");
  }
  if (valueOf(health)?.shouldHavePeers === false) {
    return {
      verdict: "ok",
      value: told,
      unit: "peers",
      message: `${count(told, "peer")}; this chain needs none`,
    };
  }
  return {
    verdict: atLeast(told, { ...THRESHOLDS.peers, warning: minPeers }),
    value: told,
    unit: "peers",
    message: told === 0 ? "no peers" : count(told, "peer"),
    hint: "is the p2p port (30333) open to the outside, and are the boot nodes right?",
  };
}

function judgeClock(situation: Situation): Finding {
  const { status } = situation.observation;
  const { chain } = situation;
  if ("missing" in status) return unknown("the node's clock is not known", status.missing);
  const { slot } = status.value.sidechain;
  if (slot === null) return unknown("the node's clock is not known", "this node does not tell");
  if (chain === null) return unknown("the node's clock is not known", "no slot duration is told");
  const earliest = slotAt(status.value.askedAtMs, chain);
  const latest = slotAt(status.value.answeredAtMs, chain);
  const off = slot < earliest ? slot - earliest : Math.max(0, slot - latest);
  const seconds = Math.round((off * chain.slotDurationMs) / 1000);
  const about = formatSeconds(Math.abs(seconds));
  return {
    verdict: atMost(Math.abs(off), THRESHOLDS.clockSlots),
    value: seconds,
    unit: "s",
    message:
      off === 0
        ? "the node's clock and ours agree within a slot"
        : `the node's clock is about ${about} ${off > 0 ? "ahead of" : "behind"} ours`,
    hint: "compare `timedatectl` on both machines: one of them does not keep time",
  };
}

function judgeUpgrade({ observation, previous, file }: Situation): Finding {
  const { runtime } = observation;
  if ("missing" in runtime) return unknown("the runtime is not known", runtime.missing);
  const { specVersion } = runtime.value;
  const stored = file?.runtime ?? null;
  const seen = previous === null ? null : pick(previous.runtime, (each) => each.specVersion);
  const known = seen ?? stored?.specVersion ?? specVersion;
  if (known !== specVersion) {
    return {
      verdict: "warning",
      message: `the runtime changed from ${known} to ${specVersion}`,
      hint: "check that your node's release supports it, and that it goes on making blocks",
    };
  }
  const since = stored?.specVersion === specVersion ? `, seen since #${stored.fromBlock}` : "";
  return { verdict: "ok", message: `runtime ${specVersion}${since}` };
}
