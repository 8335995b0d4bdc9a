// Candidates as the sidechain methods list them, in the old and the new key shape.
import { dParameter } from "./committee.ts";
import type { Candidate } from "./keys.ts";
import type { Node } from "./node.ts";
import { sequence } from "./random.ts";
import { standingOf } from "./registrations.ts";
import { toHex } from "./scale.ts";

type Shape = "old" | "new";

/** Grouped under `keys` since partner chains 1.8, separate fields before. */
function sessionKeys(shape: Shape, candidate: Candidate, names: [aura: string, gran: string]) {
  const { auraHex, granHex } = candidate;
  return shape === "new"
    ? { keys: { aura: auraHex, gran: granHex } }
    : { [names[0]]: auraHex, [names[1]]: granHex };
}

function permissionedEntry(shape: Shape, candidate: Candidate, valid: boolean) {
  return {
    sidechainPublicKey: candidate.sidechainHex,
    ...sessionKeys(shape, candidate, ["auraPublicKey", "grandpaPublicKey"]),
    isValid: valid,
    ...(valid ? {} : { invalidReasons: "InvalidAccountKeys" }),
  };
}

function invalidReasons(candidate: Candidate): unknown {
  return candidate.index % 2 === 0
    ? { StakeError: "InvalidStake" }
    : { InvalidRegistrationData: "InvalidMainchainSignature" };
}

function registrationEntry(node: Node, candidate: Candidate, valid: boolean) {
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
    isValid: valid,
    ...(valid ? {} : { invalidReasons: invalidReasons(candidate) }),
  };
}

/** A pool's list: its last valid registration, and a newer one that is not. */
function registrationEntries(node: Node, candidate: Candidate, mainchainEpoch: number): unknown[] {
  const standing = standingOf(node.registrations, candidate, mainchainEpoch);
  if (standing === "missing") return [];
  const entry = registrationEntry(node, candidate, standing !== "invalid");
  return standing === "renewed" ? [entry, registrationEntry(node, candidate, false)] : [entry];
}

export function ariadneJson(node: Node, mainchainEpoch: number): string {
  const { candidates, options, registrations } = node;
  const { permissioned, registered } = dParameter(options.seats);
  const pools = candidates.filter((c) => !c.permissioned);
  return JSON.stringify({
    dParameter: { numPermissionedCandidates: permissioned, numRegisteredCandidates: registered },
    permissionedCandidates: candidates
      .filter((c) => c.permissioned)
      .flatMap((c) => {
        const standing = standingOf(registrations, c, mainchainEpoch);
        if (standing === "missing") return [];
        return [permissionedEntry(options.ariadneShape, c, standing !== "invalid")];
      }),
    candidateRegistrations: Object.fromEntries(
      pools.flatMap((c) => {
        const entries = registrationEntries(node, c, mainchainEpoch);
        return entries.length === 0 ? [] : [[c.mainchainHex, entries]];
      }),
    ) as unknown,
  });
}

export function registrationsOf(
  node: Node,
  mainchainKey: string,
  mainchainEpoch: number,
): unknown[] {
  const wanted = `0x${mainchainKey.replace(/^0x/, "").toLowerCase()}`;
  return node.candidates
    .filter((c) => !c.permissioned && c.mainchainHex === wanted)
    .flatMap((c) => registrationEntries(node, c, mainchainEpoch));
}
