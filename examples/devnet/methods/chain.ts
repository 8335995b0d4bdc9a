import type { Node } from "../node.ts";
import { INVALID_PARAMS, invalidParams, RpcError } from "../rpc-error.ts";
import { runtimeVersionJson } from "../runtime.ts";
import { blockAt, stateAt, stateCall, UNKNOWN_BLOCK } from "../state.ts";
import { readStorage } from "../storage.ts";
import { type Method, type Methods, type Params, plain } from "./method.ts";

function blockNumber(value: unknown): number {
  const number =
    typeof value === "string" && /^0x[0-9a-fA-F]+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > 0xffff_ffff)
    throw invalidParams("invalid block number");
  return number;
}

function hashOf(node: Node, value: unknown): string | null {
  return node.chain.canonical[blockNumber(value)]?.hash ?? null;
}

function blockHash(node: Node, params: Params): unknown {
  const [wanted] = params;
  if (wanted === undefined || wanted === null) return node.chain.best.hash;
  if (!Array.isArray(wanted)) return hashOf(node, wanted);
  if (node.options.faults.noHashList)
    throw new RpcError(INVALID_PARAMS, "Invalid params", "invalid type: sequence, expected u32");
  return wanted.map((number: unknown) => hashOf(node, number));
}

function storageKeyParam(value: unknown): string {
  if (typeof value !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(value))
    throw invalidParams("invalid storage key");
  return value;
}

const getBlockHash = plain(blockHash);
const getFinalizedHead = plain(({ chain }) => chain.finalized.hash);
// The prepared answers: nothing is serialised here.
const getHeader: Method = {
  answer: (node, params) => blockAt(node, params[0])?.headerJson ?? "null",
};
const getBlock: Method = {
  answer: (node, params) => blockAt(node, params[0])?.blockJson ?? "null",
};

const call: Method = {
  answer: (node, [name, args, at]) => `"${stateCall(node, name, args, at)}"`,
};
const getStorage = plain((node, [key, at]) =>
  readStorage(node, storageKeyParam(key), stateAt(node, at, UNKNOWN_BLOCK)),
);
const queryStorageAt = plain((node, [keys, at]) => {
  if (!Array.isArray(keys)) throw invalidParams("a list of keys expected");
  const block = stateAt(node, at, UNKNOWN_BLOCK);
  const changes = keys.map((key: unknown) => {
    const text = storageKeyParam(key);
    return [text, readStorage(node, text, block)];
  });
  return [{ block: block.hash, changes }];
});
const getRuntimeVersion: Method = {
  answer: (node, [at]) => runtimeVersionJson(stateAt(node, at, UNKNOWN_BLOCK).state.specVersion),
};
const getMetadata: Method = {
  answer(node, [at]) {
    const { specVersion } = stateAt(node, at, UNKNOWN_BLOCK).state;
    if (node.metadata === undefined)
      throw new RpcError(
        4003,
        "Client error: this devnet has no metadata; start it with --metadata",
      );
    const { before, after } = node.metadata;
    return `"${specVersion === node.options.specVersion ? before : after}"`;
  },
};

export const chainMethods: Methods = {
  chain_getBlockHash: getBlockHash,
  chain_getHead: getBlockHash,
  chain_getHeader: getHeader,
  chain_getBlock: getBlock,
  chain_getFinalizedHead: getFinalizedHead,
  chain_getFinalisedHead: getFinalizedHead,
  chain_getRuntimeVersion: getRuntimeVersion,
  state_call: call,
  state_callAt: call,
  state_getStorage: getStorage,
  state_getStorageAt: getStorage,
  state_queryStorageAt: queryStorageAt,
  state_getMetadata: getMetadata,
  state_getRuntimeVersion: getRuntimeVersion,
};
