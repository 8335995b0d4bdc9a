// Candidates as the sidechain methods list them, in the old and the new key shape.
import { dParameter } from "./committee.ts";
import type { Candidate } from "./keys.ts";
import type { Node } from "./node.ts";
import { sequence } from "./random.ts";
import { toHex } from "./scale.ts";

type Shape = "old" | "new";

/** Grouped under `keys` since partner chains 1.8, separate fields before. */
function sessionKeys(shape: Shape, candidate: Candidate, names: [aura: string, gran: string]) {
  const { auraHex, granHex } = candidate;
  return shape === "new"
    ? { keys: { aura: auraHex, gran: granHex } }
    : { [names[0]]: auraHex, [names[1]]: granHex };
}

function permissionedEntry(shape: Shape, candidate: Candidate) {
  return {
    sidechainPublicKey: candidate.sidechainHex,
    ...sessionKeys(shape, candidate, ["auraPublicKey", "grandpaPublicKey"]),
    isValid: true,
  };
}

function invalidReasons(candidate: Candidate): unknown {
  return candidate.index % 2 === 0
    ? { StakeError: "InvalidStake" }
    : { InvalidRegistrationData: "InvalidMainchainSignature" };
}

function registrationEntry(node: Node, candidate: Candidate) {
  const luck = sequence(`${node.options.seed}|registration|${candidate.index}`);
  const sidechainSignature = toHex(luck.bytes(64));
  return {
    sidechainPubKey: candidate.sidechainHex,
    sidechainAccountId: candidate.accountId,
    mainchainPubKey: candidate.mainchainHex,
    crossChainPubKey: candidate.sidechainHex,
    ...sessionKeys(node.options.ariadneShape, candidate, ["auraPubKey", "grandpaPubKey"]),
    sidechainSignature,
    mainchainSignature: toHex(luck.bytes(64)),
    crossChainSignature: sidechainSignature,
    utxo: {
      utxoId: `${luck.bytes(32).toString("hex")}#${luck.below(3)}`,
      epochNumber: 2 + luck.below(300),
      blockNumber: 1_000_000 + luck.below(1_000_000),
      slotNumber: 26_000_000 + luck.below(10_000_000),
      txIndexWithinBlock: luck.below(20),
    },
    stakeDelegation: candidate.stake,
    isValid: candidate.valid,
    ...(candidate.valid ? {} : { invalidReasons: invalidReasons(candidate) }),
  };
}

export function ariadneJson(node: Node): string {
  const { candidates, options } = node;
  const { permissioned, registered } = dParameter(options.seats);
  const pools = candidates.filter((c) => !c.permissioned);
  return JSON.stringify({
    dParameter: { numPermissionedCandidates: permissioned, numRegisteredCandidates: registered },
    permissionedCandidates: candidates
      .filter((c) => c.permissioned)
      .map((c) => permissionedEntry(options.ariadneShape, c)),
    candidateRegistrations: Object.fromEntries(
      pools.map((c) => [c.mainchainHex, [registrationEntry(node, c)]]),
    ) as unknown,
  });
}

export function registrationsOf(node: Node, mainchainKey: string): unknown[] {
  const wanted = `0x${mainchainKey.replace(/^0x/, "").toLowerCase()}`;
  return node.candidates
    .filter((c) => !c.permissioned && c.mainchainHex === wanted)
    .map((c) => registrationEntry(node, c));
}
