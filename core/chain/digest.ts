// Digest logs of a header: slot, engine, committee change, runtime version, seal.
import { MonitorError } from "../errors.ts";
import type { Digest, Engine } from "../types.ts";
import { littleEndian, readKeys, ScaleReader } from "./scale.ts";

// A log is one SCALE DigestItem: kind byte, four letters of the engine, compact length, bytes.
const PRE_RUNTIME = "06";
const CONSENSUS = "04";
const SEAL = "05";
const OTHER = "00";
const RUNTIME_CHANGED = "08";
const AURA = "61757261";
const BABE = "42414245";
const MIDNIGHT_VERSION = "4d4e5356"; // "MNSV"
const AUTHORITIES_CHANGE = 1; // Aura's ConsensusLog::AuthoritiesChange

const KIND_END = 2 + 2; // "0x", kind
const ENGINE_END = KIND_END + 8; // engine

// The three logs of every block have one length each, so they are known by their first letters; a log that
// differs in either goes the long way below, where a malformed one is refused.
const AURA_SLOT = `0x${PRE_RUNTIME}${AURA}20`;
const BUILT_BY = `0x${CONSENSUS}${MIDNIGHT_VERSION}10`;
const AURA_SEAL = `0x${SEAL}${AURA}0101`;

/** Nothing is taken from a log before it is known to be good. */
function readCommon(digest: Digest, log: string): boolean {
  if (log.length === AURA_SLOT.length + 16 && log.startsWith(AURA_SLOT)) {
    const slot = littleEndian(log, AURA_SLOT.length, 8);
    if (digest.engine !== null || !Number.isSafeInteger(slot)) return false;
    digest.slot = slot;
    digest.engine = "aura";
    return true;
  }
  if (log.length === BUILT_BY.length + 8 && log.startsWith(BUILT_BY)) {
    const specVersion = littleEndian(log, BUILT_BY.length, 4);
    if (Number.isNaN(specVersion)) return false;
    digest.specVersion = specVersion;
    return true;
  }
  if (log.length !== AURA_SEAL.length + 128 || !log.startsWith(AURA_SEAL)) return false;
  digest.seal = log.slice(AURA_SEAL.length);
  return true;
}

/** Decodes the logs of one header. Unknown logs are passed over; a malformed known one is `bad-reply`. */
export function decodeDigest(logs: readonly string[], subject: string): Digest {
  const digest: Digest = {
    engine: null,
    slot: null,
    authorityIndex: null,
    newAuthorities: null,
    specVersion: null,
    seal: null,
  };
  // While Aura still seals, blocks may carry a synthetic BABE digest too: the seal tells which counts.
  const engine = sealEngine(logs);
  for (const log of logs) {
    if (engine === "aura" && readCommon(digest, log)) continue;
    readRare(digest, log, engine, subject);
  }
  return digest;
}

function readRare(digest: Digest, log: string, engine: Engine | null, subject: string): void {
  checkWhole(log, subject);
  switch (log.slice(2, ENGINE_END)) {
    case PRE_RUNTIME + AURA:
      readPreRuntime(digest, "aura", engine, log, subject);
      break;
    case PRE_RUNTIME + BABE:
      readPreRuntime(digest, "babe", engine, log, subject);
      break;
    case SEAL + AURA:
    case SEAL + BABE:
      digest.seal = readWhole(log, subject, (reader) => reader.hex(64));
      break;
    case CONSENSUS + AURA:
      readAuraConsensus(digest, log, subject);
      break;
    case CONSENSUS + MIDNIGHT_VERSION:
      digest.specVersion = readWhole(log, subject, (reader) => reader.u32());
      break;
  }
}

function sealEngine(logs: readonly string[]): Engine | null {
  const last = logs.at(-1) ?? "";
  if (last.startsWith(`0x${SEAL}${AURA}`)) return "aura";
  if (last.startsWith(`0x${SEAL}${BABE}`)) return "babe";
  return null;
}

/**
 * A header's hash is over its logs in a row, so it says nothing of where one ends and the next begins: a node that
 * draws the line elsewhere could hide a change of the list in a log that is passed over. Each log tells its length.
 */
function checkWhole(log: string, subject: string): void {
  switch (log.slice(2, 4)) {
    case PRE_RUNTIME:
    case CONSENSUS:
    case SEAL:
      payload(log, subject);
      break;
    case OTHER:
      payload(log, subject, KIND_END);
      break;
    case RUNTIME_CHANGED:
      if (log.length !== KIND_END) throw wrongLength(subject);
      break;
    default: // of a kind that is still to come: at least it begins and ends between bytes
      if (log.length < KIND_END || log.length % 2 !== 0) throw wrongLength(subject);
      break;
  }
}

function readPreRuntime(
  digest: Digest,
  engine: Engine,
  sealedBy: Engine | null,
  log: string,
  subject: string,
): void {
  if (sealedBy !== null && engine !== sealedBy) return;
  // Without a seal to go by, the first recognised pre-digest counts.
  if (digest.engine !== null) return;
  const reader = payload(log, subject);
  digest.engine = engine;
  if (engine === "aura") {
    digest.slot = reader.u64();
    reader.end();
    return;
  }
  const tag = reader.u8(); // 1 primary, 2 secondary plain, 3 secondary VRF: index and slot come first
  if (tag < 1 || tag > 3) throw new MonitorError("bad-reply", `${subject}: BABE pre-digest ${tag}`);
  digest.authorityIndex = reader.u32();
  digest.slot = reader.u64();
}

function readAuraConsensus(digest: Digest, log: string, subject: string): void {
  const reader = payload(log, subject);
  if (reader.u8() !== AUTHORITIES_CHANGE) return; // OnDisabled: Midnight disables nobody
  const authorities = readKeys(reader);
  reader.end();
  if (authorities.length === 0) {
    throw new MonitorError("bad-reply", `${subject}: an authority change to an empty list`);
  }
  digest.newAuthorities = authorities;
}

function readWhole<T>(log: string, subject: string, read: (reader: ScaleReader) => T): T {
  const reader = payload(log, subject);
  const value = read(reader);
  reader.end();
  return value;
}

function payload(log: string, subject: string, from = ENGINE_END): ScaleReader {
  const reader = new ScaleReader(log, subject, from);
  if (reader.compact() !== reader.remaining) throw wrongLength(subject);
  return reader;
}

function wrongLength(subject: string): MonitorError {
  return new MonitorError("bad-reply", `${subject}: digest log of the wrong length`);
}
