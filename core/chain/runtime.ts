// Runtime calls: chain constants, the authority list, the committee with its identities.
import { isCode, MonitorError } from "../errors.ts";
import type { Authorities, Candidate, ChainConstants, Engine } from "../types.ts";
import type { StatedCommittee } from "./candidates.ts";
import { decodeCommittee, decodeNextCommittee } from "./candidates.ts";
import type { Link } from "./link.ts";
import type { RuntimeVersion } from "./rpc.ts";
import { callRuntime, fetchRuntimeVersion } from "./rpc.ts";
import { readKeys, ScaleReader } from "./scale.ts";

/**
 * Slot duration and slots per epoch, as the runtime states them. `GetSidechainStatus` and the epoch
 * duration API stand in where `SlotApi` is missing. Throws when none answers: nothing is assumed.
 */
export async function fetchConstants(link: Link): Promise<ChainConstants> {
  try {
    const reader = new ScaleReader(await callRuntime(link, "SlotApi_slot_config"), "SlotApi");
    const constants = { slotsPerEpoch: reader.u32(), slotDurationMs: reader.u64() };
    reader.end();
    return plausible(constants);
  } catch (error) {
    if (!isCode(error, "rpc", "bad-reply")) throw error;
    return plausible(await fetchConstantsByParts(link));
  }
}

async function fetchConstantsByParts(link: Link): Promise<ChainConstants> {
  const duration = await callRuntime(link, "AuraApi_slot_duration");
  const slotDurationMs = new ScaleReader(duration, "AuraApi_slot_duration").u64();
  try {
    const status = await callRuntime(link, "GetSidechainStatus_get_sidechain_status");
    const reader = new ScaleReader(status, "GetSidechainStatus");
    reader.hex(16); // epoch and slot of the last block
    return { slotDurationMs, slotsPerEpoch: reader.u32() };
  } catch (error) {
    if (!isCode(error, "rpc", "bad-reply")) throw error;
    const epoch = await callRuntime(link, "GetEpochDurationApi_get_epoch_duration_millis");
    const epochMs = new ScaleReader(epoch, "GetEpochDurationApi").u64();
    return { slotDurationMs, slotsPerEpoch: epochMs / slotDurationMs };
  }
}

function plausible(constants: ChainConstants): ChainConstants {
  const { slotDurationMs, slotsPerEpoch } = constants;
  if (!(slotDurationMs > 0) || !(slotsPerEpoch > 0) || !Number.isInteger(slotsPerEpoch)) {
    const text = `${slotsPerEpoch} slots of ${slotDurationMs} ms`;
    throw new MonitorError("bad-reply", `the runtime states an epoch of ${text}`);
  }
  return constants;
}

/** The Aura authorities in a block's state: the list that judges its *children*. */
export async function fetchAuthorities(link: Link, hash: string): Promise<Authorities> {
  const reader = new ScaleReader(await callRuntime(link, "AuraApi_authorities", hash), "AuraApi");
  const authorities = readKeys(reader);
  reader.end();
  if (authorities.length === 0) throw new MonitorError("bad-reply", "an empty authority list");
  return authorities;
}

/** blake2b-64("SessionValidatorManagementApi") */
const COMMITTEE_API = "0x19dba14093498f16";

/** Members of the best block's committee; none where the runtime (API v1) states ids without keys. */
export async function fetchCommittee(link: Link): Promise<Candidate[]> {
  const { apis } = await fetchRuntimeVersion(link);
  if ((apis.get(COMMITTEE_API) ?? 0) < 2) return [];
  const name = "SessionValidatorManagementApi_get_current_committee";
  return decodeCommittee(await callRuntime(link, name)).members;
}

/** blake2b-64("ConsensusEngineApi"): runtimes that can leave Aura for BABE. */
const ENGINE_API = "0xc367a8b96e569f35";
const ENGINES: readonly Engine[] = ["aura", "babe"];

/**
 * The committee that follows the present one, as the state of a block (the best one unless told) has it.
 * Null: none is set yet, the runtime (API v1) states ids without keys, or slots are not told by a rota any
 * more (BABE). From runtime 2.1 on there is a further stage between this one and the one in force, so the
 * epoch it states, and the rotation that follows, decide whether it is to be believed.
 */
export async function fetchNextCommittee(
  link: Link,
  hash?: string,
): Promise<StatedCommittee | null> {
  const { apis } = await fetchRuntimeVersion(link, hash);
  if ((apis.get(COMMITTEE_API) ?? 0) < 2) return null;
  if ((await fetchEngine(link, apis, hash)) === "babe") return null;
  const name = "SessionValidatorManagementApi_get_next_committee";
  const next = decodeNextCommittee(await callRuntime(link, name, hash));
  return next === null || next.members.length === 0 ? null : next;
}

/** Runtimes with a further stage between the committee they call the next and the one in force. */
export function queuesCommittees({ apis }: RuntimeVersion): boolean {
  return apis.has(ENGINE_API);
}

async function fetchEngine(
  link: Link,
  apis: ReadonlyMap<string, number>,
  hash: string | undefined,
): Promise<Engine> {
  if (!apis.has(ENGINE_API)) return "aura";
  const reply = await callRuntime(link, "ConsensusEngineApi_active_engine", hash);
  const reader = new ScaleReader(reply, "ConsensusEngineApi");
  const engine = ENGINES[reader.u8()];
  reader.end();
  if (engine === undefined) throw new MonitorError("bad-reply", `no engine we know: ${reply}`);
  return engine;
}

/** The engine that makes the blocks after one (the best one unless told). */
export async function fetchActiveEngine(link: Link, hash?: string): Promise<Engine> {
  return await fetchEngine(link, (await fetchRuntimeVersion(link, hash)).apis, hash);
}
