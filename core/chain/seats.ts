// Who sits next, and who votes: two runtime calls in the best block's state.
import { MonitorError } from "../errors.ts";
import type { Candidate } from "../types.ts";
import { decodeCommittee } from "./candidates.ts";
import type { Link } from "./link.ts";
import type { RuntimeVersion } from "./rpc.ts";
import { callRuntime } from "./rpc.ts";
import { readKeys, ScaleReader } from "./scale.ts";

/** blake2b-64("SessionValidatorManagementApi") */
const COMMITTEE_API = "0x19dba14093498f16";
/** blake2b-64("ConsensusEngineApi"): these runtimes queue one committee more before it takes over. */
const ENGINE_API = "0xc367a8b96e569f35";

export interface Seats {
  epoch: number;
  /** In seat order. */
  members: Candidate[];
}

/**
 * The committee after the present one. Null where none is set, where the runtime (API v1) states ids
 * without keys, and where the committee it states is not the next one to take over.
 */
export async function fetchNextSeats(
  link: Link,
  { apis }: RuntimeVersion,
  hash?: string,
): Promise<Seats | null> {
  if ((apis.get(COMMITTEE_API) ?? 0) < 2 || apis.has(ENGINE_API)) return null;
  const name = "SessionValidatorManagementApi_get_next_committee";
  const hex = await callRuntime(link, name, hash);
  const reader = new ScaleReader(hex, name);
  const some = reader.u8();
  if (some > 1) throw new MonitorError("bad-reply", `${name}: option tag ${some}`);
  if (some === 0) return null;
  // SCALE has no frame: what follows the tag is the value by itself.
  return { epoch: reader.u64(), members: decodeCommittee(`0x${hex.slice(4)}`) };
}

/** GRANDPA keys that vote on what follows the best block; 0x hex. */
export async function fetchVoters(link: Link, hash?: string): Promise<string[]> {
  const name = "GrandpaApi_grandpa_authorities";
  const reader = new ScaleReader(await callRuntime(link, name, hash), name);
  const voters = readKeys(reader, 8); // each with its weight
  reader.end();
  return voters;
}
