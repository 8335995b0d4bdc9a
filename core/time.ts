// Slot, epoch and main-chain arithmetic: the one home of each formula. Pure.
import type { ChainConstants, MainchainParams } from "./types.ts";

/** Slots count from the Unix epoch, without an offset. */
export function slotTimeMs(slot: number, chain: ChainConstants): number {
  return slot * chain.slotDurationMs;
}

export function slotAt(timeMs: number, chain: ChainConstants): number {
  return Math.floor(timeMs / chain.slotDurationMs);
}

export function epochOf(slot: number, chain: ChainConstants): number {
  return Math.floor(slot / chain.slotsPerEpoch);
}

export function epochFirstSlot(epoch: number, chain: ChainConstants): number {
  return epoch * chain.slotsPerEpoch;
}

/** Cardano epoch at a moment. Counts from the first epoch's number, which `sidechain_getStatus` forgets. */
export function mainchainEpochAt(timeMs: number, mainchain: MainchainParams): number {
  return (
    mainchain.firstEpoch +
    Math.floor((timeMs - mainchain.firstEpochTimestampMs) / mainchain.epochDurationMs)
  );
}

/** When a Cardano slot began. */
export function mainchainSlotTimeMs(slot: number, mainchain: MainchainParams): number {
  return mainchain.firstEpochTimestampMs + (slot - mainchain.firstSlot) * mainchain.slotDurationMs;
}

/** When a Cardano epoch begins. */
export function mainchainEpochTimeMs(epoch: number, mainchain: MainchainParams): number {
  return (
    mainchain.firstEpochTimestampMs + (epoch - mainchain.firstEpoch) * mainchain.epochDurationMs
  );
}

const DAY_MS = 86_400_000;

/** Public Cardano networks. Source: each network's genesis; see the chain documentation of Cardano. */
const CARDANO: readonly MainchainParams[] = [
  {
    network: "preview",
    firstEpochTimestampMs: 1_666_656_000_000,
    firstEpoch: 0,
    firstSlot: 0,
    epochDurationMs: DAY_MS,
    slotDurationMs: 1000,
  },
  {
    network: "preprod",
    firstEpochTimestampMs: 1_655_769_600_000,
    firstEpoch: 4,
    firstSlot: 86_400,
    epochDurationMs: 5 * DAY_MS,
    slotDurationMs: 1000,
  },
  {
    network: "mainnet",
    firstEpochTimestampMs: 1_596_059_091_000,
    firstEpoch: 208,
    firstSlot: 4_492_800,
    epochDurationMs: 5 * DAY_MS,
    slotDurationMs: 1000,
  },
];

/**
 * Which Cardano network a node follows, told by an (epoch, slot) pair it reported: the three networks
 * never agree on one. Undefined = none fits, so the main-chain epoch stays unknown.
 */
export function mainchainFromStatus(epoch: number, slot: number): MainchainParams | undefined {
  return CARDANO.find((params) => {
    const timeMs = mainchainSlotTimeMs(slot, params);
    return timeMs > 0 && mainchainEpochAt(timeMs, params) === epoch;
  });
}

/** The pairing the network documentation gives, for when the node's db-sync is down. */
export function mainchainFromChainName(name: string): MainchainParams | undefined {
  const match = /^midnight (mainnet|preprod|preview)$/i.exec(name.trim());
  return CARDANO.find((params) => params.network === match?.[1]?.toLowerCase());
}
