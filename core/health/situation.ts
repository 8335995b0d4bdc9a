// All that a judgement rests on, gathered in one place. Plain data.
import type { OurValidator } from "../ours.ts";
import { mainchainFromChainName, mainchainFromStatus } from "../time.ts";
import type { ChainConstants, MainchainParams } from "../types.ts";
import type { FileFacts, FileState } from "./file.ts";
import type { Observation } from "./observe.ts";
import { valueOf } from "./told.ts";

/** What the operator wants judged, and by what. */
export interface Wishes {
  /** Of one chain, the preferred one first. */
  nodes: readonly string[];
  /** Address the node should have, or its beginning; null: not judged. */
  expectedAddress: string | null;
  /** Network the node should belong to; null: not judged. */
  network: string | null;
  /** Below this part of the expected blocks production is low. */
  thresholdPercent: number;
  /** Fewer expected blocks are not judged. */
  minExpectedBlocks: number;
  /** Fewer peers are few. */
  minPeers: number;
  /** Finality further behind the best block is behind. */
  finalityLagBlocks: number;
}

export interface Situation extends Wishes {
  observation: Observation;
  /** An earlier look at the same node, for trends; null: none. */
  previous: Observation | null;
  fileState: FileState;
  /** The file's facts, where it can be read and belongs to the node's chain. */
  file: FileFacts | null;
  ours: readonly OurValidator[];
  /** The chain's constants, from the node or else from the file. */
  chain: ChainConstants | null;
  mainchain: MainchainParams | null;
  /** Our clock, Unix ms. */
  nowMs: number;
}

export interface SituationInput extends Wishes {
  observation: Observation;
  previous?: Observation | null;
  fileState: FileState;
  ours: readonly OurValidator[];
}

export function assemble(input: SituationInput): Situation {
  const { observation, fileState } = input;
  const read = fileState.kind === "read" ? fileState.facts : null;
  const file = read !== null && isSameChain(read, observation) ? read : null;
  return {
    ...input,
    previous: input.previous ?? null,
    file,
    chain: valueOf(observation.constants) ?? file?.constants ?? null,
    mainchain: findMainchain(observation) ?? file?.mainchain ?? null,
    nowMs: observation.atMs,
  };
}

/** A node that says nothing contradicts nothing. */
function isSameChain({ identity }: FileFacts, { genesisHash }: Observation): boolean {
  const told = valueOf(genesisHash);
  return identity === null || told === null || told === "" || identity.genesisHash === told;
}

function findMainchain({ status, chainName }: Observation): MainchainParams | null {
  const told = valueOf(status);
  const name = valueOf(chainName);
  const params =
    told === null ? undefined : mainchainFromStatus(told.mainchain.epoch, told.mainchain.slot);
  return params ?? (name === null ? null : (mainchainFromChainName(name) ?? null));
}
