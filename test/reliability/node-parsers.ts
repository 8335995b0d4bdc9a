import { inspectBlock } from "../../core/chain/inspect.ts";
import type { Link } from "../../core/chain/link.ts";
// Everything in core that reads a node's reply, each with what may come of it.
import { parseMetrics } from "../../core/chain/metrics.ts";
import { fetchOutlook } from "../../core/chain/outlook.ts";
import { fetchPendingUpgrade } from "../../core/chain/pending-upgrade.ts";
import * as node from "../../core/chain/rpc-node.ts";
import * as rpc from "../../core/chain/rpc.ts";
import * as runtime from "../../core/chain/runtime.ts";
import { fetchVoters } from "../../core/chain/voters.ts";
import { badReply } from "../../core/parse.ts";
import { fetchIdentity } from "../../core/sync/session.ts";
import type { Header } from "../../core/types.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import * as is from "./shapes.ts";

export interface Parser {
  name: string;
  /** Share of the cases, 1 for most: what is slow gets fewer. */
  weight: number;
  read: (link: Link) => Promise<unknown>;
  /** A value that is not the true one, and that a node may rightly say all the same. Null: there is none. */
  possible: is.Shape | null;
}

const key = is.hex(32);
const registration = is.oneOf("permissioned", "registered", "invalid");
const member = { aura: key, grandpa: key, sidechain: is.hex(33), registration };
const committee = is.object({ epoch: is.count, members: is.list(is.object(member)) });
const candidate = is.object({
  ...member,
  ...{ pool: is.orNull(is.text), stake: is.orNull(is.lovelace), invalidReason: is.orNull(is.text) },
});
const constants = { slotDurationMs: is.count, slotsPerEpoch: is.count };
const digest = is.object({
  engine: is.oneOf("aura", "babe", null),
  ...{ slot: is.orNull(is.count), authorityIndex: is.orNull(is.count) },
  newAuthorities: is.orNull(is.list(key)),
  specVersion: is.orNull(is.count),
  seal: is.orNull((value) => is.hex(64)(`0x${String(value)}`)),
});
const header = is.object({ number: is.count, hash: key, parentHash: key, digest, preHash: key });
const position = { epoch: is.count, slot: is.orNull(is.count) };

/** A header without its function: the hash it would sign stands in its place. */
function plain(value: Header): unknown {
  return { ...value, preHash: `0x${Buffer.from(value.preHash()).toString("hex")}` };
}

/** Pushed heads, by a link that hands over one item at once. */
async function pushedHead(link: Link): Promise<unknown> {
  const item = await link.request("chain_getHeader", []);
  let found: unknown;
  const pushing: Link = {
    ...link,
    subscribe: async (_, onItem) => {
      onItem(item);
      return { close: () => undefined };
    },
  };
  await rpc.subscribeHeads(
    pushing,
    "all",
    (each) => (found = plain(each)),
    (error) => (found = error),
  );
  if (found instanceof Error) throw found;
  return found;
}

async function metricsOf(link: Link): Promise<unknown> {
  const value = await link.request("metrics", []);
  if (typeof value !== "string") throw badReply("metrics", "text", null);
  return parseMetrics(value);
}

function aboutBlocks(devnet: Devnet): Parser[] {
  const { blocks, genesisHash } = devnet.truth();
  const hashes = blocks.slice(-12).map(({ hash }) => hash);
  const rotation = blocks.findLast((block) => block.rotation)?.hash ?? genesisHash;
  const [hash = ""] = hashes;
  const author = blocks.find((block) => block.hash === hash)?.author ?? null;
  const only = { weight: 1, possible: null };
  return [
    { ...only, name: "header by hash", read: async (l) => plain(await rpc.fetchHeader(l, hash)) },
    {
      ...{ ...only, weight: 2, name: "rotation header by hash" },
      read: async (l) => plain(await rpc.fetchHeader(l, rotation)),
    },
    {
      ...only,
      name: "genesis header",
      read: async (l) => plain(await rpc.fetchHeader(l, genesisHash)),
    },
    {
      ...{ name: "headers", weight: 1, possible: null },
      read: async (l) => (await rpc.fetchHeaders(l, hashes)).map(plain),
    },
    {
      ...{ name: "blocks", weight: 1, possible: null },
      read: async (l) =>
        (await rpc.fetchBlocks(l, hashes)).map((block) => ({
          ...block,
          header: plain(block.header),
        })),
    },
    {
      name: "best header",
      weight: 2,
      read: async (l) => plain(await rpc.fetchHeader(l)),
      possible: header,
    },
    { name: "pushed head", weight: 2, read: pushedHead, possible: header },
    {
      ...{ name: "whole block", weight: 0.2, possible: () => true },
      read: async (l) => await inspectBlock(l, hash, author),
    },
    { name: "hash", weight: 1, read: (l) => rpc.fetchHash(l, 7), possible: is.orNull(key) },
    { name: "hashes", weight: 1, read: (l) => rpc.fetchHashes(l, 3, 12), possible: is.list(key) },
    { name: "finalized hash", weight: 1, read: rpc.fetchFinalizedHash, possible: key },
    {
      ...{ name: "identity", weight: 1, read: fetchIdentity },
      possible: is.object({ name: is.text, genesisHash: key, block1Hash: is.orNull(key) }),
    },
  ];
}

function aboutState(devnet: Devnet): Parser[] {
  const hash = devnet.truth().blocks.at(-1)?.hash ?? "";
  return [
    { name: "constants", weight: 1, read: runtime.fetchConstants, possible: is.object(constants) },
    {
      ...{ name: "authorities", weight: 1, possible: is.list(key) },
      read: (l) => runtime.fetchAuthorities(l, hash),
    },
    {
      ...{ name: "committee", weight: 1, read: runtime.fetchCommittee },
      possible: is.list(is.object(member)),
    },
    {
      ...{ name: "next committee", weight: 1, possible: is.orNull(committee) },
      read: (l) => runtime.fetchNextCommittee(l, hash),
    },
    {
      name: "engine",
      weight: 1,
      read: runtime.fetchActiveEngine,
      possible: is.oneOf("aura", "babe"),
    },
    {
      ...{ name: "runtime version", weight: 1, read: rpc.fetchRuntimeVersion },
      possible: is.object({ specVersion: is.count, apis: is.map(is.hex(8), is.count) }),
    },
    { name: "voters", weight: 1, read: fetchVoters, possible: is.list(key) },
    {
      ...{ name: "pending upgrade", weight: 1, read: (l) => fetchPendingUpgrade(l, hash) },
      possible: is.orNull(is.object({ codeHash: is.orNull(key), blocksLeft: is.orNull(is.count) })),
    },
    {
      ...{ name: "outlook", weight: 1, read: fetchOutlook },
      possible: is.object({
        ...{ chain: is.object(constants), lastBlock: is.count, lastSlot: is.orNull(is.count) },
        ...{ followsRota: is.flag, lastList: is.list(key) },
        ...{ authorities: is.orNull(is.list(key)), next: is.orNull(is.list(key)) },
      }),
    },
    {
      ...{ name: "candidates", weight: 0.3, read: (l) => rpc.fetchCandidates(l, 1000) },
      possible: is.list(candidate),
    },
  ];
}

function aboutNode(devnet: Devnet): Parser[] {
  const round = is.object({ round: is.count, noPrevote: is.list(key), noPrecommit: is.list(key) });
  const connection = is.object({
    direction: is.oneOf("in", "out", null),
    address: is.orNull(is.text),
  });
  return [
    { name: "chain name", weight: 1, read: rpc.fetchChainName, possible: is.text },
    { name: "node version", weight: 1, read: rpc.fetchNodeVersion, possible: is.text },
    {
      ...{ name: "health", weight: 1, read: node.fetchHealth },
      possible: is.object({ peers: is.count, syncing: is.flag, shouldHavePeers: is.flag }),
    },
    {
      ...{ name: "sync state", weight: 1, read: node.fetchSyncState },
      possible: is.object({ current: is.count, highest: is.orNull(is.count) }),
    },
    {
      ...{ name: "status", weight: 1, read: node.fetchStatus },
      possible: is.object({
        sidechain: is.object(position),
        mainchain: is.object({ epoch: is.count, slot: is.count }),
      }),
    },
    { name: "peer id", weight: 1, read: node.fetchLocalPeerId, possible: is.text },
    { name: "addresses", weight: 1, read: node.fetchListenAddresses, possible: is.list(is.text) },
    {
      name: "external addresses",
      weight: 0.3,
      read: node.fetchExternalAddresses,
      possible: is.list(is.text),
    },
    {
      name: "connections",
      weight: 0.3,
      read: node.fetchConnections,
      possible: is.map(is.text, connection),
    },
    {
      ...{ name: "peers", weight: 0.5, read: node.fetchPeers },
      possible: is.list(is.object({ id: is.text, roles: is.text, best: is.orNull(is.count) })),
    },
    {
      ...{ name: "key held", weight: 1, possible: is.flag },
      read: (l) => node.fetchHasKey(l, devnet.validator(0).aura, "aura"),
    },
    { name: "rounds", weight: 1, read: node.fetchRounds, possible: is.list(round) },
    {
      ...{ name: "metrics", weight: 0.3, read: metricsOf },
      possible: is.list(
        is.object({
          ...{ name: (value) => typeof value === "string", labels: () => true },
          value: (value) => typeof value === "number" && !Number.isNaN(value),
        }),
      ),
    },
  ];
}

export function parsersFor(devnet: Devnet): Parser[] {
  return [...aboutBlocks(devnet), ...aboutState(devnet), ...aboutNode(devnet)];
}
