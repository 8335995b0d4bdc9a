// RPC method names, each with the shape of its answer: the chain's here, the node's own in rpc-node.ts.
import { MonitorError } from "../errors.ts";
import {
  badReply,
  parseArray,
  parseCount,
  parseHash,
  parseHex,
  parseObject,
  parseText,
} from "../parse.ts";
import type { Block, Header, RegisteredCandidate } from "../types.ts";
import { bodyFits } from "./body.ts";
import { parseAriadne } from "./candidates.ts";
import { parseHeader } from "./header.ts";
import type { Link, Subscription } from "./link.ts";
import { fetchStatus } from "./rpc-node.ts";

export async function fetchChainName(link: Link): Promise<string> {
  return parseText(await link.request("system_chain", []), "system_chain");
}

export async function fetchNodeVersion(link: Link): Promise<string> {
  return parseText(await link.request("system_version", []), "system_version");
}

/** Hash of the node's canonical block at a height; null above its best block. */
export async function fetchHash(link: Link, number: number): Promise<string | null> {
  const value = await link.request("chain_getBlockHash", [number]);
  return value === null ? null : parseHex(value, "chain_getBlockHash", 32);
}

/** Hashes of consecutive heights in one request. */
export async function fetchHashes(link: Link, from: number, to: number): Promise<string[]> {
  return await fetchHashesOf(
    link,
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
}

/**
 * Hashes of some heights in one request. The list form is not promised by every node, so a
 * refusal or an odd answer falls back to a batch of single ones.
 */
export async function fetchHashesOf(link: Link, numbers: readonly number[]): Promise<string[]> {
  let values: unknown;
  try {
    values = await link.request("chain_getBlockHash", [numbers]);
  } catch (error) {
    if (!(error instanceof MonitorError) || error.code !== "rpc") throw error;
  }
  if (!Array.isArray(values) || values.length !== numbers.length) {
    values = await link.batch(
      "chain_getBlockHash",
      numbers.map((number) => [number]),
    );
  }
  return parseArray(values, "chain_getBlockHash").map((value) =>
    parseHex(value, "chain_getBlockHash", 32),
  );
}

export async function fetchFinalizedHash(link: Link): Promise<string> {
  return parseHex(await link.request("chain_getFinalizedHead", []), "chain_getFinalizedHead", 32);
}

/** The header of a block, or of the best block. Throws `discarded` when the node does not know it. */
export async function fetchHeader(link: Link, hash?: string): Promise<Header> {
  const value = await link.request("chain_getHeader", hash === undefined ? [] : [hash]);
  return checkedHeader(value, "chain_getHeader", hash);
}

/**
 * The last finalized header, asked for twice: nothing shows whether a block is final, and what is kept as final is
 * never given up. Of two answers the lower one holds, whichever of them is wrong.
 */
export async function fetchFinalized(link: Link): Promise<Header> {
  const one = await fetchHeader(link, await fetchFinalizedHash(link));
  const hash = await fetchFinalizedHash(link);
  if (hash === one.hash) return one;
  const other = await fetchHeader(link, hash);
  return other.number < one.number ? other : one;
}

export async function fetchHeaders(link: Link, hashes: readonly string[]): Promise<Header[]> {
  const values = await link.batch(
    "chain_getHeader",
    hashes.map((hash) => [hash]),
  );
  return values.map((value, i) => checkedHeader(value, "chain_getHeader", hashes[i]));
}

/**
 * Blocks by hash, each header hashed and compared with what was asked for, each body with its header. Where a body is
 * not what its header says, it may be that the runtime lays its tries out in another way: then the body must at least
 * be the same when asked for again.
 */
export async function fetchBlocks(link: Link, hashes: readonly string[]): Promise<Block[]> {
  const blocks = await askForBlocks(link, hashes);
  const doubtful = blocks.filter(({ fits }) => !fits);
  const again = await askForBlocks(
    link,
    doubtful.map(({ header }) => header.hash),
  );
  for (const [i, { header, extrinsics }] of doubtful.entries()) {
    if (again[i]?.extrinsics === extrinsics) continue;
    throw new MonitorError("bad-reply", `the node contradicts itself about block ${header.hash}`);
  }
  return blocks.map(({ header, extrinsics }) => ({ header, extrinsics }));
}

type AnsweredBlock = Block & { fits: boolean };

async function askForBlocks(link: Link, hashes: readonly string[]): Promise<AnsweredBlock[]> {
  const values = await link.batch(
    "chain_getBlock",
    hashes.map((hash) => [hash]),
  );
  return values.map((value, i) => parseBlock(value, hashes[i]));
}

function parseBlock(value: unknown, hash: string | undefined): AnsweredBlock {
  const path = "chain_getBlock.block";
  if (value === null) throw unknownBlock("chain_getBlock", hash);
  const block = parseObject(parseObject(value, "chain_getBlock")["block"], path);
  const header = parseObject(block["header"], `${path}.header`);
  const body = parseArray(block["extrinsics"], `${path}.extrinsics`);
  return {
    header: checkedHeader(header, `${path}.header`, hash),
    extrinsics: body.length,
    fits: bodyFits(body, parseHash(header["extrinsicsRoot"], `${path}.header.extrinsicsRoot`)),
  };
}

/** A block with what `Block` leaves out: roots, logs and bodies as they came, hex. */
export interface WholeBlock {
  header: Header;
  stateRoot: string;
  extrinsicsRoot: string;
  logs: string[];
  extrinsics: string[];
}

/** Throws `discarded` when the node does not know the block. */
export async function fetchWholeBlock(link: Link, hash: string): Promise<WholeBlock> {
  const path = "chain_getBlock";
  const value = await link.request(path, [hash]);
  if (value === null) throw unknownBlock(path, hash);
  const block = parseObject(parseObject(value, path)["block"], `${path}.block`);
  const header = parseObject(block["header"], `${path}.block.header`);
  const digest = parseObject(header["digest"], `${path}.block.header.digest`);
  const list = (each: unknown, where: string): string[] =>
    parseArray(each, where).map((item) => parseHex(item, where));
  return {
    header: checkedHeader(header, `${path}.block.header`, hash),
    stateRoot: parseHash(header["stateRoot"], `${path}.stateRoot`),
    extrinsicsRoot: parseHash(header["extrinsicsRoot"], `${path}.extrinsicsRoot`),
    logs: list(digest["logs"], `${path}.block.header.digest.logs`),
    extrinsics: list(block["extrinsics"], `${path}.block.extrinsics`),
  };
}

/** SCALE metadata of the runtime in the state of a block, hex. Throws `discarded` where it is pruned. */
export async function fetchMetadata(link: Link, hash?: string): Promise<string> {
  const path = "state_getMetadata";
  return parseHex(await link.request(path, hash === undefined ? [] : [hash]), path);
}

function checkedHeader(value: unknown, path: string, hash: string | undefined): Header {
  if (value === null) throw unknownBlock(path, hash);
  const header = parseHeader(value, path);
  if (hash !== undefined && header.hash !== hash) {
    throw badReply(path, `the header of ${hash}`, header.hash);
  }
  return header;
}

function unknownBlock(path: string, hash: string | undefined): MonitorError {
  return new MonitorError("discarded", `${path}: the node does not know block ${hash ?? "best"}`);
}

/** SCALE output of a runtime call in the state of a block. Throws `discarded` where it is pruned. */
export async function callRuntime(link: Link, name: string, hash?: string): Promise<string> {
  const params = hash === undefined ? [name, "0x"] : [name, "0x", hash];
  return parseHex(await link.request("state_call", params), name);
}

export interface RuntimeVersion {
  specVersion: number;
  /** API id (0x hex) → version. */
  apis: ReadonlyMap<string, number>;
}

export async function fetchRuntimeVersion(link: Link, hash?: string): Promise<RuntimeVersion> {
  const path = "state_getRuntimeVersion";
  const value = parseObject(await link.request(path, hash === undefined ? [] : [hash]), path);
  const apis = parseArray(value["apis"], `${path}.apis`).map((item) => {
    const [id, version] = parseArray(item, `${path}.apis`);
    return [parseHex(id, `${path}.apis`, 8), parseCount(version, `${path}.apis`)] as const;
  });
  return {
    specVersion: parseCount(value["specVersion"], `${path}.specVersion`),
    apis: new Map(apis),
  };
}

/** The latest Cardano block in the node's db-sync: not the clock. Throws `rpc` when db-sync is down. */
export async function fetchMainchainStatus(link: Link): Promise<{ epoch: number; slot: number }> {
  return (await fetchStatus(link)).mainchain;
}

/** Candidates of a Cardano epoch, under the method's new name or, before node 0.20, its old one. */
export async function fetchCandidates(
  link: Link,
  mainchainEpoch: number,
): Promise<RegisteredCandidate[]> {
  const [current, deprecated] = [
    "systemParameters_getAriadneParameters",
    "sidechain_getAriadneParameters",
  ];
  try {
    return parseAriadne(await link.request(current, [mainchainEpoch]), current);
  } catch (error) {
    if (!(error instanceof MonitorError) || error.code !== "rpc") throw error;
    return parseAriadne(await link.request(deprecated, [mainchainEpoch]), deprecated);
  }
}

const HEADS = {
  best: { subscribe: "chain_subscribeNewHeads", unsubscribe: "chain_unsubscribeNewHeads" },
  all: { subscribe: "chain_subscribeAllHeads", unsubscribe: "chain_unsubscribeAllHeads" },
  finalized: {
    subscribe: "chain_subscribeFinalizedHeads",
    unsubscribe: "chain_unsubscribeFinalizedHeads",
  },
} as const;

export type HeadKind = keyof typeof HEADS;

/** Pushed headers; one that cannot be parsed goes to `onBad`. Only on a link that can push. */
export async function subscribeHeads(
  link: Link,
  kind: HeadKind,
  onHeader: (header: Header) => void,
  onBad: (error: unknown) => void,
): Promise<Subscription> {
  if (link.subscribe === undefined) throw new MonitorError("rpc", "no subscriptions over HTTP");
  return await link.subscribe(HEADS[kind], (item) => {
    try {
      onHeader(parseHeader(item, HEADS[kind].subscribe));
    } catch (error) {
      onBad(error);
    }
  });
}
