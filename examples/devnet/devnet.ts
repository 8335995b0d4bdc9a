// A Midnight-shaped node in one process: start it, drive it, ask it for the truth.
import { cardanoTime } from "./cardano.ts";
import type { Candidate } from "./keys.ts";
import { writeKeystore } from "./keystore.ts";
import { openMetrics } from "./metrics.ts";
import { type Metadata, type Node, nodeTimeMs, openNode, runSlot } from "./node.ts";
import { type DevnetOptions, type Faults, resolveOptions } from "./options.ts";
import { EPOCHS_UNTIL_ELIGIBLE, rotateKeys, type Standing } from "./registrations.ts";
import { blake2, toHex } from "./scale.ts";
import { openServer, type RpcServer } from "./server.ts";
import { tellHeads, tellTruth, type Truth } from "./truth.ts";

export type { DevnetOptions, Faults } from "./options.ts";
export type { Truth, TruthBlock } from "./truth.ts";

export interface Devnet {
  /** ws://… */
  url: string;
  httpUrl: string;
  metricsUrl: string;
  options: DevnetOptions;
  truth(): Truth;
  /** Height of the best block and of the last final one. */
  heads(): Pick<Truth, "best" | "finalized">;
  /** Runs the next slots, subscribers being told. */
  step(slots?: number): Promise<void>;
  /** The next slots fork to this depth, now or once an epoch boundary is that near. */
  fork(depth: number, atSlotsBeforeEpochEnd?: number): void;
  setFaults(faults: Partial<Faults>): void;
  setDbSync(up: boolean): void;
  setPruning(pruning: "archive" | number): void;
  /** How a candidate stands on the list from now on; its committees follow with the next selection. */
  setRegistration(index: number, standing: Standing): void;
  /** New session keys for a validator from now on; returns the index they have here. */
  rotateKeys(index: number): number;
  /** These make no blocks until told otherwise. */
  setAbsent(indexes: readonly number[]): void;
  /** What the chain's state says of an upgrade to come, from now on; null: none. */
  announceUpgrade(pending: Announced): void;
  /** The next block changes the runtime. */
  upgrade(specVersion: number): void;
  /** The node's clock, Unix ms, were it right. */
  timeMs(): number;
  /** Cuts all connections, closes the ports and comes back on the same ones. */
  restart(downMs: number): Promise<void>;
  dropConnections(): void;
  /** Requests served, by method. */
  rpcCount(): Record<string, number>;
  validator(index: number): { aura: string; gran: string; sidechain: string };
  writeKeystore(folder: string, index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Code that is authorized, by its text, or code that was handed in and waits. */
type Announced = { code: string } | { blocksLeft: number } | null;

interface Ports {
  rpc: RpcServer;
  metrics: Bun.Server<undefined>;
}

interface Running {
  node: Node;
  /** Undefined while the node is down. */
  ports: Ports | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  stopped: boolean;
}

function openPorts(node: Node, port: number, metricsPort: number): Ports {
  return { rpc: openServer(node, port), metrics: openMetrics(node, metricsPort) };
}

async function closePorts(running: Running): Promise<void> {
  const { ports } = running;
  running.ports = undefined;
  await ports?.rpc.stop();
  await ports?.metrics.stop(true);
}

function runAndPublish(running: Running): void {
  const event = runSlot(running.node);
  if (event) running.ports?.rpc.publish(event);
}

/** A block per slot by real time; late timers catch up. */
function followClock(running: Running): void {
  const { node } = running;
  const { slotMs } = node.options;
  while (node.slot < Math.floor(Date.now() / slotMs)) runAndPublish(running);
  if (running.stopped) return;
  const waitMs = (node.slot + 1) * slotMs - Date.now();
  running.timer = setTimeout(() => followClock(running), Math.max(1, waitMs + 2));
}

function candidateAt(node: Node, index: number): Candidate {
  const candidate = node.candidates[index];
  if (!candidate) throw new Error(`devnet: there is no validator ${index}`);
  return candidate;
}

function setRegistration(node: Node, index: number, standing: Standing): void {
  const { epoch } = cardanoTime(node.options.cardano, nodeTimeMs(node));
  candidateAt(node, index);
  node.registrations.standing.set(index, {
    standing,
    eligibleFrom: epoch + EPOCHS_UNTIL_ELIGIBLE,
  });
}

function announceUpgrade({ rules }: Node, pending: Announced): void {
  rules.authorized = pending && "code" in pending ? blake2(Buffer.from(pending.code)) : undefined;
  rules.blocksLeft = pending && "blocksLeft" in pending ? pending.blocksLeft : undefined;
}

function askForFork(node: Node, depth: number, slotsBeforeEpochEnd: number | undefined): void {
  if (!Number.isInteger(depth) || depth < 1) throw new Error("devnet: a fork is at least 1 deep");
  node.producer.wanted = { depth, slotsBeforeEpochEnd };
}

function connectUrl(host: string, port: number): string {
  return `${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
}

async function restart(running: Running, downMs: number): Promise<void> {
  const { node, ports } = running;
  if (!ports) throw new Error("devnet: the node is down already");
  const rpcPort = ports.rpc.port;
  const metricsPort = ports.metrics.port ?? 0;
  await closePorts(running);
  await Bun.sleep(downMs);
  if (running.stopped) return;
  node.startedAtMs = Date.now();
  node.constructed = 0;
  running.ports = openPorts(node, rpcPort, metricsPort);
}

async function step(running: Running, slots: number): Promise<void> {
  for (let i = 0; i < slots; i++) {
    runAndPublish(running);
    // Sockets get their turn between slots.
    await Bun.sleep(0);
  }
}

async function stop(running: Running): Promise<void> {
  running.stopped = true;
  clearTimeout(running.timer);
  await closePorts(running);
}

async function readMetadata(options: DevnetOptions): Promise<Metadata | undefined> {
  const { metadataFile, upgradeMetadataFile = metadataFile } = options;
  if (metadataFile === undefined || upgradeMetadataFile === undefined) return undefined;
  const [before, after] = await Promise.all(
    [metadataFile, upgradeMetadataFile].map(async (file) => toHex(await Bun.file(file).bytes())),
  );
  return before === undefined || after === undefined ? undefined : { before, after };
}

export async function startDevnet(given: Partial<DevnetOptions> = {}): Promise<Devnet> {
  const options = resolveOptions(given);
  const node = await openNode(options, await readMetadata(options));
  const ports = openPorts(node, options.port, options.metricsPort);
  const running: Running = { node, ports, timer: undefined, stopped: false };
  const address = connectUrl(options.host, ports.rpc.port);
  if (options.clock === "wall") followClock(running);
  return {
    url: `ws://${address}`,
    httpUrl: `http://${address}`,
    metricsUrl: `http://${connectUrl(options.host, ports.metrics.port ?? 0)}/metrics`,
    options,
    truth: () => tellTruth(node),
    heads: () => tellHeads(node),
    step: (slots = 1) => step(running, slots),
    fork: (depth, slotsBeforeEpochEnd) => askForFork(node, depth, slotsBeforeEpochEnd),
    setFaults: (faults) => void Object.assign(options.faults, faults),
    setDbSync: (up) => void (options.dbSync = up),
    setPruning: (pruning) => void (options.pruning = pruning),
    setRegistration: (index, standing) => setRegistration(node, index, standing),
    rotateKeys: (index) => rotateKeys(options.seed, node.candidates, node.registrations, index),
    setAbsent: (indexes) => void (node.producer.luck.absent = new Set(indexes)),
    announceUpgrade: (pending) => announceUpgrade(node, pending),
    upgrade: (specVersion) => {
      announceUpgrade(node, null);
      node.rules.upgradeAt = node.chain.best.number + 1;
      node.rules.upgradeTo = specVersion;
    },
    timeMs: () => nodeTimeMs(node) - options.faults.clockSkewMs,
    restart: (downMs) => restart(running, downMs),
    dropConnections: () => running.ports?.rpc.dropConnections(),
    rpcCount: () => Object.fromEntries(node.rpcCount),
    validator(index) {
      const { auraHex, granHex, sidechainHex } = candidateAt(node, index);
      return { aura: auraHex, gran: granHex, sidechain: sidechainHex };
    },
    writeKeystore: (folder, index) => writeKeystore(folder, candidateAt(node, index)),
    stop: () => stop(running),
  };
}
