// The faults a status must tell apart, each brought about for real, with what turns by it.
import { Database } from "bun:sqlite";
import { readdirSync, rmSync } from "node:fs";

import { join } from "pathe";

import { MACHINE } from "../../helpers/health-world.ts";
import type { World } from "../../helpers/health-world.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

export interface Fault {
  name: string;
  /** Brings it about; what it returns are further flags. */
  cause: (world: World) => Promise<string[] | void> | string[] | void;
  /** Checks that change from ok, and what they change to. */
  turns: Record<string, string>;
  code: number;
}

const FROM_FILE = ["production", "missed", "orphaned", "last-block"];
const FROM_NODE = ["loaded", "keys-match", "registration", "committee", "next-committee"];

function all(names: readonly string[], prefix: string, verdict: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${prefix}.${name}`, verdict]));
}

/** Peers are told by the metrics too. */
const NO_RPC = {
  "node.reachable": "critical",
  ...all(["latency", "syncing", "clock", "upgrade", "address"], "node", "unknown"),
  ...all(["network", "block-age", "finality", "db-sync", "upgrade-ahead"], "chain", "unknown"),
  "database.lag": "unknown",
  ...all([...FROM_NODE, "next-slot", "grandpa"], "validator", "unknown"),
};
export const NO_NODE = { ...NO_RPC, "node.peers": "unknown" };
const NO_FILE = {
  ...all(["lag", "gaps", "unattributed", "disk"], "database", "absent"),
  ...all(FROM_FILE, "validator", "unknown"),
};

/** Steps on until the first slot of an epoch has its block. */
async function stepToEpoch({ devnet }: World): Promise<void> {
  const slots = devnet.options.slotsPerEpoch;
  do await devnet.step(1);
  while ((devnet.truth().blocks.at(-1)?.slot ?? 0) % slots !== 0);
}

/** Lets the watched validator sleep through turns of a new epoch, then wakes it. */
async function sleepThrough(world: World, turns: number): Promise<void> {
  const { devnet, index } = world;
  await stepToEpoch(world);
  const own = (): number =>
    devnet.truth().missed.filter(({ author }) => author === devnet.validator(index).aura).length;
  const before = own();
  devnet.setAbsent([index]);
  while (own() < before + turns) await devnet.step(1);
  devnet.setAbsent([]);
  await world.sync();
}

async function writeOddFile(path: string): Promise<void> {
  await Bun.write(path, "this is no database, whatever its name says");
}

function removeKey({ keystore }: World, type: string): void {
  for (const name of readdirSync(keystore)) {
    if (name.startsWith(type)) rmSync(join(keystore, name));
  }
}

export const FAULTS: Fault[] = [
  {
    name: "the node is off",
    cause: () => ["-r", "ws://127.0.0.1:1", "-M", "http://127.0.0.1:1/metrics"],
    turns: NO_NODE,
    code: 2,
  },
  {
    name: "the node's RPC hangs",
    cause: ({ devnet }) => devnet.setFaults({ silent: true }),
    turns: NO_RPC,
    code: 2,
  },
  {
    name: "the node's RPC and its metrics hang",
    cause: ({ devnet }) => devnet.setFaults({ silent: true, metricsSilent: true }),
    turns: NO_NODE,
    code: 2,
  },
  {
    name: "the chain stands still for five slots",
    cause: async ({ devnet }) => {
      devnet.setFaults({ stalled: true });
      await devnet.step(5);
    },
    turns: { "chain.block-age": "warning" },
    code: 1,
  },
  {
    name: "the chain stands still for two minutes",
    cause: async ({ devnet }) => {
      devnet.setFaults({ stalled: true });
      await devnet.step(20);
    },
    turns: { "chain.block-age": "critical" },
    code: 2,
  },
  {
    name: "finality stands still",
    cause: async (world) => {
      world.devnet.setFaults({ finalityStalled: true });
      await world.devnet.step(110);
      await world.sync();
    },
    turns: { "chain.finality": "warning" },
    code: 1,
  },
  {
    name: "no peers",
    cause: ({ devnet }) => devnet.setFaults({ noPeers: true }),
    turns: { "node.peers": "critical" },
    code: 2,
  },
  {
    name: "the node is syncing",
    cause: ({ devnet }) => devnet.setFaults({ syncingBehind: 5000 }),
    turns: { "node.syncing": "warning" },
    code: 1,
  },
  {
    name: "db-sync is down",
    cause: ({ devnet }) => devnet.setDbSync(false),
    turns: {
      "chain.db-sync": "critical",
      "node.clock": "unknown",
      ...all(["registration", "keys-match"], "validator", "unknown"),
    },
    code: 2,
  },
  {
    name: "db-sync is ten minutes behind",
    cause: ({ devnet }) => devnet.setFaults({ dbSyncLagMs: 600_000 }),
    turns: { "chain.db-sync": "warning" },
    code: 1,
  },
  {
    name: "db-sync is an hour behind",
    cause: ({ devnet }) => devnet.setFaults({ dbSyncLagMs: 3_600_000 }),
    turns: { "chain.db-sync": "critical" },
    code: 2,
  },
  {
    name: "the node's clock is 90 seconds ahead",
    cause: ({ devnet }) => devnet.setFaults({ clockSkewMs: 90_000 }),
    turns: { "node.clock": "critical" },
    code: 2,
  },
  {
    name: "the node's clock is 12 seconds behind",
    cause: ({ devnet }) => devnet.setFaults({ clockSkewMs: -12_000 }),
    turns: { "node.clock": "warning" },
    code: 1,
  },
  {
    name: "the status has no slot",
    cause: ({ devnet }) => void (devnet.options.statusSlot = false),
    turns: { "node.clock": "unknown" },
    code: 0,
  },
  {
    name: "the node has not loaded our keys",
    cause: ({ devnet }) => devnet.setFaults({ keysMissing: true }),
    turns: { "validator.loaded": "critical" },
    code: 2,
  },
  {
    name: "other keys are registered than ours",
    cause: ({ devnet, index }) => void devnet.rotateKeys(index),
    turns: { "validator.keys-match": "critical" },
    code: 2,
  },
  {
    name: "the GRANDPA key is not in the keystore",
    cause: (world) => removeKey(world, "6772616e"),
    turns: { "validator.keystore": "critical", "validator.keys-match": "critical" },
    code: 2,
  },
  {
    name: "the keystore cannot be listed",
    cause: ({ keystore }) => rmSync(keystore, { recursive: true }),
    turns: {
      "validator.keystore": "warning",
      ...all([...FROM_NODE, ...FROM_FILE, "next-slot", "grandpa"], "validator", "absent"),
    },
    code: 1,
  },
  {
    name: "the registration is invalid",
    cause: ({ devnet, index }) => devnet.setRegistration(index, "invalid"),
    turns: { "validator.registration": "critical" },
    code: 2,
  },
  {
    name: "not registered",
    cause: ({ devnet, index }) => devnet.setRegistration(index, "missing"),
    turns: { "validator.registration": "critical", "validator.keys-match": "unknown" },
    code: 2,
  },
  {
    name: "registered, eligible two Cardano epochs later: no fault",
    cause: ({ devnet, index }) => devnet.setRegistration(index, "later"),
    turns: {},
    code: 0,
  },
  {
    name: "registered anew with a mistake",
    cause: ({ devnet, index }) => devnet.setRegistration(index, "renewed"),
    turns: { "validator.registration": "warning" },
    code: 1,
  },
  {
    name: "left the committee, its registration gone",
    cause: async (world) => {
      world.devnet.setRegistration(world.index, "missing");
      for (let i = 0; i < 3; i++) await stepToEpoch(world);
      await world.devnet.step(1);
      await world.sync();
    },
    turns: {
      ...all(["committee", "next-committee"], "validator", "warning"),
      "validator.registration": "critical",
      "validator.keys-match": "unknown",
    },
    code: 2,
  },
  {
    name: "one turn missed",
    cause: (world) => sleepThrough(world, 1),
    turns: { "validator.missed": "warning" },
    code: 1,
  },
  {
    name: "three turns missed in a row",
    cause: (world) => sleepThrough(world, 3),
    turns: { "validator.missed": "critical" },
    code: 2,
  },
  {
    name: "no block of five turns",
    cause: (world) => sleepThrough(world, 5),
    turns: { "validator.missed": "critical", "validator.production": "critical" },
    code: 2,
  },
  {
    name: "our votes are not seen",
    cause: ({ devnet }) => devnet.setFaults({ notVoting: true }),
    turns: { "validator.grandpa": "warning" },
    code: 1,
  },
  {
    name: "no next committee is set",
    cause: ({ devnet }) => devnet.setFaults({ noNextCommittee: true }),
    turns: { "validator.next-committee": "unknown" },
    code: 0,
  },
  {
    name: "safe RPC",
    cause: ({ devnet }) => void (devnet.options.rpcMethods = "safe"),
    turns: { "validator.loaded": "unknown" },
    code: 0,
  },
  {
    name: "safe RPC, candidates in their old shape",
    cause: ({ devnet }) =>
      void Object.assign(devnet.options, { rpcMethods: "safe", ariadneShape: "old" }),
    turns: { "validator.loaded": "unknown" },
    code: 0,
  },
  {
    name: "the node keeps eight blocks of state: no fault",
    cause: ({ devnet }) => devnet.setPruning(8),
    turns: {},
    code: 0,
  },
  {
    name: "the node's metrics are off: nothing rests on them",
    cause: ({ devnet }) => devnet.setFaults({ metricsOff: true }),
    turns: {},
    code: 0,
  },
  {
    name: "the node's metrics hang: nothing rests on them",
    cause: ({ devnet }) => devnet.setFaults({ metricsSilent: true }),
    turns: {},
    code: 0,
  },
  {
    name: "the runtime was just upgraded",
    cause: async ({ devnet }) => {
      devnet.upgrade(1_002_000);
      await devnet.step(1);
    },
    turns: { "node.upgrade": "warning" },
    code: 1,
  },
  {
    name: "another network than configured",
    cause: ({ settings }) => void (settings["chain"] = 'network = "mainnet"'),
    turns: { "chain.network": "critical" },
    code: 2,
  },
  {
    name: "another address expected than the private one the node names",
    cause: ({ settings }) => void (settings["view"] = 'expected_ip = "203.0.113.7"'),
    turns: { "node.address": "unknown" },
    code: 0,
  },
  {
    name: "the machine's disk is nearly full",
    cause: (world) => void (world.machine = MACHINE.replace("4e+11", "4e+09")),
    turns: { "host.disk": "critical" },
    code: 2,
  },
  {
    name: "the machine is short of memory",
    cause: (world) => void (world.machine = MACHINE.replace("1.6e+10", "2e+09")),
    turns: { "host.memory": "warning" },
    code: 1,
  },
  {
    name: "node_exporter is off",
    cause: (world) => void (world.machine = null),
    turns: { "host.disk": "unknown", "host.memory": "unknown" },
    code: 0,
  },
  {
    name: "no database",
    cause: ({ path }) => ["-d", path("none.db")],
    turns: { "database.present": "unknown", ...NO_FILE },
    code: 0,
  },
  {
    name: "a file that is no database",
    cause: async ({ path }) => {
      await writeOddFile(path("odd.db"));
      return ["-d", path("odd.db")];
    },
    turns: { "database.present": "warning", ...NO_FILE },
    code: 1,
  },
  {
    name: "the database of another chain",
    cause: async () => {
      const other = await startSmallDevnet({ seed: "another", rpcMethods: "unsafe" });
      others.push(other);
      return ["-r", other.url, "-M", other.metricsUrl];
    },
    turns: {
      "database.present": "critical",
      ...NO_FILE,
      ...all(["loaded", "registration"], "validator", "critical"),
      "validator.keys-match": "unknown",
      ...all(["committee", "next-committee"], "validator", "warning"),
    },
    code: 2,
  },
  {
    name: "the database is twenty blocks behind",
    cause: ({ devnet }) => devnet.step(20),
    turns: { "database.lag": "warning" },
    code: 1,
  },
  {
    name: "the database is a hundred and ten blocks behind",
    cause: ({ devnet }) => devnet.step(110),
    turns: { "database.lag": "critical" },
    code: 2,
  },
  {
    name: "the database lost a block",
    cause: ({ file, devnet }) => change(file, "DELETE FROM blocks WHERE number = ?", devnet),
    turns: { "database.gaps": "critical" },
    code: 2,
  },
  {
    name: "an author is not known",
    cause: ({ file, devnet }) =>
      change(file, "UPDATE blocks SET author = NULL WHERE number = ?", devnet),
    turns: { "database.unattributed": "warning" },
    code: 1,
  },
];

/** Devnets started by a fault, to be stopped after it. */
export const others: { stop: () => Promise<void> }[] = [];

/** Damages the row of the last block but one that is another's. */
function change(file: string, sql: string, devnet: World["devnet"]): void {
  const own = devnet.validator(8).aura;
  const { blocks } = devnet.truth();
  const block = blocks.findLast(({ author, number }) => author !== own && number < blocks.length);
  using db = new Database(file);
  db.prepare(sql).run(block?.number ?? 0);
}
