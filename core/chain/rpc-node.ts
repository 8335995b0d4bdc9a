// RPC methods that tell how the node itself is, each with the shape of its answer.
import {
  parseArray,
  parseBoolean,
  parseCount,
  parseHex,
  parseObject,
  parseText,
} from "../parse.ts";
import type { Link } from "./link.ts";
import { decodeAddress } from "./ss58.ts";

export interface NodeHealth {
  peers: number;
  syncing: boolean;
  /** False on a development chain, where no peers is as it should be. */
  shouldHavePeers: boolean;
}

export async function fetchHealth(link: Link): Promise<NodeHealth> {
  const path = "system_health";
  const health = parseObject(await link.request(path, []), path);
  return {
    peers: parseCount(health["peers"], `${path}.peers`),
    syncing: parseBoolean(health["isSyncing"], `${path}.isSyncing`),
    shouldHavePeers: parseBoolean(health["shouldHavePeers"] ?? true, `${path}.shouldHavePeers`),
  };
}

export interface SyncState {
  current: number;
  /** Highest block the node has heard of; null where it does not say. */
  highest: number | null;
}

export async function fetchSyncState(link: Link): Promise<SyncState> {
  const path = "system_syncState";
  const state = parseObject(await link.request(path, []), path);
  const highest = state["highestBlock"] ?? null;
  return {
    current: parseCount(state["currentBlock"], `${path}.currentBlock`),
    highest: highest === null ? null : parseCount(highest, `${path}.highestBlock`),
  };
}

export interface ChainStatus {
  /** The node's wall clock, not its best block. Newer nodes leave the slot out. */
  sidechain: { epoch: number; slot: number | null };
  /** The latest Cardano block in the node's db-sync: not the clock. */
  mainchain: { epoch: number; slot: number };
}

/** Throws `rpc` when the node's db-sync is down: the whole call fails then. */
export async function fetchStatus(link: Link): Promise<ChainStatus> {
  const path = "sidechain_getStatus";
  const status = parseObject(await link.request(path, []), path);
  const sidechain = parseObject(status["sidechain"], `${path}.sidechain`);
  const mainchain = parseObject(status["mainchain"], `${path}.mainchain`);
  const slot = sidechain["slot"] ?? null;
  return {
    sidechain: {
      epoch: parseCount(sidechain["epoch"], `${path}.sidechain.epoch`),
      slot: slot === null ? null : parseCount(slot, `${path}.sidechain.slot`),
    },
    mainchain: {
      epoch: parseCount(mainchain["epoch"], `${path}.mainchain.epoch`),
      slot: parseCount(mainchain["slot"], `${path}.mainchain.slot`),
    },
  };
}

/** Its name on the peer-to-peer network. */
export async function fetchLocalPeerId(link: Link): Promise<string> {
  const path = "system_localPeerId";
  return parseText(await link.request(path, []), path);
}

/** Addresses the node listens on, as multiaddresses. Behind a router none of them is the public one. */
export async function fetchListenAddresses(link: Link): Promise<string[]> {
  const path = "system_localListenAddresses";
  return parseTexts(await link.request(path, []), path);
}

/** Addresses others reach the node at, as it believes. Unsafe: refused by most nodes. */
export async function fetchExternalAddresses(link: Link): Promise<string[]> {
  const path = "system_unstable_networkState";
  const state = parseObject(await link.request(path, []), path);
  return parseTexts(state["externalAddresses"] ?? [], `${path}.externalAddresses`);
}

export interface Connection {
  /** Who opened it. */
  direction: "in" | "out" | null;
  address: string | null;
}

/**
 * How each peer is connected, by its id. Unsafe: refused by most nodes. The shape is that of Substrate's network state;
 * what a node leaves out of it is null.
 */
export async function fetchConnections(link: Link): Promise<Map<string, Connection>> {
  const path = "system_unstable_networkState";
  const state = parseObject(await link.request(path, []), path);
  const connected = parseObject(state["connectedPeers"] ?? {}, `${path}.connectedPeers`);
  return new Map(
    Object.entries(connected).map(([id, peer]) => [parseText(id, path), connectionOf(peer)]),
  );
}

const UNTOLD: Connection = { direction: null, address: null };

function connectionOf(peer: unknown): Connection {
  const endpoint = isObject(peer) ? peer["endpoint"] : null;
  if (!isObject(endpoint)) return UNTOLD;
  const dialing: unknown = endpoint["dialing"];
  // Dialed: the address, and in what role.
  if (Array.isArray(dialing)) return { direction: "out", address: textOf(dialing[0]) };
  const listening = endpoint["listening"];
  if (!isObject(listening)) return UNTOLD;
  return { direction: "in", address: textOf(listening["send_back_addr"]) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? parseText(value, "an address") : null;
}

export interface PeerRecord {
  id: string;
  roles: string;
  /** Its best block; null where the node does not say. */
  best: number | null;
}

/** Unsafe: refused by most nodes. */
export async function fetchPeers(link: Link): Promise<PeerRecord[]> {
  const path = "system_peers";
  return parseArray(await link.request(path, []), path).map((item) => {
    const peer = parseObject(item, path);
    return {
      id: parseText(peer["peerId"], `${path}.peerId`),
      roles: parseText(peer["roles"], `${path}.roles`),
      best: peer["bestNumber"] == null ? null : parseCount(peer["bestNumber"], path),
    };
  });
}

export type KeyType = "aura" | "gran" | "crch";

/** Whether the node's own keystore holds a key. Unsafe: refused by most nodes. */
export async function fetchHasKey(link: Link, key: string, type: KeyType): Promise<boolean> {
  return parseBoolean(await link.request("author_hasKey", [key, type]), "author_hasKey");
}

/** One GRANDPA round as the node sees it. Ids are GRANDPA keys, 0x hex. */
export interface Round {
  round: number;
  /** Voters whose prevote has not been seen. */
  noPrevote: string[];
  noPrecommit: string[];
}

/** The round under way and those before it that are still open. Fails until the node's voter is ready. */
export async function fetchRounds(link: Link): Promise<Round[]> {
  const path = "grandpa_roundState";
  const state = parseObject(await link.request(path, []), path);
  const background = parseArray(state["background"] ?? [], `${path}.background`);
  return [state["best"], ...background].map((item) => {
    const round = parseObject(item, `${path}.best`);
    return {
      round: parseCount(round["round"], `${path}.round`),
      noPrevote: parseMissing(round["prevotes"], `${path}.prevotes`),
      noPrecommit: parseMissing(round["precommits"], `${path}.precommits`),
    };
  });
}

function parseMissing(value: unknown, path: string): string[] {
  const { missing } = parseObject(value, path);
  return parseTexts(missing, `${path}.missing`).map((id) =>
    id.startsWith("0x") ? parseHex(id, path, 32) : decodeAddress(id, path),
  );
}

function parseTexts(value: unknown, path: string): string[] {
  return parseArray(value, path).map((item) => parseText(item, path));
}
