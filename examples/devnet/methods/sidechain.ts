import { ariadneJson, registrationsOf } from "../ariadne.ts";
import { cardanoTime } from "../cardano.ts";
import type { Block } from "../chain.ts";
import { dParameter } from "../committee.ts";
import { type Node, nodeTimeMs } from "../node.ts";
import { INTERNAL_ERROR, invalidParams, RpcError, SIDECHAIN_ERROR } from "../rpc-error.ts";
import { FEATURES } from "../runtime.ts";
import { genesisUtxo, isDiscarded, stateAt, UNKNOWN_BLOCK } from "../state.ts";
import { bestSpec, type Method, type Methods, type Params, plain } from "./method.ts";

/** The node's db-sync has seen Cardano's latest block, one every 20 s. */
const CARDANO_BLOCK_MS = 20_000;
const LEAST_MAINCHAIN_EPOCH = 2;

function status(node: Node): unknown {
  const { options } = node;
  if (!options.dbSync)
    throw new RpcError(
      INTERNAL_ERROR,
      "Internal error: GetLatestBlockResponse error error communicating with database: Connection refused (os error 111)",
    );
  const timeMs = nodeTimeMs(node);
  const slot = Math.floor(timeMs / options.slotMs);
  const epoch = Math.floor(slot / options.slotsPerEpoch);
  const nextEpochTimestamp = (epoch + 1) * options.slotsPerEpoch * options.slotMs;
  // db-sync has its own source of time: the node's clock, right or wrong, is nothing to it.
  const truthMs = timeMs - options.faults.clockSkewMs - options.faults.dbSyncLagMs;
  const seenMs = Math.floor(truthMs / CARDANO_BLOCK_MS) * CARDANO_BLOCK_MS;
  return {
    sidechain: options.statusSlot
      ? { epoch, slot, nextEpochTimestamp }
      : { epoch, nextEpochTimestamp },
    mainchain: cardanoTime(options.cardano, seenMs),
  };
}

function whole(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw invalidParams(`${what} expected`);
  return value;
}

function sidechainError(message: string): RpcError {
  return new RpcError(SIDECHAIN_ERROR, message);
}

function requireState(node: Node, block: Block | undefined): Block {
  if (!block) throw sidechainError('UnknownBlock("Expect block number from id: 1")');
  if (isDiscarded(node, block))
    throw sidechainError(
      `RuntimeApiError(UnknownBlock("State already discarded for ${block.hash}"))`,
    );
  return block;
}

/** Last canonical block whose slot lies in or before the epoch. */
function lastBlockUpTo(node: Node, epoch: number): Block {
  const { canonical } = node.chain;
  const endSlot = (epoch + 1) * node.options.slotsPerEpoch;
  let low = 0;
  let high = canonical.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((canonical[middle]?.slot ?? 0) < endSlot) low = middle;
    else high = middle - 1;
  }
  return canonical[low] ?? node.chain.genesis;
}

/** Reads block 1's state first, so a pruned node answers for no epoch at all. */
function committeeSeats(node: Node, epoch: number): readonly number[] {
  const { chain } = node;
  if (epoch === 0) return requireState(node, chain.genesis).state.committee.seats;
  const first = requireState(node, chain.canonical[1]);
  if (epoch < first.state.epoch)
    throw sidechainError(`Epoch ${epoch} is earlier than the Initial Epoch!`);
  const { next } = chain.best.state;
  if (epoch === next?.epoch) return next.committee.seats;
  if (epoch > chain.best.state.epoch)
    throw sidechainError(`Committee is unknown for epoch ${epoch}`);
  return requireState(node, lastBlockUpTo(node, epoch)).state.committee.seats;
}

function epochCommittee(node: Node, params: Params): unknown {
  const sidechainEpoch = whole(params[0], "epoch number");
  const committee = committeeSeats(node, sidechainEpoch).map((seat) => ({
    sidechainPubKey: node.candidates[seat]?.sidechainHex,
  }));
  return { sidechainEpoch, committee };
}

function requireMainchainEpoch(node: Node, value: unknown): number {
  const epoch = whole(value, "mainchain epoch");
  if (epoch < LEAST_MAINCHAIN_EPOCH)
    throw sidechainError(`McEpoch(${epoch}) is too early: the minimum is ${LEAST_MAINCHAIN_EPOCH}`);
  if (!node.options.dbSync)
    throw sidechainError(
      'DataSourceError(InternalDataSourceError("error communicating with database: Connection refused"))',
    );
  return epoch;
}

const ariadne: Method = {
  answer(node, params) {
    return ariadneJson(node, requireMainchainEpoch(node, params[0]));
  },
};
const fromSystemParameters = (node: Node): boolean => FEATURES.systemParametersRpc(bestSpec(node));

export const sidechainMethods: Methods = {
  sidechain_getStatus: plain(status),
  sidechain_getParams: plain((node) => {
    const utxo = genesisUtxo(node);
    return { genesis_utxo: `${utxo.hash.toString("hex")}#${utxo.index}` };
  }),
  sidechain_getEpochCommittee: plain(epochCommittee),
  sidechain_getAriadneParameters: ariadne,
  sidechain_getRegistrations: plain((node, [epoch, key]) => {
    const mainchainEpoch = requireMainchainEpoch(node, epoch);
    if (typeof key !== "string" || !/^(0x)?[0-9a-fA-F]{64}$/.test(key))
      throw invalidParams("mainchain public key expected");
    return registrationsOf(node, key, mainchainEpoch);
  }),
  systemParameters_getAriadneParameters: { ...ariadne, available: fromSystemParameters },
  systemParameters_getDParameter: {
    ...plain((node, [at]) => {
      stateAt(node, at, UNKNOWN_BLOCK);
      const { permissioned, registered } = dParameter(node.options.seats);
      return {
        numPermissionedCandidates: permissioned,
        numRegisteredCandidates: registered,
      };
    }),
    available: fromSystemParameters,
  },
  systemParameters_getTermsAndConditions: {
    ...plain((node, [at]) => {
      stateAt(node, at, UNKNOWN_BLOCK);
      return { hash: `0x${"00".repeat(32)}`, url: "" };
    }),
    available: fromSystemParameters,
  },
};
