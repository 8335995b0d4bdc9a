// Which keys belong together: committee members and Ariadne candidates.
import { MonitorError } from "../errors.ts";
import {
  badReply,
  parseArray,
  parseBoolean,
  parseHex,
  parseNumber,
  parseObject,
  parseText,
} from "../parse.ts";
import type { Candidate, RegisteredCandidate } from "../types.ts";
import { ScaleReader } from "./scale.ts";

/**
 * Candidates of `…_getAriadneParameters`: permissioned ones (the list may be null) and the
 * registrations of every pool. Before partner-chains 1.8 the Aura and GRANDPA keys are fields of
 * their own, since then they sit in `keys`. An entry we cannot read is left out: it would only
 * name an identity, never an author.
 */
export function parseAriadne(value: unknown, path: string): RegisteredCandidate[] {
  const parameters = parseObject(value, path);
  const permissioned = parameters["permissionedCandidates"] ?? [];
  const registrations = parameters["candidateRegistrations"] ?? {};
  const candidates: RegisteredCandidate[] = [];
  for (const entry of parseArray(permissioned, `${path}.permissionedCandidates`)) {
    addCandidate(candidates, entry, null, path);
  }
  const pools = Object.entries(parseObject(registrations, `${path}.candidateRegistrations`));
  for (const [pool, entries] of pools) {
    for (const entry of parseArray(entries, `${path}.candidateRegistrations`)) {
      addCandidate(candidates, entry, pool, path);
    }
  }
  return candidates;
}

function addCandidate(
  candidates: RegisteredCandidate[],
  value: unknown,
  pool: string | null,
  path: string,
): void {
  try {
    const entry = parseObject(value, path);
    const valid = parseBoolean(entry["isValid"] ?? true, path);
    const stake = entry["stakeDelegation"] ?? null;
    candidates.push({
      ...parseKeys(entry, path),
      registration: !valid ? "invalid" : pool === null ? "permissioned" : "registered",
      pool: pool === null ? null : parseText(pool, path),
      stake: stake === null ? null : parseLovelace(stake, path),
      invalidReason: valid ? null : formatReason(entry["invalidReasons"]),
    });
  } catch {
    // A malformed registration is the candidate's own mistake, made on Cardano where anybody may write.
  }
}

function parseKeys(
  entry: Record<string, unknown>,
  path: string,
): Pick<Candidate, "aura" | "grandpa" | "sidechain"> {
  const keys = parseObject(entry["keys"] ?? {}, `${path}.keys`);
  const aura = keys["aura"] ?? entry["auraPublicKey"] ?? entry["auraPubKey"];
  const grandpa = keys["gran"] ?? entry["grandpaPublicKey"] ?? entry["grandpaPubKey"];
  return {
    aura: parseHex(aura, path, 32),
    grandpa: parseHex(grandpa, path, 32),
    sidechain: parseHex(entry["sidechainPublicKey"] ?? entry["sidechainPubKey"], path, 33),
  };
}

/** 45 billion ada are all there will be: more than a number holds exactly, and no stake is above it. */
const MOST_LOVELACE = 45e15;

function parseLovelace(value: unknown, path: string): number {
  const lovelace = parseNumber(value, path);
  if (Number.isInteger(lovelace) && lovelace >= 0 && lovelace <= MOST_LOVELACE) return lovelace;
  throw badReply(path, "lovelace", value);
}

const LONGEST_REASON = 200;

/** `{"StakeError":"InvalidStake"}` → `StakeError: InvalidStake`; permissioned candidates have a plain word. */
function formatReason(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return inWords(value);
  const reasons = Object.entries(value).map(([kind, reason]) => `${kind}: ${inWords(reason)}`);
  return reasons.join(", ").slice(0, LONGEST_REASON);
}

function inWords(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, LONGEST_REASON);
}

/** A committee as the runtime states it. */
export interface StatedCommittee {
  /** The epoch it says it is for. */
  epoch: number;
  /** In seat order, which is Aura's; duplicates are seats. */
  members: Candidate[];
}

/** `SessionValidatorManagementApi_get_current_committee`, API v2. */
export function decodeCommittee(hex: string): StatedCommittee {
  const reader = new ScaleReader(hex, "committee");
  const committee = readCommittee(reader);
  reader.end();
  return committee;
}

/** `SessionValidatorManagementApi_get_next_committee`, API v2: the same, or none. */
export function decodeNextCommittee(hex: string): StatedCommittee | null {
  const reader = new ScaleReader(hex, "next committee");
  const some = reader.u8();
  if (some > 1) throw new MonitorError("bad-reply", `next committee: option tag ${some}`);
  const committee = some === 0 ? null : readCommittee(reader);
  reader.end();
  return committee;
}

function readCommittee(reader: ScaleReader): StatedCommittee {
  return { epoch: reader.u64(), members: readMembers(reader) };
}

function readMembers(reader: ScaleReader): Candidate[] {
  const members: Candidate[] = [];
  const count = reader.compact();
  for (let i = 0; i < count; i++) {
    const kind = reader.u8();
    if (kind > 1) throw new MonitorError("bad-reply", `a committee member of kind ${kind}`);
    const registered = kind === 1;
    members.push({
      sidechain: `0x${reader.hex(33)}`,
      aura: `0x${reader.hex(32)}`,
      grandpa: `0x${reader.hex(32)}`,
      registration: registered ? "registered" : "permissioned",
    });
    if (registered) reader.hex(32); // stake pool key
  }
  return members;
}
