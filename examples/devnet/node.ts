// The running node: its chain, its clock, and one slot after another.
import { buildBlock, type Builder, buildGenesis } from "./build.ts";
import { cardanoTime } from "./cardano.ts";
import { type Block, type Chain, finalizeTo, importBlock, openChain } from "./chain.ts";
import { type Committee, drawCommittee, genesisCommittee } from "./committee.ts";
import { findStart } from "./history.ts";
import { type Candidate, deriveCandidates } from "./keys.ts";
import type { DevnetOptions } from "./options.ts";
import { type Luck, type Producer, produceSlot, startProducer } from "./produce.ts";
import { seedNumber } from "./random.ts";
import { mayBeSeated, openRegistrations, type Registrations } from "./registrations.ts";
import type { ChainState, Rules } from "./runtime.ts";

/** Where a history under the manual clock ends unless told otherwise. */
const MANUAL_END_MS = Date.UTC(2026, 0, 1);

/** What one slot did to the node's view; told to subscribers in this order. */
export interface Import {
  block: Block;
  best: boolean;
  finalized: Block | undefined;
}

export interface Node {
  options: DevnetOptions;
  /** Grows when keys are rotated. */
  candidates: Candidate[];
  registrations: Registrations;
  rules: Rules;
  builder: Builder;
  producer: Producer<Block>;
  chain: Chain;
  /** The last slot that was run. */
  slot: number;
  startedAtMs: number;
  /** Blocks by this node's own validator since it started. */
  constructed: number;
  rpcCount: Map<string, number>;
  metadata: Metadata | undefined;
}

/** 0x hex, of the runtime at the start and of the one after an upgrade. */
export interface Metadata {
  before: string;
  after: string;
}

function makeRules(
  options: DevnetOptions,
  candidates: readonly Candidate[],
  registrations: Registrations,
): Rules {
  const drawn = new Map<number, Committee>();
  return {
    slotsPerEpoch: options.slotsPerEpoch,
    upgradeAt: options.upgradeAt,
    upgradeTo: options.upgradeTo,
    authorized: undefined,
    blocksLeft: undefined,
    committeeFor(epoch) {
      let committee = drawn.get(epoch);
      if (!committee) {
        const startMs = epoch * options.slotsPerEpoch * options.slotMs;
        const { epoch: mainchainEpoch } = cardanoTime(options.cardano, startMs);
        committee = drawCommittee(candidates, options.seed, options.seats, epoch, (candidate) =>
          mayBeSeated(registrations, candidate, mainchainEpoch),
        );
        drawn.set(epoch, committee);
      }
      return committee;
    },
  };
}

function genesisState(options: DevnetOptions, candidates: readonly Candidate[]): ChainState {
  return {
    committee: genesisCommittee(candidates),
    epoch: 0,
    next: undefined,
    setId: 0,
    session: 0,
    specVersion: options.specVersion,
  };
}

function makeLuck(options: DevnetOptions, endSlot: number): Luck {
  // Long enough for a fork begun just before to be over at the end.
  const undividedSlots = 4 * (options.forkDepth + 1) + options.finalityLag;
  return {
    seed: seedNumber(options.seed),
    missRate: options.missRate,
    forkRate: options.forkRate,
    forkDepth: options.forkDepth,
    slotsPerEpoch: options.slotsPerEpoch,
    undivided: { from: endSlot - undividedSlots, to: endSlot },
    idle: { from: 1, to: 0 },
    absent: new Set(),
  };
}

export async function openNode(
  options: DevnetOptions,
  metadata: Metadata | undefined,
): Promise<Node> {
  const { seed, validators, permissioned, slotMs, history } = options;
  const candidates = [...(await deriveCandidates(seed, validators, permissioned))];
  const registrations = openRegistrations();
  const rules = makeRules(options, candidates, registrations);
  const genesis = buildGenesis(seed, genesisState(options, candidates), options.opaqueBodies);
  // A manual clock stands still, so that the same options make the same chain on any day.
  const endsAtMs = options.clock === "manual" ? MANUAL_END_MS : Date.now();
  const endSlot = options.endSlot ?? Math.floor(endsAtMs / slotMs);
  const start = findStart(genesis, rules, makeLuck(options, endSlot), history, endSlot);
  const node: Node = {
    options,
    candidates,
    registrations,
    rules,
    builder: {
      ...{ seed, slotMs, candidates, rules },
      ...{ decodable: metadata !== undefined, babeFrom: options.babeFrom },
      opaqueBodies: options.opaqueBodies,
    },
    producer: startProducer(genesis, start.luck),
    chain: openChain(genesis),
    slot: start.slot - 1,
    startedAtMs: Date.now(),
    constructed: 0,
    rpcCount: new Map(),
    metadata,
  };
  while (node.slot < endSlot) {
    runSlot(node);
    // Sealing takes seconds for a long chain; let signals and timers through.
    if (node.slot % 256 === 0) await Bun.sleep(0);
  }
  node.constructed = 0;
  return node;
}

/** Runs the next slot; undefined when nobody made a block in it. */
export function runSlot(node: Node): Import | undefined {
  const { chain, producer, options } = node;
  node.slot++;
  if (options.faults.stalled) return undefined;
  const block = produceSlot(producer, node.slot, (parent, slot, author) =>
    buildBlock(node.builder, parent, slot, author),
  );
  if (!block) return undefined;
  if (block.author === options.operator) node.constructed++;
  const best = importBlock(chain, block);
  // Voters agree on nothing above the common ancestor while a fork is undecided.
  const decided = producer.fork ? producer.fork.common.number : chain.best.number;
  if (options.faults.finalityStalled) return { block, best, finalized: undefined };
  const finalized = finalizeTo(chain, Math.min(decided, chain.best.number - options.finalityLag));
  return { block, best, finalized };
}

/** Milliseconds by the node's clock: real time, or the start of the last slot run; wrong if asked to be. */
export function nodeTimeMs(node: Node): number {
  const { clock, slotMs, faults } = node.options;
  return (clock === "wall" ? Date.now() : node.slot * slotMs) + faults.clockSkewMs;
}
