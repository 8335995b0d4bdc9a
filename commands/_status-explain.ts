// What each check looks at and what is normal, for --explain.
import type { CheckName } from "../core/health/report.ts";
import { THRESHOLDS } from "../core/health/thresholds.ts";

const T = THRESHOLDS;

export const EXPLAINED: Record<CheckName, string> = {
  "node.reachable":
    "Whether the node's RPC answers at all. Without it nothing else is known of the chain.",
  "node.standby":
    "Whether the other nodes of rpc.urls answer and are on our chain: one of them stands in when the first is away.",
  "node.latency": `Time of one small question. Normal: a few ms on the same machine; past ${T.latencyMs.warning} ms the node is overloaded.`,
  "node.syncing": "Whether the node is catching up. A node that syncs makes no blocks.",
  "node.peers": `Other nodes it is connected to. Normal: 8 to 50; below alerts.min_peers (3) blocks come late, with none they do not come. None while syncing for a minute after a start is normal.`,
  "node.clock": `The node's clock against ours, in steps of a slot. From ${T.clockSlots.critical} slots on its blocks are refused or late.`,
  "node.address": "Whether the node announces the address that view.expected_ip names.",
  "node.upgrade":
    "Runtime version. A change comes with a governance vote; an old node release may stop at it.",
  "chain.network": "Whether the node serves the network that chain.network names.",
  "chain.block-age": `Time since the slot of the best block. Normal: below one slot, some more by chance; from ${T.blockAgeSlots.warning} slots on a warning, from ${T.blockAgeSlots.critical} critical.`,
  "chain.finality": `Blocks between best and final. Normal: 2 to 5; past alerts.finality_lag_blocks (100) a warning, from ${T.finalityLagBlocks.critical} critical.`,
  "chain.db-sync": `Age of the latest Cardano block the node's db-sync has. Normal: below a minute, since Cardano makes one every 20 s on average. Without db-sync a validator makes no blocks.`,
  "chain.upgrade-ahead":
    "Whether the chain has decided on a new runtime that is not in force yet: time to update the node.",
  "host.disk":
    "Free space of the machine's fullest disk. Low is a small part that is also few bytes.",
  "host.memory": "Memory that can be had without swapping.",
  "database.present": "Whether mvm's own database is there, and for this chain.",
  "database.lag": `Blocks our database is behind the node. Normal: 0 or 1 while mvm-sync runs.`,
  "database.gaps": "Blocks missing between the first and last stored. Never more than 0.",
  "database.unattributed":
    "Blocks whose author is not known. Normal: 0; some at the start of a database made on a pruned node, until their seals are tried.",
  "database.disk":
    "Space left where our database lies; a year of blocks takes less than half a gigabyte.",
  "validator.keystore":
    "Keys by file name in the keystore: one each of sidechain, Aura and GRANDPA. Old ones do no harm.",
  "validator.loaded":
    "Whether the node says that it holds the keys. It only tells where unsafe RPC is on; not knowing is fine.",
  "validator.keys-match":
    "Whether the keys we hold are those registered on the chain. With others every turn is missed.",
  "validator.registration":
    "How the chain lists the validator: permissioned, registered, invalid with the chain's reason, or not at all. A registration counts two Cardano epochs after it was made.",
  "validator.committee":
    "Seats in the committee now. Registered validators are drawn by stake, so none now and then is normal.",
  "validator.next-committee": "Seats in the committee that follows.",
  "validator.production": "Blocks made of the turns that came so far in this epoch.",
  "validator.missed":
    "Turns of this epoch that passed without a block of it. Those whose block lost to another branch are counted as orphaned.",
  "validator.orphaned":
    "Its blocks of this epoch that another branch replaced. One now and then is normal.",
  "validator.last-block": "When it last made a block that is in the chain.",
  "validator.next-slot": "When its next turn comes. Exact: Aura goes round the committee's list.",
  "validator.grandpa":
    "Whether its finality vote is seen in the rounds under way, not whether it ever was.",
};
