// A real mvm-sync on a real file against a node that lies, floods and talks garbage; afterwards the file is held against
// the truth, row by row, and against a file that an honest node filled.
import { readFileSync } from "node:fs";

import { openReadable } from "../../core/storage/open.ts";
import { readFinalized } from "../../core/storage/position.ts";
import type { Devnet, Truth } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { checkInvariants, compareWithTruth, findUntrueOrphans } from "../helpers/compare.ts";
import { seeded } from "../helpers/seeded.ts";
import type { SyncProcess } from "../helpers/sync-process.ts";
import { startWith, storedHeights, syncOnce, temporaryFolder } from "../helpers/sync-process.ts";
import type { HostileNode } from "./hostile-node.ts";
import { startHostileNode } from "./hostile-node.ts";

const EVERY = 12;
const GARBAGE_EVERY = 6;
const BIG_REPLIES = 20;
const BIG_BYTES = 20 * 1024 * 1024;
const TOO_MUCH = [{ bytes: BIG_BYTES }, { depth: 100_000 }, { depth: BIG_BYTES }];
const PATIENCE_MS = 60_000;
/** However slow this machine is, what was pushed is stored by then. */
const LOOKS_PER_SLOT = 40;

export interface SocketPlan {
  transport: "websocket" | "http";
  /** Replies to mutate before the node turns honest. */
  mutations: number;
  /** Heads pushed at once, by each of the ways to make them up; 0: none, and nothing else that is too much. */
  flood: number;
  seed: number;
}

export interface SocketRun extends SocketPlan {
  mutated: number;
  garbage: number;
  connections: number;
  byKind: Map<string, number>;
  flooded: number;
  blocks: number;
  unknownAuthors: number;
  wrong: string[];
  peakRssMb: number;
  logLines: number;
  log: string;
  /** What the metrics page counts: refusals by reason, requests by outcome. */
  counted: Map<string, number>;
  exitCode: number;
  seconds: number;
}

interface Stage {
  devnet: Devnet;
  node: HostileNode;
  sync: SyncProcess;
  file: string;
}

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response("") });
  const { port = 0 } = server;
  void server.stop(true);
  return port;
}

/** Lets the chain grow under the node's lies until it has told enough of them. */
async function lie({ devnet, node, sync }: Stage, plan: SocketPlan): Promise<void> {
  node.every = EVERY;
  node.garbageEvery = plan.transport === "http" ? 0 : GARBAGE_EVERY;
  for (let slot = 1; node.mutated < plan.mutations; slot++) {
    await devnet.step();
    await Bun.sleep(plan.transport === "http" ? 40 : 6);
    if (slot % 100 === 0) await sync.until("alive", () => true);
  }
}

const HEADS: Record<string, (pushed: string, i: number) => string> = {
  "made up": (pushed, i) =>
    pushed.replace(/"stateRoot":"[^"]+"/, `"stateRoot":"0x${i.toString(16).padStart(64, "0")}"`),
  "at another height": (pushed, i) =>
    pushed.replace(/"number":"[^"]+"/, `"number":"0x${(i + 1).toString(16)}"`),
  "the same": (pushed) => pushed,
  "of no subscription": (pushed, i) =>
    pushed.replace(/"subscription":"[^"]+"/, `"subscription":"${i}"`),
};

/** What is too much, each kind by itself, with the tip reached in between. Returns how many heads went out. */
async function exaggerate(stage: Stage, count: number): Promise<number> {
  const { devnet, node } = stage;
  let flooded = 0;
  for (const change of Object.values(HEADS)) {
    await comeToRest(stage);
    flooded += await node.flood(count, change);
  }
  for (let i = 0; i < BIG_REPLIES; i++) {
    await comeToRest(stage);
    node.exaggerate(TOO_MUCH[i % TOO_MUCH.length] ?? { bytes: BIG_BYTES });
    await devnet.step();
  }
  await comeToRest(stage);
  return flooded;
}

async function comeToRest({ devnet, node, sync, file }: Stage): Promise<void> {
  node.every = node.garbageEvery = 0;
  const isThere = (): boolean => {
    const { last, finalized } = storedHeights(file);
    const { best, finalized: final } = devnet.truth();
    return last === best && finalized === final;
  };
  const deadline = performance.now() + PATIENCE_MS;
  for (let looks = 0; looks === 0 || !isThere(); looks++) {
    await sync.until("alive", () => true);
    if (performance.now() > deadline) throw new Error(`no rest:\n${sync.log().slice(-3000)}`);
    // What was pushed while nobody was connected is lost: another head brings it on.
    if (looks % LOOKS_PER_SLOT === 0) await devnet.step();
    await Bun.sleep(50);
  }
}

function rowsOf(file: string, sql: string): string[] {
  using db = openReadable(file);
  return db
    .prepare<Record<string, unknown>, []>(sql)
    .all()
    .map((row) => JSON.stringify(row));
}

/** What no mutation may change, whichever way it was learnt. */
const SAME = [
  "SELECT key, value FROM meta ORDER BY key",
  `SELECT hex(aura), hex(sidechain), hex(grandpa), registration, stake, invalid_reason
   FROM authorities ORDER BY aura`,
  "SELECT from_block, spec_version FROM runtimes ORDER BY from_block",
  "SELECT source, validator, kind, before, after FROM key_changes",
];

function falsehoods(file: string, honest: string, truth: Truth): string[] {
  const wrong = [...compareWithTruth(file, truth).wrong, ...checkInvariants(file)];
  for (const sql of SAME) {
    const expected = new Set(rowsOf(honest, sql));
    const found = new Set(rowsOf(file, sql));
    for (const row of found.difference(expected)) wrong.push(`no such row: ${row}`);
    for (const row of expected.difference(found)) wrong.push(`row missing: ${row}`);
  }
  return [...wrong, ...falseForks(file, truth)];
}

/** Lost branches and finality, which the comparison of what is canonical leaves out. */
function falseForks(file: string, truth: Truth): string[] {
  // Of a fork that is still open nobody knows yet which side is lost.
  const wrong = findUntrueOrphans(file, truth);
  using db = openReadable(file);
  const final = readFinalized(db);
  const last = truth.blocks.find(({ number }) => number === truth.finalized);
  if (final?.hash !== last?.hash) wrong.push(`final: ${JSON.stringify(final)}`);
  return wrong;
}

const COUNTED = /^mvm_node_refusals_total\{reason="([^"]+)"\} (\d+)/gm;

async function readCounted(url: string): Promise<Map<string, number>> {
  const page = await (await fetch(url)).text();
  return new Map([...page.matchAll(COUNTED)].map(([, name = "", count]) => [name, Number(count)]));
}

export async function runSocketLayer(plan: SocketPlan): Promise<SocketRun> {
  const startedAt = performance.now();
  await using devnet = await startSmallDevnet({ history: 400, forkRate: 0.03, forkDepth: 3 });
  await using node = startHostileNode(devnet, seeded(plan.seed));
  node.httpOnly = plan.transport === "http";
  using folder = temporaryFolder();
  const [file, honest] = [folder.file("mvm.db"), folder.file("honest.db")];
  const config = folder.file("mvm.toml");
  const port = freePort();
  await Bun.write(
    config,
    `[rpc]\nretry_initial_delay_ms = 10\nretry_max_delay_ms = 10\n[metrics]\nlisten = "127.0.0.1:${port}"\n`,
  );
  const words = ["-r", node.url, "-d", file, "--config", config, "--daemon", "--batch-size", "10"];
  await using sync = startWith(...words, "--poll-interval", "1", "--timeout", "2000");
  const stage = { devnet, node, sync, file };
  const flooded = plan.flood === 0 ? 0 : await exaggerate(stage, plan.flood);
  await lie(stage, plan);
  await comeToRest(stage);
  const counted = await readCounted(`http://127.0.0.1:${port}/metrics`);
  const peakRssMb = rssMb(sync.pid);
  sync.kill("SIGTERM");
  const exitCode = await sync.exited;
  await syncOnce(devnet.url, honest);
  const truth = devnet.truth();
  const { blocks, unknownAuthors } = compareWithTruth(file, truth);
  const { mutated, garbage, connections, byKind } = node;
  return {
    ...plan,
    ...{ mutated, garbage, connections, byKind, flooded, blocks, unknownAuthors },
    ...{ wrong: falsehoods(file, honest, truth), peakRssMb, counted, exitCode, log: sync.log() },
    logLines: sync.log().split("\n").length - 1,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
