// The node's process and the machine under it, as their metrics tell. Plain data; null = not told.
import type { Metrics } from "../chain/metrics.ts";
import { findSamples, findValue } from "../chain/metrics.ts";
import { availableMemory, findDisks } from "./host.ts";
import { publicAddress } from "./node-address.ts";
import type { Observation } from "./observe.ts";
import type { Told } from "./told.ts";
import { pick, valueOf } from "./told.ts";

export interface MachineFacts {
  peerId: string | null;
  /** Public, `IP:PORT`. */
  address: string | null;
  /** When the node's process started, ISO 8601. */
  startedAt: string | null;
  /** Connections by who opened them. */
  peersIn: number | null;
  peersOut: number | null;
  /** Since the process started. */
  bytesIn: number | null;
  bytesOut: number | null;
  /** Transactions ready in the pool. */
  poolReady: number | null;
  /** Of the last minute. */
  load: number | null;
  memoryUsedPercent: number | null;
  /** Of the fullest disk. */
  diskFreePercent: number | null;
}

export function describeMachine(observation: Observation): MachineFacts {
  const { metrics, host, peerId } = observation;
  const ofNode = reader(metrics);
  const ofHost = reader(host);
  const bytes = (direction: string) => (told: Metrics) =>
    findValue(told, "sub_libp2p_network_bytes_total", { direction });
  return {
    peerId: valueOf(peerId),
    address: publicAddress(observation),
    startedAt: ofNode(startOf),
    peersIn: ofNode((told) => connections(told, "in")),
    peersOut: ofNode((told) => connections(told, "out")),
    bytesIn: ofNode(bytes("in")),
    bytesOut: ofNode(bytes("out")),
    poolReady: ofNode((told) => findValue(told, "ready_transactions_number")),
    load: ofHost((told) => findValue(told, "node_load1")),
    memoryUsedPercent: ofHost(usedMemory),
    diskFreePercent: ofHost((told) => round(findDisks(told)[0]?.percent ?? null)),
  };
}

type Read = <T>(from: (told: Metrics) => T | null) => T | null;

function reader(told: Told<Metrics> | null): Read {
  return (from) => (told === null ? null : pick(told, from));
}

function round(percent: number | null): number | null {
  return percent === null ? null : Math.round(percent);
}

function usedMemory(told: Metrics): number | null {
  const free = availableMemory(told);
  return free === null ? null : round(100 - free);
}

function startOf(told: Metrics): string | null {
  const seconds = findValue(told, "process_start_time_seconds");
  const date = new Date((seconds ?? 0) * 1000);
  // A page may say anything, a moment no date can name as well.
  return date.getTime() > 0 ? date.toISOString() : null;
}

/** Opened and not closed again, for whatever reason. */
function connections(told: Metrics, direction: "in" | "out"): number | null {
  const opened = findValue(told, "sub_libp2p_connections_opened_total", { direction });
  if (opened === null) return null;
  const closed = findSamples(told, "sub_libp2p_connections_closed_total", { direction });
  return Math.max(0, opened - closed.reduce((sum, { value }) => sum + value, 0));
}
