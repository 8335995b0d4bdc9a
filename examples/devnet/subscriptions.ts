// Who listens to what, and the notifications a node sends them.
import type { Import, Node } from "./node.ts";
import { sequence } from "./random.ts";
import { runtimeVersionJson } from "./runtime.ts";

export type Topic = "newHeads" | "allHeads" | "finalizedHeads" | "runtimeVersion";

export interface Subscriber {
  subscriptions: Map<string, Topic>;
  send(text: string): void;
}

const NOTIFICATION: Record<Topic, string> = {
  newHeads: "chain_newHead",
  allHeads: "chain_allHead",
  finalizedHeads: "chain_finalizedHead",
  runtimeVersion: "state_runtimeVersion",
};

export const SUBSCRIBE: Record<string, Topic> = {
  chain_subscribeNewHeads: "newHeads",
  chain_subscribeNewHead: "newHeads",
  subscribe_newHead: "newHeads",
  chain_subscribeAllHeads: "allHeads",
  chain_subscribeFinalizedHeads: "finalizedHeads",
  chain_subscribeFinalisedHeads: "finalizedHeads",
  state_subscribeRuntimeVersion: "runtimeVersion",
  chain_subscribeRuntimeVersion: "runtimeVersion",
};

export const UNSUBSCRIBE: Record<string, Topic> = {
  chain_unsubscribeNewHeads: "newHeads",
  chain_unsubscribeNewHead: "newHeads",
  unsubscribe_newHead: "newHeads",
  chain_unsubscribeAllHeads: "allHeads",
  chain_unsubscribeFinalizedHeads: "finalizedHeads",
  chain_unsubscribeFinalisedHeads: "finalizedHeads",
  state_unsubscribeRuntimeVersion: "runtimeVersion",
  chain_unsubscribeRuntimeVersion: "runtimeVersion",
};

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Ids are random strings of 16 letters on a real node: never numbers. */
export function subscriptionId(count: number): string {
  const luck = sequence(`subscription|${count}`);
  return Array.from({ length: 16 }, () => BASE62[luck.below(BASE62.length)]).join("");
}

export function notification(topic: Topic, id: string, result: string): string {
  return `{"jsonrpc":"2.0","method":"${NOTIFICATION[topic]}","params":{"subscription":"${id}","result":${result}}}`;
}

/** Every subscription begins with the present value. */
export function currentValue(node: Node, topic: Topic): string {
  const { best, finalized } = node.chain;
  if (topic === "runtimeVersion") return runtimeVersionJson(best.state.specVersion);
  return topic === "finalizedHeads" ? finalized.headerJson : best.headerJson;
}

function tell(listeners: Iterable<Subscriber>, topic: Topic, result: string): void {
  for (const listener of listeners)
    for (const [id, wanted] of listener.subscriptions)
      if (wanted === topic) listener.send(notification(topic, id, result));
}

/** In a node's order: the import, the new best, then what became final. */
export function publish(listeners: ReadonlySet<Subscriber>, event: Import): void {
  if (listeners.size === 0) return;
  const { block, best, finalized } = event;
  tell(listeners, "allHeads", block.headerJson);
  if (best) {
    tell(listeners, "newHeads", block.headerJson);
    if (block.state.specVersion !== block.parent?.state.specVersion)
      tell(listeners, "runtimeVersion", runtimeVersionJson(block.state.specVersion));
  }
  if (finalized) tell(listeners, "finalizedHeads", finalized.headerJson);
}
