import type { Node } from "../node.ts";
import { sequence } from "../random.ts";
import { FEATURES } from "../runtime.ts";
import { bestSpec, type Methods, plain, unsafe } from "./method.ts";

const PEERS = 12;
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

function peerId(node: Node, index: number): string {
  const luck = sequence(`${node.options.seed}|peer|${index}`);
  const letters = Array.from({ length: 44 }, () => BASE58[luck.below(BASE58.length)]);
  return `12D3KooW${letters.join("")}`;
}

function countPeers(node: Node): number {
  return node.options.faults.noPeers ? 0 : PEERS;
}

export function systemHealth(node: Node): {
  peers: number;
  isSyncing: boolean;
  shouldHavePeers: boolean;
} {
  const isSyncing = node.options.faults.syncingBehind > 0;
  return { peers: countPeers(node), isSyncing, shouldHavePeers: true };
}

/** 1000000 is 1.0.0. */
function nodeVersion(node: Node): string {
  const spec = bestSpec(node);
  const numbers = [Math.floor(spec / 1_000_000), Math.floor(spec / 1000) % 1000, spec % 1000];
  return `${numbers.join(".")}-devnet`;
}

function listPeers(node: Node): unknown[] {
  const { best } = node.chain;
  return Array.from({ length: countPeers(node) }, (_, i) => ({
    peerId: peerId(node, i + 1),
    roles: i % 3 === 0 ? "FULL" : "AUTHORITY",
    bestHash: best.hash,
    bestNumber: best.number,
  }));
}

/** Every third peer came to us. */
function endpointOf(i: number): unknown {
  const address = `/ip4/192.0.2.${i + 1}/tcp/30333`;
  if (i % 3 > 0) return { dialing: [address, "Dialer"] };
  return { listening: { local_addr: "/ip4/127.0.0.1/tcp/30333", send_back_addr: address } };
}

function networkState(node: Node): unknown {
  const connected = Array.from({ length: countPeers(node) }, (_, i) => [
    peerId(node, i + 1),
    {
      ...{ enabled: true, open: true, versionString: `Midnight Node/${nodeVersion(node)}` },
      endpoint: endpointOf(i),
      latestPingTime: { secs: 0, nanos: 30_000_000 + i * 1_000_000 },
      knownAddresses: [`/ip4/192.0.2.${i + 1}/tcp/30333`],
    },
  ]);
  return {
    peerId: peerId(node, 0),
    listenedAddresses: ["/ip4/127.0.0.1/tcp/30333"],
    externalAddresses: [],
    connectedPeers: Object.fromEntries(connected) as unknown,
    notConnectedPeers: {},
    averageDownloadPerSec: 0,
    averageUploadPerSec: 0,
    peerset: { reserved_peers: [], reserved_only: false },
  };
}

export const systemMethods: Methods = {
  system_health: plain(systemHealth),
  system_syncState: plain(({ chain, options }) => ({
    startingBlock: 0,
    currentBlock: chain.best.number,
    highestBlock: chain.best.number + options.faults.syncingBehind,
  })),
  system_version: plain(nodeVersion),
  system_name: plain(() => "Midnight Node"),
  system_chain: plain((node) => node.options.chainName),
  system_chainType: plain(() => "Live"),
  system_properties: plain((node) => ({
    genesis_state: "0x",
    genesis_extrinsics: [],
    network_id: node.options.chainName,
  })),
  system_localPeerId: plain((node) => peerId(node, 0)),
  system_localListenAddresses: plain((node) => [`/ip4/127.0.0.1/tcp/30333/p2p/${peerId(node, 0)}`]),
  system_nodeRoles: plain(() => ["Authority"]),
  system_peers: unsafe(plain(listPeers)),
  system_unstable_networkState: unsafe(plain(networkState)),
  network_peerReputations: {
    ...unsafe(plain(() => ({}))),
    available: (node) => bestSpec(node) >= 22_000,
  },
  midnight_apiVersions: plain(() => [2]),
  midnight_ledgerVersion: plain((node) => (bestSpec(node) >= 22_000 ? "ledger-8.0.0" : "ledger-6")),
  beefy_getFinalizedHead: {
    ...plain(({ chain }) => chain.finalized.hash),
    available: (node) => FEATURES.beefy(bestSpec(node)),
  },
};
