// Where the network stands and how far we are behind it.
import { epochFirstSlot, epochOf, mainchainEpochAt, slotAt, slotTimeMs } from "../../core/time.ts";
import type { ChainConstants, MainchainParams } from "../../core/types.ts";
import type { ChainFacts, NodeFacts } from "../../core/view/messages.ts";
import type { Known } from "../feed.ts";
import type { Role } from "../theme.ts";
import { NO_NODE } from "./standing.ts";

export interface Period {
  number: number;
  /** How much of it is over. */
  part: number;
  leftMs: number;
}

interface SyncModel {
  state: "synced" | "syncing" | "behind" | "unknown";
  role: Role;
  text: string;
  /** 0 to 1 while syncing. */
  part: number | null;
  /** Blocks a second and what is left, once measured. */
  rate: number | null;
  leftMs: number | null;
}

export interface NetworkModel {
  chain: string | null;
  nodeVersion: string | null;
  tip: number | null;
  finalized: number | null;
  /** Blocks between tip and finalized. */
  lag: number | null;
  slot: number | null;
  epoch: Period | null;
  mainchain: Period | null;
  sync: SyncModel;
  peers: number | null;
  /** As of how long ago the chain is known: by the node, or by the last block stored; null = not at all. */
  updatedMs: number | null;
}

/** Blocks that may be under way between the node and the file. */
const NEAR = 3;

export function networkModel(known: Known, chain: ChainFacts, nowMs: number): NetworkModel {
  const node = known.node ?? NO_NODE;
  const constants = chain.constants ?? node.constants;
  const tip = highest(chain.last?.number, node.best?.number);
  const finalized = highest(chain.finalized, node.finalized);
  const { slot, epoch } = calendar(constants, nowMs);
  const heardAtMs = Math.max(node.heardAtMs ?? 0, storedAtMs(chain));
  return {
    ...{ tip, finalized, slot, epoch, peers: node.peers, nodeVersion: node.version },
    chain: chain.name ?? node.chain,
    lag: tip === null || finalized === null ? null : Math.max(0, tip - finalized),
    mainchain: chain.mainchain === null ? null : mainchainPeriod(chain.mainchain, nowMs),
    sync: syncModel(node, chain, known.progress, nowMs),
    updatedMs: heardAtMs === 0 ? null : Math.max(0, nowMs - heardAtMs),
  };
}

/** The file tells the chain as of its last block, however often it is read. */
function storedAtMs({ constants, last }: ChainFacts): number {
  return constants === null || last === null ? 0 : slotTimeMs(last.slot, constants);
}

function calendar(
  constants: ChainConstants | null,
  nowMs: number,
): { slot: number | null; epoch: Period | null } {
  if (constants === null) return { slot: null, epoch: null };
  const slot = slotAt(nowMs, constants);
  return { slot, epoch: epochPeriod(slot, constants, nowMs) };
}

function highest(a: number | null | undefined, b: number | null | undefined): number | null {
  if (a == null) return b ?? null;
  return b == null ? a : Math.max(a, b);
}

function epochPeriod(slot: number, chain: ChainConstants, nowMs: number): Period {
  const number = epochOf(slot, chain);
  const start = slotTimeMs(epochFirstSlot(number, chain), chain);
  const end = slotTimeMs(epochFirstSlot(number + 1, chain), chain);
  return { number, part: (nowMs - start) / (end - start), leftMs: end - nowMs };
}

function mainchainPeriod(params: MainchainParams, nowMs: number): Period {
  const number = mainchainEpochAt(nowMs, params);
  const start =
    params.firstEpochTimestampMs + (number - params.firstEpoch) * params.epochDurationMs;
  const end = start + params.epochDurationMs;
  return { number, part: (nowMs - start) / (end - start), leftMs: end - nowMs };
}

const UNMEASURED = { part: null, rate: null, leftMs: null };

function syncModel(
  node: NodeFacts,
  chain: ChainFacts,
  progress: Known["progress"],
  nowMs: number,
): SyncModel {
  const best = node.state === "up" && node.best !== null ? node.best.number : null;
  const target = highest(best, best === null ? null : node.highest) ?? -1;
  if (best !== null && target > best + NEAR) {
    const part = best / target;
    return { ...UNMEASURED, state: "syncing", role: "warn", text: "◌ Node syncing", part };
  }
  if (chain.last === null) {
    return { ...UNMEASURED, state: "unknown", role: "muted", text: "? Nothing stored" };
  }
  if (best === null) return withoutNode(chain, nowMs);
  if (target - chain.last.number <= NEAR) {
    return { ...UNMEASURED, state: "synced", role: "ok", text: "● Synced" };
  }
  return catchingUp(chain.first?.number ?? 0, chain.last.number, target, rateOf(progress));
}

function catchingUp(first: number, last: number, target: number, rate: number | null): SyncModel {
  const behind = target - last;
  const moves = rate !== null && rate > 0;
  return {
    state: moves ? "syncing" : "behind",
    role: "warn",
    text: `◌ ${behind} behind`,
    part: (last - first + 1) / (target - first + 1),
    rate,
    leftMs: moves ? (behind / rate) * 1000 : null,
  };
}

/** Without a node the age of the last block tells whether anybody follows the chain. */
function withoutNode(chain: ChainFacts, nowMs: number): SyncModel {
  const unknown: SyncModel = { ...UNMEASURED, state: "unknown", role: "muted", text: "? No node" };
  if (chain.constants === null || chain.last === null) return unknown;
  const ageMs = nowMs - slotTimeMs(chain.last.slot, chain.constants);
  // A few slots may go by without a block.
  if (ageMs > 10 * chain.constants.slotDurationMs) return unknown;
  return { ...UNMEASURED, state: "synced", role: "ok", text: "● Following" };
}

function rateOf(progress: Known["progress"]): number | null {
  const first = progress[0];
  const last = progress.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < 1000) return null;
  return ((last.number - first.number) * 1000) / (last.atMs - first.atMs);
}
