// The Prometheus side: the families a Midnight node is known to export.
import type { Node } from "./node.ts";

type Labels = Record<string, string>;
type Family = [name: string, type: "gauge" | "counter", samples: [Labels, number][]];

function chainId(node: Node): string {
  return node.options.chainName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}

function chainFamilies({ chain }: Node): Family[] {
  const { best, finalized } = chain;
  return [
    [
      "substrate_block_height",
      "gauge",
      [
        [{ status: "best" }, best.number],
        [{ status: "finalized" }, finalized.number],
        [{ status: "sync_target" }, best.number],
      ],
    ],
    ["substrate_finality_grandpa_prevotes_total", "counter", [[{}, finalized.number]]],
    ["substrate_finality_grandpa_precommits_total", "counter", [[{}, finalized.number]]],
    ["substrate_finality_grandpa_round", "gauge", [[{}, finalized.number + 1]]],
    ["substrate_block_verification_and_import_time_count", "counter", [[{}, best.number]]],
    ["substrate_block_verification_and_import_time_sum", "counter", [[{}, best.number * 0.034]]],
  ];
}

function proposerFamilies({ chain, constructed }: Node): Family[] {
  const task = { kind: "blocking", reason: "finished", task_name: "basic-authorship-proposer" };
  return [
    ["substrate_proposer_block_constructed_count", "counter", [[{}, constructed]]],
    ["substrate_proposer_block_constructed_sum", "counter", [[{}, constructed * 0.021]]],
    ["substrate_proposer_number_of_transactions", "gauge", [[{}, chain.best.extrinsics]]],
    ["substrate_tasks_ended_total", "counter", [[task, constructed]]],
    ["substrate_ready_transactions_number", "gauge", [[{}, 0]]],
  ];
}

function networkFamilies(upSeconds: number, peers: number): Family[] {
  const both = (inbound: number, outbound: number): [Labels, number][] => [
    [{ direction: "in" }, inbound],
    [{ direction: "out" }, outbound],
  ];
  return [
    ["substrate_sub_libp2p_is_major_syncing", "gauge", [[{}, 0]]],
    ["substrate_sub_libp2p_peers_count", "gauge", [[{}, peers]]],
    [
      "substrate_sub_libp2p_network_bytes_total",
      "counter",
      both(48_000 + upSeconds * 5200, 51_000 + upSeconds * 4700),
    ],
    ["substrate_sub_libp2p_connections_opened_total", "counter", both(9, 15)],
    [
      "substrate_sub_libp2p_connections_closed_total",
      "counter",
      [
        [{ direction: "in", reason: "transport-error" }, 4],
        [{ direction: "out", reason: "keep-alive-timeout" }, 8],
      ],
    ],
    ["substrate_sub_libp2p_peerset_num_discovered", "gauge", [[{}, 40]]],
  ];
}

function families(node: Node): Family[] {
  const startedAtSeconds = Math.floor(node.startedAtMs / 1000);
  return [
    ...chainFamilies(node),
    ...proposerFamilies(node),
    ["substrate_process_start_time_seconds", "gauge", [[{}, startedAtSeconds]]],
    ...networkFamilies(
      Math.floor(Date.now() / 1000) - startedAtSeconds,
      node.options.faults.noPeers ? 0 : 12,
    ),
  ];
}

function metricsText(node: Node): string {
  const chain = chainId(node);
  const lines = families(node).flatMap(([name, type, samples]) => [
    `# HELP ${name} ${name.replaceAll("_", " ")}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => {
      const pairs = Object.entries({ ...labels, chain }).map(([key, text]) => `${key}="${text}"`);
      return `${name}{${pairs.join(",")}} ${value}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

export function openMetrics(node: Node, port: number): Bun.Server<undefined> {
  return Bun.serve({
    hostname: node.options.host,
    port,
    idleTimeout: 255,
    fetch(request) {
      const { faults } = node.options;
      if (faults.metricsSilent) return new Promise<Response>(() => {});
      if (faults.metricsOff) return new Response("Service unavailable", { status: 503 });
      if (new URL(request.url).pathname !== "/metrics")
        return new Response("Not found.", { status: 404 });
      return new Response(metricsText(node), {
        headers: { "content-type": "text/plain; version=0.0.4" },
      });
    },
  });
}
