// What changes with the runtime version, and the consensus state a block leaves behind.
import type { Committee } from "./committee.ts";
import { apiId } from "./scale.ts";

export interface ChainState {
  committee: Committee;
  /** Epoch of the committee as stored: 0 in genesis until block 1 rewrites it. */
  epoch: number;
  next: { committee: Committee; epoch: number } | undefined;
  /** GRANDPA set and session index; both grow by one at each rotation. */
  setId: number;
  session: number;
  specVersion: number;
}

export interface Rules {
  slotsPerEpoch: number;
  upgradeAt: number | undefined;
  upgradeTo: number;
  /** Hash of the code that may be handed in, as the chain's governance left it. */
  authorized: Buffer | undefined;
  /** Blocks until the code that was handed in is in force. */
  blocksLeft: number | undefined;
  committeeFor(epoch: number): Committee;
}

export interface Transition {
  state: ChainState;
  /** The authority list changed: the header carries the two change logs. */
  rotation: boolean;
  upgraded: boolean;
}

/** The block's effect on its parent's state. Rotation comes after the author is already fixed. */
export function applyBlock(
  parent: { number: number; slot: number; state: ChainState },
  slot: number,
  rules: Rules,
): Transition {
  const number = parent.number + 1;
  const epoch = Math.floor(slot / rules.slotsPerEpoch);
  const upgraded = rules.upgradeAt === number;
  const first = parent.number === 0;
  const crosses = !first && epoch > Math.floor(parent.slot / rules.slotsPerEpoch);
  if (!first && !crosses && !upgraded) return { state: parent.state, rotation: false, upgraded };

  const state = { ...parent.state };
  let rotation = false;
  if (crosses && state.next) {
    rotation = !state.committee.authorities.equals(state.next.committee.authorities);
    state.committee = state.next.committee;
    state.epoch = state.next.epoch;
    state.session++;
    if (rotation) state.setId++;
  }
  if (first) state.epoch = epoch;
  // The committee inherent of the same block: the next committee is known one epoch ahead.
  if (first || crosses) state.next = { committee: rules.committeeFor(epoch + 1), epoch: epoch + 1 };
  if (upgraded) state.specVersion = rules.upgradeTo;
  return { state, rotation, upgraded };
}

export const FEATURES = {
  genesisVersionLog: (spec: number): boolean => spec >= 18_000,
  beefy: (spec: number): boolean => spec >= 13_005,
  committeeVersion: (spec: number): 1 | 2 => (spec >= 13_005 ? 2 : 1),
  extrinsicVersion: (spec: number): number => (spec >= 18_000 ? 5 : 4),
  systemParametersApi: (spec: number): boolean => spec >= 19_000,
  systemParametersRpc: (spec: number): boolean => spec >= 20_000,
  consensusEngine: (spec: number): boolean => spec >= 2_001_000,
  grandpaPallet: (spec: number): number => (spec >= 2_001_000 ? 7 : 3),
  versionField: (spec: number): string => (spec > 12_000 ? "systemVersion" : "stateVersion"),
};

function transactionVersion(spec: number): number {
  if (spec >= 2_000_000) return 4;
  return spec >= 1_000_000 ? 3 : 2;
}

function runtimeApis(spec: number): [id: string, version: number][] {
  const apis: [string, number, boolean][] = [
    ["Core", 5, true],
    ["MidnightRuntimeApi", 5, true],
    ["Metadata", 2, true],
    ["BlockBuilder", 6, true],
    ["TaggedTransactionQueue", 3, true],
    ["OffchainWorkerApi", 2, true],
    ["AuraApi", 1, true],
    ["BabeApi", 2, FEATURES.consensusEngine(spec)],
    ["BeefyApi", spec >= 1_000_000 ? 6 : 5, FEATURES.beefy(spec)],
    ["MmrApi", 2, FEATURES.beefy(spec)],
    ["BeefyMmrApi", 1, FEATURES.beefy(spec)],
    ["SessionKeys", spec >= 1_000_000 ? 2 : 1, true],
    ["GrandpaApi", 3, true],
    ["AccountNonceApi", 1, true],
    ["GetSidechainStatus", 1, true],
    ["GetGenesisUtxo", 1, true],
    ["SlotApi", 1, true],
    ["SessionValidatorManagementApi", FEATURES.committeeVersion(spec), true],
    ["CandidateValidationApi", 1, true],
    ["SystemParametersApi", 1, FEATURES.systemParametersApi(spec)],
    ["ConsensusEngineApi", 1, FEATURES.consensusEngine(spec)],
  ];
  return apis.filter(([, , present]) => present).map(([name, version]) => [apiId(name), version]);
}

const versions = new Map<number, string>();

export function runtimeVersionJson(spec: number): string {
  let json = versions.get(spec);
  if (json === undefined) {
    json = JSON.stringify({
      specName: "midnight",
      implName: "midnight",
      authoringVersion: 1,
      specVersion: spec,
      implVersion: 0,
      apis: runtimeApis(spec),
      transactionVersion: transactionVersion(spec),
      [FEATURES.versionField(spec)]: FEATURES.consensusEngine(spec) ? 3 : 1,
    });
    versions.set(spec, json);
  }
  return json;
}
