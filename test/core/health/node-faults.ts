// Faults among several nodes: the others of the list, and who stands in.
import { startSmallDevnet } from "../chain/small-devnet.ts";
import type { Fault } from "./fault-list.ts";
import { NO_NODE, others } from "./fault-list.ts";

export const NODE_FAULTS: Fault[] = [
  {
    name: "the first of two nodes is off",
    cause: ({ devnet }) => ["-r", "ws://127.0.0.1:1", "-r", devnet.url],
    turns: { "node.standby": "warning" },
    code: 1,
  },
  {
    name: "the first of two nodes hangs",
    cause: async ({ devnet }) => {
      const other = await startSmallDevnet();
      others.push(other);
      other.setFaults({ silent: true });
      return ["-r", other.url, "-r", devnet.url];
    },
    turns: { "node.standby": "warning" },
    code: 1,
  },
  {
    name: "the first of two nodes is on another chain",
    cause: async ({ devnet }) => {
      const other = await startSmallDevnet({ seed: "another" });
      others.push(other);
      return ["-r", other.url, "-r", devnet.url];
    },
    turns: { "node.standby": "warning" },
    code: 1,
  },
  {
    name: "both of two nodes are off",
    cause: () => [
      ...["-r", "ws://127.0.0.1:1", "-r", "ws://127.0.0.1:2"],
      ...["-M", "http://127.0.0.1:1/metrics"],
    ],
    turns: { ...NO_NODE, "node.standby": "unknown" },
    code: 2,
  },
];
