// state_getStorage for the keys a monitor may read.
import type { Block } from "./chain.ts";
import type { Node } from "./node.ts";
import { FEATURES } from "./runtime.ts";
import { blake2, bytesOf, compact, storageKey, toHex, u32, u64, vecOf } from "./scale.ts";
import { encodeCommittee, encodeDParameter, epochOf, genesisUtxo } from "./state.ts";

type StorageItem = (node: Node, block: Block) => Buffer | undefined;

/** Undefined: nothing stored under the key at that block. */
const ITEMS: [pallet: string, item: string, read: StorageItem][] = [
  ["Aura", "Authorities", (_, block) => block.state.committee.authorities],
  ["Aura", "CurrentSlot", (_, block) => (block.number === 0 ? undefined : u64(block.slot))],
  ["Sidechain", "SlotsPerEpoch", (node) => u32(node.options.slotsPerEpoch)],
  ["Sidechain", "EpochNumber", (node, block) => u64(epochOf(node, block))],
  [
    "Sidechain",
    "GenesisUtxo",
    (node) => {
      const utxo = genesisUtxo(node);
      return Buffer.concat([utxo.hash, Buffer.from([utxo.index, 0])]);
    },
  ],
  [
    "SessionCommitteeManagement",
    "CurrentCommittee",
    (node, { state }) => encodeCommittee(node, state.committee, state.epoch, 2),
  ],
  [
    "SessionCommitteeManagement",
    "NextCommittee",
    (node, { state }) =>
      state.next && encodeCommittee(node, state.next.committee, state.next.epoch, 2),
  ],
  ["Session", "CurrentIndex", (_, { state }) => u32(state.session)],
  [
    "Session",
    "Validators",
    (node, { state }) =>
      vecOf(
        state.committee.seats.flatMap((seat) => {
          const candidate = node.candidates[seat];
          return candidate ? [blake2(candidate.sidechain)] : [];
        }),
      ),
  ],
  ["Grandpa", "CurrentSetId", (_, { state }) => u64(state.setId)],
  ["Grandpa", "Authorities", (_, { state }) => state.committee.voters],
  [
    "Timestamp",
    "Now",
    (node, block) => (block.number === 0 ? undefined : u64(block.slot * node.options.slotMs + 2)),
  ],
  ["System", "Number", (_, block) => u32(block.number)],
  [
    "System",
    "LastRuntimeUpgrade",
    (_, { state }) => Buffer.concat([compact(state.specVersion), bytesOf("midnight")]),
  ],
  [
    "System",
    "AuthorizedUpgrade",
    ({ rules: { authorized } }) => authorized && Buffer.concat([authorized, Buffer.from([1])]),
  ],
  [
    "System",
    "BlocksTillUpgrade",
    ({ rules: { blocksLeft } }) =>
      blocksLeft === undefined ? undefined : Buffer.from([blocksLeft]),
  ],
  [
    "SystemParameters",
    "DParameterStorage",
    (node, { state }) =>
      FEATURES.systemParametersApi(state.specVersion) ? encodeDParameter(node) : undefined,
  ],
  [
    "ConsensusEngine",
    "EngineState",
    (_, { state }) => (FEATURES.consensusEngine(state.specVersion) ? Buffer.from([0]) : undefined),
  ],
];

const byKey = new Map(ITEMS.map(([pallet, item, read]) => [storageKey(pallet, item), read]));

export function readStorage(node: Node, key: string, block: Block): string | null {
  const value = byKey.get(key.toLowerCase())?.(node, block);
  return value ? toHex(value) : null;
}
