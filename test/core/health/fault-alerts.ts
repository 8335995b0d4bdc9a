// What each fault of the list makes mvm-sync tell, and how it ends.
import { Database } from "bun:sqlite";
import { copyFileSync, readdirSync, rmSync } from "node:fs";

import { join } from "pathe";

import { NO_FAULTS } from "../../../examples/devnet/options.ts";
import type { Alarm } from "../../helpers/alarm.ts";
import type { World } from "../../helpers/health-world.ts";
import { MACHINE } from "../../helpers/health-world.ts";

export interface Told {
  /** Slots followed until the chain is certain of it. */
  follow?: number;
  /** Troubles, by severity and title. Each recovers when the fault ends. */
  raises: string[];
  /** Facts that have no end. */
  notes?: string[];
  /** Further ones that come by the fault's end. */
  after?: string[];
  /** What is more to do than to undo it. */
  mend?: (world: World, alarm: Alarm) => Promise<void>;
}

/** Hidden, switched off, no fault at all, or about a file no running sync has: there is nothing to tell. */
const NOTHING: Told = { raises: [] };

/** Undoes whatever a fault can have done. */
export function openMending(world: World): () => Promise<void> {
  const { devnet, keystore } = world;
  const { faults: _faults, ...options } = devnet.options;
  const settings = { ...world.settings };
  const copy = world.path("copy.db");
  copyFileSync(world.file, copy);
  return async () => {
    Object.assign(devnet.options, options);
    devnet.setFaults(NO_FAULTS);
    devnet.setAbsent([]);
    devnet.setRegistration(world.index, "valid");
    world.machine = MACHINE;
    world.settings = settings;
    await devnet.writeKeystore(keystore, world.index);
    putBack(world.file, copy);
    await devnet.step(3);
    await world.sync();
  };
}

/** Blocks the file once had and has no more. */
function putBack(file: string, copy: string): void {
  using db = new Database(file);
  db.prepare("ATTACH ? AS copy").run(copy);
  db.run("INSERT OR IGNORE INTO blocks SELECT * FROM copy.blocks");
}

/** The operator puts the registered keys into the keystore, and into the node. */
async function takeNewKeys(world: World): Promise<void> {
  const { devnet, keystore } = world;
  for (const name of readdirSync(keystore)) rmSync(join(keystore, name));
  world.index = devnet.options.validators;
  devnet.options.operator = world.index;
  await devnet.writeKeystore(keystore, world.index);
  await world.sync();
}

/** A seat comes with a committee chosen after the registration. */
async function untilSeated({ devnet }: World, alarm: Alarm): Promise<void> {
  await alarm.follow(3 * devnet.options.slotsPerEpoch);
}

async function untilOwnBlock({ devnet, index }: World, alarm: Alarm): Promise<void> {
  const { aura } = devnet.validator(index);
  const final = (): boolean => {
    const { blocks, finalized } = devnet.truth();
    return blocks.findLast(({ number }) => number === finalized)?.author === aura;
  };
  do await alarm.follow(1);
  while (!final());
}

/** The announced runtime comes, and with it the end of the announcement. */
async function takeUpgrade({ devnet }: World, alarm: Alarm): Promise<void> {
  devnet.upgrade(1_002_000);
  await alarm.follow(12);
}

/** Low production is forgotten where the next epoch has enough turns to be judged by. */
async function untilNextEpoch({ devnet }: World, alarm: Alarm): Promise<void> {
  await alarm.follow(2 * devnet.options.slotsPerEpoch);
}

export const TOLD: Record<string, Told> = {
  "the node is off": { raises: ["CRITICAL Node unreachable"] },
  "the node's RPC hangs": { raises: ["CRITICAL Node unreachable"] },
  "the node's RPC and its metrics hang": { raises: ["CRITICAL Node unreachable"] },
  "the chain stands still for five slots": {
    raises: ["WARNING Chain stalled"],
    after: ["WARNING Missed slot"],
  },
  "the chain stands still for two minutes": {
    raises: ["CRITICAL Chain stalled"],
    // Nobody made a block: turns of ours are among those, and are told as facts, not as our failure.
    after: Array<string>(6).fill("WARNING Missed slot"),
  },
  "finality stands still": { raises: ["WARNING Finality stalled"] },
  "no peers": { raises: ["CRITICAL Few peers"] },
  "the node is syncing": { raises: ["WARNING Node is still syncing"] },
  "db-sync is down": { raises: ["CRITICAL db-sync behind"] },
  "db-sync is ten minutes behind": { raises: ["WARNING db-sync behind"] },
  "db-sync is an hour behind": { raises: ["CRITICAL db-sync behind"] },
  "the node's clock is 90 seconds ahead": { raises: ["CRITICAL Clocks differ"] },
  "the node's clock is 12 seconds behind": { raises: ["WARNING Clocks differ"] },
  "the status has no slot": NOTHING,
  "the node has not loaded our keys": { raises: ["CRITICAL Key not loaded in the node"] },
  "other keys are registered than ours": {
    raises: ["CRITICAL Keys differ from the registered ones"],
    after: ["WARNING Keys changed", "WARNING Keys changed"],
    mend: takeNewKeys,
  },
  "the GRANDPA key is not in the keystore": { raises: ["CRITICAL Key missing in the keystore"] },
  "the keystore cannot be listed": { raises: ["WARNING Key missing in the keystore"] },
  "the registration is invalid": { raises: ["CRITICAL Registration not valid"] },
  "not registered": { raises: ["CRITICAL Registration not valid"] },
  "registered, eligible two Cardano epochs later: no fault": NOTHING,
  "registered anew with a mistake": { raises: ["WARNING Registration not valid"] },
  "left the committee, its registration gone": {
    raises: ["CRITICAL Registration not valid"],
    follow: 130,
    notes: ["INFO Left the committee", "WARNING Registration changed"],
    after: ["INFO Entered the committee", "WARNING Registration changed"],
    mend: untilSeated,
  },
  "one turn missed": { raises: [], follow: 12, notes: ["WARNING Missed slot"] },
  "three turns missed in a row": {
    raises: ["CRITICAL Missed turns in a row"],
    follow: 3,
    notes: ["WARNING Missed slot", "WARNING Missed slot", "WARNING Missed slot"],
    // Three of the epoch's first five turns are more than half.
    after: ["WARNING Low block production", "RECOVERED Low block production"],
    mend: untilOwnBlock,
  },
  "no block of five turns": {
    raises: ["CRITICAL Missed turns in a row", "CRITICAL Low block production"],
    follow: 3,
    notes: [
      "WARNING Missed slot",
      "WARNING Missed slot",
      "WARNING Missed slot",
      "WARNING Missed slot",
      "WARNING Missed slot",
    ],
    mend: untilNextEpoch,
  },
  "our votes are not seen": { raises: ["WARNING Not voting on finality"] },
  "no next committee is set": NOTHING,
  "safe RPC": NOTHING,
  "safe RPC, candidates in their old shape": NOTHING,
  "the node keeps eight blocks of state: no fault": NOTHING,
  "the node's metrics are off: nothing rests on them": NOTHING,
  "the node's metrics hang: nothing rests on them": NOTHING,
  "the runtime was just upgraded": { raises: [], follow: 12, notes: ["INFO Runtime upgraded"] },
  "another network than configured": { raises: ["CRITICAL Node on another network"] },
  "another address expected than the private one the node names": NOTHING,
  "the machine's disk is nearly full": { raises: ["CRITICAL Disk nearly full"] },
  "the machine is short of memory": { raises: ["WARNING Memory nearly used up"] },
  "node_exporter is off": NOTHING,
  "no database": NOTHING,
  "a file that is no database": NOTHING,
  "the database of another chain": {
    raises: ["CRITICAL Key not loaded in the node", "CRITICAL Registration not valid"],
  },
  "the database is twenty blocks behind": { raises: ["WARNING mvm-sync is behind"] },
  "the database is a hundred and ten blocks behind": { raises: ["CRITICAL mvm-sync is behind"] },
  "the database lost a block": { raises: ["CRITICAL Blocks missing in the database"] },
  "an author is not known": NOTHING,
  "the first of two nodes is off": { raises: ["WARNING Another node unreachable"] },
  "the first of two nodes hangs": { raises: ["WARNING Another node unreachable"] },
  "the first of two nodes is on another chain": { raises: ["WARNING Another node unreachable"] },
  "both of two nodes are off": { raises: ["CRITICAL Node unreachable"] },
  "a block of ours lost its place": { raises: [], notes: ["WARNING Own block orphaned"] },
  "a runtime upgrade is authorized": {
    raises: ["WARNING Runtime upgrade ahead"],
    after: ["INFO Runtime upgraded"],
    mend: takeUpgrade,
  },
  "a runtime upgrade takes effect in nine blocks": {
    raises: ["WARNING Runtime upgrade ahead"],
    after: ["INFO Runtime upgraded"],
    mend: takeUpgrade,
  },
};
