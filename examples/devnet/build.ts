// Makes one sealed block with its prepared JSON.
import { bodyRoot } from "./body-root.ts";
import type { Block } from "./chain.ts";
import { DIGEST, finishHeader, sealHeader } from "./header.ts";
import type { Candidate } from "./keys.ts";
import { sequence } from "./random.ts";
import { applyBlock, type ChainState, FEATURES, type Rules, type Transition } from "./runtime.ts";
import { blake2, bytesOf, compact, fromHex, toHex, u32 } from "./scale.ts";

const NO_HASH = Buffer.alloc(32);
/** Cardano makes a block every 20 s on average. */
const MAINCHAIN_BLOCK_MS = 20_000;
/** A block is made a little after its slot begins. */
const TIMESTAMP_DELAY_MS = 2;

export interface Builder {
  seed: string;
  slotMs: number;
  candidates: readonly Candidate[];
  rules: Rules;
  /** Bodies hold calls of the real runtime, for clients that have its metadata. */
  decodable: boolean;
  babeFrom: number | undefined;
  opaqueBodies: boolean;
}

/** BABE's own draw of authors is not modelled: the rota goes on in secret, told by the index alone. */
export function isBabe(number: number, babeFrom: number | undefined): boolean {
  return babeFrom !== undefined && number >= babeFrom;
}

function root(label: string, ...over: Uint8Array[]): Buffer {
  return blake2(Buffer.concat([Buffer.from(label), ...over]));
}

function blockJson(headerJson: string, extrinsics: readonly Buffer[]): string {
  return [
    `{"block":{"header":`,
    headerJson,
    `,"extrinsics":[`,
    extrinsics.map((bytes) => `"${toHex(bytes)}"`).join(","),
    `]},"justifications":null}`,
  ].join("");
}

function timestampInherent(spec: number, ms: number): Buffer {
  return bytesOf(
    Buffer.concat([Buffer.from([FEATURES.extrinsicVersion(spec), 1, 0]), compact(ms)]),
  );
}

/** Timestamp.set, a few opaque inherents and now and then a transaction of some size. */
function makeBody(spec: number, timestampMs: number, salt: Uint8Array): Buffer[] {
  const luck = sequence(salt);
  const body = [timestampInherent(spec, timestampMs)];
  const bare = FEATURES.extrinsicVersion(spec);
  const inherents = 2 + luck.below(3);
  for (let i = 0; i < inherents; i++) {
    const call = Buffer.from([bare, 5 + i, luck.below(4)]);
    body.push(bytesOf(Buffer.concat([call, luck.bytes(8 + luck.below(150))])));
  }
  if (luck.below(10) === 0) {
    const call = Buffer.from([bare, 20, 0]);
    body.push(bytesOf(Buffer.concat([call, luck.bytes(1000 + luck.below(4000))])));
  }
  return body;
}

/** A call without a signature: pallet, call, arguments. */
function bare(spec: number, pallet: number, call: number, args: Uint8Array): Buffer {
  const head = Buffer.from([FEATURES.extrinsicVersion(spec), pallet, call]);
  return bytesOf(Buffer.concat([head, args]));
}

/** Never a pallet of any Midnight runtime: what a client can only call unknown. */
const NO_PALLET = 250;

/**
 * Calls whose places in the runtime are known from recorded metadata: Timestamp.set, a system transaction,
 * now and then a user's; and every fifth block one that stands elsewhere after an upgrade, and one of no pallet.
 */
function makeDecodableBody(
  spec: number,
  timestampMs: number,
  number: number,
  salt: Uint8Array,
): Buffer[] {
  const luck = sequence(salt);
  const systemTransaction = bytesOf(luck.bytes(8 + luck.below(150)));
  const body = [timestampInherent(spec, timestampMs), bare(spec, 6, 0, systemTransaction)];
  if (luck.below(4) === 0)
    body.push(bare(spec, 5, 0, bytesOf(luck.bytes(1000 + luck.below(4000)))));
  if (number % 5 === 0) {
    const stalled = Buffer.concat([u32(10), u32(number)]);
    body.push(bare(spec, FEATURES.grandpaPallet(spec), 2, stalled));
    body.push(bare(spec, NO_PALLET, 0, luck.bytes(20)));
  }
  return body;
}

export function buildGenesis(seed: string, state: ChainState, opaqueBodies = false): Block {
  const salt = Buffer.from(seed);
  const spec = state.specVersion;
  const { hash, json } = finishHeader({
    parentHash: NO_HASH,
    number: 0,
    stateRoot: root("state", salt),
    extrinsicsRoot: opaqueBodies ? root("extrinsics", salt) : bodyRoot([]),
    logs: FEATURES.genesisVersionLog(spec) ? [DIGEST.version(spec)] : [],
  });
  return {
    number: 0,
    hash: toHex(hash),
    parent: undefined,
    slot: 0,
    author: -1,
    extrinsics: 0,
    rotation: false,
    state,
    headerJson: json,
    blockJson: blockJson(json, []),
  };
}

function digestLogs(
  builder: Builder,
  parent: Block,
  slot: number,
  salt: Uint8Array,
  { state, rotation, upgraded }: Transition,
): Buffer[] {
  // The runtime that builds the block is its parent's.
  const spec = parent.state.specVersion;
  const mainchainBlock = Math.floor((slot * builder.slotMs) / MAINCHAIN_BLOCK_MS);
  const seats = parent.state.committee.seats.length;
  const logs = [
    isBabe(parent.number + 1, builder.babeFrom)
      ? DIGEST.babeSlot(slot % seats, slot)
      : DIGEST.slot(slot),
    DIGEST.mainchainHash(root(`${builder.seed}|mainchain|${mainchainBlock}`)),
    DIGEST.version(spec),
  ];
  if (FEATURES.beefy(spec)) logs.push(DIGEST.mmrRoot(root("mmr", salt)));
  if (rotation) logs.push(...state.committee.logs.map(DIGEST.logged));
  if (upgraded) logs.push(DIGEST.codeChanged());
  return logs;
}

export function buildBlock(builder: Builder, parent: Block, slot: number, author: number): Block {
  const candidate = builder.candidates[author];
  if (!candidate) throw new Error(`devnet: no candidate ${author}`);
  const number = parent.number + 1;
  const transition = applyBlock(parent, slot, builder.rules);
  const parentHash = fromHex(parent.hash);
  const salt = root(`${builder.seed}|${slot}`, parentHash);
  const timestampMs = slot * builder.slotMs + TIMESTAMP_DELAY_MS;
  const spec = parent.state.specVersion;
  const body = builder.decodable
    ? makeDecodableBody(spec, timestampMs, number, salt)
    : makeBody(spec, timestampMs, salt);
  const stateRoot = root("state", salt);
  const extrinsicsRoot = builder.opaqueBodies ? root("extrinsics", ...body) : bodyRoot(body);
  const logs = digestLogs(builder, parent, slot, salt, transition);
  const { hash, json } = sealHeader(
    { parentHash, number, stateRoot, extrinsicsRoot, logs },
    candidate,
    isBabe(number, builder.babeFrom) ? "BABE" : "aura",
  );
  return {
    number,
    hash: toHex(hash),
    parent,
    slot,
    author,
    extrinsics: body.length,
    rotation: transition.rotation,
    state: transition.state,
    headerJson: json,
    blockJson: blockJson(json, body),
  };
}
