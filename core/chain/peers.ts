// What a node says of its company: how many peers, how far they are, and who they are where it may tell.
import { isCode } from "../errors.ts";
import { parseArray, parseBoolean, parseNumber, parseObject, parseString } from "../parse.ts";
import type { Link } from "./link.ts";

export interface Company {
  peers: number;
  syncing: boolean;
}

export async function fetchCompany(link: Link): Promise<Company> {
  const path = "system_health";
  const health = parseObject(await link.request(path, []), path);
  return {
    peers: parseNumber(health["peers"], `${path}.peers`),
    syncing: parseBoolean(health["isSyncing"], `${path}.isSyncing`),
  };
}

/** The highest block any peer has; null where the node does not say. */
export async function fetchHighestBlock(link: Link): Promise<number | null> {
  const path = "system_syncState";
  const highest = parseObject(await link.request(path, []), path)["highestBlock"] ?? null;
  return highest === null ? null : parseNumber(highest, `${path}.highestBlock`);
}

export interface PeerRecord {
  id: string;
  roles: string;
  best: number | null;
}

/** Null where the node's RPC is the safe one: hidden is not none. */
export async function fetchPeers(link: Link): Promise<PeerRecord[] | null> {
  const path = "system_peers";
  try {
    return parseArray(await link.request(path, []), path).map((item) => {
      const peer = parseObject(item, path);
      return {
        id: parseString(peer["peerId"], `${path}.peerId`),
        roles: parseString(peer["roles"], `${path}.roles`),
        best: peer["bestNumber"] == null ? null : parseNumber(peer["bestNumber"], path),
      };
    });
  } catch (error) {
    if (isCode(error, "rpc")) return null;
    throw error;
  }
}
