import { encodeAddress } from "@polkadot/util-crypto";

import type { Candidate } from "../keys.ts";
import type { Node } from "../node.ts";
import { INTERNAL_ERROR, invalidParams, RpcError } from "../rpc-error.ts";
import { type Method, type Methods, type Params, plain, unsafe } from "./method.ts";

/** The keystore holds the keys of the operator's validator. */
function own(node: Node): Candidate {
  const { operator } = node.options;
  const found = node.candidates[operator];
  if (!found) throw new RpcError(INTERNAL_ERROR, `devnet: there is no validator ${operator}`);
  return found;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw invalidParams("string expected");
  return value.toLowerCase();
}

function hasKey(node: Node, params: Params): boolean {
  const key = text(params[0]);
  if (node.options.faults.keysMissing) return false;
  const { auraHex, granHex, sidechainHex } = own(node);
  const held = new Map([
    ["aura", auraHex],
    ["gran", granHex],
    ["crch", sidechainHex],
  ]);
  return held.get(text(params[1])) === key;
}

function hasSessionKeys(node: Node, params: Params): boolean {
  const keys = text(params[0]);
  if (!/^0x[0-9a-f]{128}$/.test(keys))
    throw new RpcError(INTERNAL_ERROR, "Session keys are not encoded correctly");
  const { auraHex, granHex } = own(node);
  return keys === auraHex + granHex.slice(2);
}

/** A monitor never calls these; they are here so that a test can see that it did not. */
const writesKeys: Method = {
  unsafe: true,
  answer() {
    throw new RpcError(INTERNAL_ERROR, "devnet: keys are not changed over RPC");
  },
};

function roundState(node: Node): unknown {
  const { state, number } = node.chain.best;
  const weight = state.committee.seats.length;
  // Voters are named by their address, as the real node does it.
  const silent = node.options.faults.notVoting ? [encodeAddress(own(node).gran, 42)] : [];
  const votes = { currentWeight: weight - silent.length, missing: silent };
  return {
    setId: state.setId,
    best: {
      round: number + 1,
      totalWeight: weight,
      thresholdWeight: weight - Math.floor((weight - 1) / 3),
      prevotes: votes,
      precommits: votes,
    },
    background: [],
  };
}

export const authorMethods: Methods = {
  author_hasKey: unsafe(plain(hasKey)),
  author_hasSessionKeys: unsafe(plain(hasSessionKeys)),
  author_rotateKeys: writesKeys,
  author_insertKey: writesKeys,
  author_pendingExtrinsics: plain(() => []),
  grandpa_roundState: plain(roundState),
};
