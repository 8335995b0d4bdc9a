// Which states the node still has, and what the runtime calls answer from them.
import { isBabe } from "./build.ts";
import { type Block, isCanonical } from "./chain.ts";
import { type Committee, dParameter } from "./committee.ts";
import type { Candidate } from "./keys.ts";
import type { Node } from "./node.ts";
import { CLIENT_ERROR, invalidParams, RpcError } from "./rpc-error.ts";
import { FEATURES } from "./runtime.ts";
import { blake2, bytesOf, toHex, u16, u32, u64, vecOf } from "./scale.ts";

/** Null and absence both mean the best block. */
export function blockAt(node: Node, at: unknown): Block | undefined {
  if (at === undefined || at === null) return node.chain.best;
  if (typeof at !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(at))
    throw invalidParams("invalid block hash");
  return node.chain.byHash.get(at) ?? node.chain.byHash.get(at.toLowerCase());
}

export function isDiscarded(node: Node, block: Block): boolean {
  const { pruning } = node.options;
  if (pruning === "archive") return false;
  const { chain } = node;
  if (block.number < chain.finalized.number - pruning) return true;
  // A losing branch goes as soon as another block is final at its height.
  return block.number <= chain.finalized.number && !isCanonical(chain, block);
}

export function stateAt(node: Node, at: unknown, caller: string): Block {
  const block = blockAt(node, at);
  if (!block)
    throw new RpcError(
      CLIENT_ERROR,
      `Client error: UnknownBlock: Header was not found in the database: ${String(at)}`,
    );
  if (isDiscarded(node, block))
    throw new RpcError(
      CLIENT_ERROR,
      `Client error: ${caller}: State already discarded for ${block.hash}`,
    );
  return block;
}

export const UNKNOWN_BLOCK = "UnknownBlock";
const API_CALL = "Api called for an unknown Block";

function member(candidate: Candidate): Buffer {
  const kind = Buffer.from([candidate.permissioned ? 0 : 1]);
  const keys = [kind, candidate.sidechain, candidate.auraPair.publicKey, candidate.gran];
  return Buffer.concat(candidate.permissioned ? keys : [...keys, candidate.mainchain]);
}

/** Epoch and members; the first version of the API gives sidechain ids alone. */
export function encodeCommittee(
  node: Node,
  committee: Committee,
  epoch: number,
  version: 1 | 2,
): Buffer {
  const seated = committee.seats.flatMap((seat) => node.candidates[seat] ?? []);
  const members = seated.map((c) => (version === 1 ? c.sidechain : member(c)));
  return Buffer.concat([u64(epoch), vecOf(members)]);
}

export function genesisUtxo(node: Node): { hash: Buffer; index: number } {
  return { hash: blake2(Buffer.from(`${node.options.seed}|genesis utxo`)), index: 1 };
}

export function encodeDParameter(node: Node): Buffer {
  const { permissioned, registered } = dParameter(node.options.seats);
  return Buffer.concat([u16(permissioned), u16(registered)]);
}

export function epochOf(node: Node, block: Block): number {
  return Math.floor(block.slot / node.options.slotsPerEpoch);
}

type RuntimeCall = (node: Node, block: Block) => Buffer | undefined;

/** Undefined: this runtime does not have the call. */
const RUNTIME_CALLS: Record<string, RuntimeCall> = {
  AuraApi_slot_duration: (node) => u64(node.options.slotMs),
  AuraApi_authorities: (_, block) => block.state.committee.authorities,
  SlotApi_slot_config: ({ options }) =>
    Buffer.concat([u32(options.slotsPerEpoch), u64(options.slotMs)]),
  GetSidechainStatus_get_sidechain_status: (node, block) =>
    Buffer.concat([u64(epochOf(node, block)), u64(block.slot), u32(node.options.slotsPerEpoch)]),
  GetGenesisUtxo_genesis_utxo: (node) => {
    const utxo = genesisUtxo(node);
    return Buffer.concat([utxo.hash, u16(utxo.index)]);
  },
  SystemParametersApi_get_d_parameter: (node, block) =>
    FEATURES.systemParametersApi(block.state.specVersion) ? encodeDParameter(node) : undefined,
  ConsensusEngineApi_active_engine: ({ options }, block) =>
    FEATURES.consensusEngine(block.state.specVersion)
      ? Buffer.from([isBabe(block.number + 1, options.babeFrom) ? 1 : 0])
      : undefined,
  SessionValidatorManagementApi_get_current_committee: (node, { state }) =>
    encodeCommittee(
      node,
      state.committee,
      state.epoch,
      FEATURES.committeeVersion(state.specVersion),
    ),
  SessionValidatorManagementApi_get_next_committee: (node, { state }) => {
    const next = node.options.faults.noNextCommittee ? undefined : state.next;
    if (!next) return Buffer.from([0]);
    const version = FEATURES.committeeVersion(state.specVersion);
    const value = encodeCommittee(node, next.committee, next.epoch, version);
    return Buffer.concat([Buffer.from([1]), value]);
  },
  SessionValidatorManagementApi_get_next_unset_epoch_number: (_, { state }) =>
    u64((state.next?.epoch ?? state.epoch) + 1),
  GrandpaApi_grandpa_authorities: (_, block) => block.state.committee.voters,
  GrandpaApi_current_set_id: (_, block) => u64(block.state.setId),
  Metadata_metadata_versions: () => vecOf([u32(14), u32(15), u32(16)]),
  MidnightRuntimeApi_get_network_id: () => bytesOf("devnet"),
};

export function stateCall(node: Node, name: unknown, args: unknown, at: unknown): string {
  if (typeof name !== "string") throw invalidParams("method name expected");
  if (typeof args !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(args))
    throw invalidParams("hex encoded arguments expected");
  const block = stateAt(node, at, API_CALL);
  const value = RUNTIME_CALLS[name]?.(node, block);
  if (!value)
    throw new RpcError(
      CLIENT_ERROR,
      `Client error: Execution failed: Runtime api ${name}: Exported method ${name} is not found`,
    );
  return toHex(value);
}
