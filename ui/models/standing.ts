// What there is to show where a source has said nothing: everything unknown, nothing zero that was not counted.
import { turnsAt } from "../../core/view/ahead.ts";
import type {
  ChainFacts,
  DashboardFacts,
  NodeFacts,
  StoredTurns,
  Turns,
} from "../../core/view/messages.ts";
import type { Known } from "../feed.ts";
import { factsOf } from "../feed.ts";
import type { OurRow } from "./our-rows.ts";
import { ourRows } from "./our-rows.ts";

export const NO_CHAIN: ChainFacts = {
  ...{ name: null, constants: null, mainchain: null, first: null, last: null, finalized: null },
};

export const NO_NODE: NodeFacts = {
  ...{ url: "", state: "connecting", failure: null, heardAtMs: null, chain: null, version: null },
  ...{ transport: null, constants: null, best: null, finalized: null, mainchain: null },
  ...{ peers: null, syncing: null, highest: null, peerList: null, peersBest: null, recent: [] },
};

/** Null where the database has not said: nobody known as ours is not the same as not knowing who is. */
export interface ShownFacts extends Omit<DashboardFacts, "ours" | "alerts" | "turns"> {
  ours: OurRow[] | null;
  alerts: DashboardFacts["alerts"] | null;
  turns: Turns | null;
}

/** Null where there is no block to read them from. The node may be ahead of the file. */
export function turnsOf(
  { turns, chain }: { turns: StoredTurns | null; chain: ChainFacts },
  node: NodeFacts | null,
  nowMs: number,
): Turns | null {
  const { constants } = chain;
  if (turns === null || constants === null) return null;
  return turnsAt(turns, constants, nowMs, node?.best ?? null);
}

/** Null where nobody has said who they are. */
export function oursOf(known: Known): OurRow[] | null {
  return ourRows(factsOf(known, "dashboard")?.facts.ours ?? null, known.health);
}

/** The stored facts; with a node alone there are its own blocks to show. */
export function dashboardFacts(known: Known, nowMs: number): ShownFacts {
  const stored = factsOf(known, "dashboard")?.facts;
  const ours = oursOf(known);
  if (stored !== undefined) {
    return { ...stored, ours, turns: turnsOf(stored, known.node, nowMs) };
  }
  const { constants, finalized, recent } = known.node ?? NO_NODE;
  return {
    chain: { ...NO_CHAIN, constants, finalized },
    ...{ blocks: 0, unattributed: 0, missed: 0, ranked: 0, ours, epochs: [], turns: null },
    committees: { epoch: null, now: null, next: null },
    recent,
    alerts: null,
  };
}
