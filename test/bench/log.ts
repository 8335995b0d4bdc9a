// What logging costs: requests and statements with nobody reading, beside the same without any tracing.
//   bun test/bench/log.ts [--rounds 15] [--requests 2000]
// The ways take turns in one run, so that their ratio holds although the machine has other work.
import { parseArgs } from "node:util";

import { openLog } from "../../commands/_log.ts";
import { connect } from "../../core/chain/connect.ts";
import { openLatency } from "../../core/chain/latency.ts";
import type { LinkOptions } from "../../core/chain/link.ts";
import { traceRequests } from "../../core/chain/traced.ts";
import { echo, startFakeNode } from "../core/chain/fake-node.ts";
import { plainLog } from "../helpers/log-options.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    requests: { type: "string", default: "2000" },
  },
});

using folder = temporaryFolder();
const calls = Array.from({ length: 20 }, (_, i) => [`0x${i.toString(16).padStart(64, "0")}`]);

await using node = startFakeNode({
  onMessage: (messages, send) => send(JSON.stringify(echo(messages))),
});

function traced(level: "info" | "debug"): LinkOptions["onExchange"] {
  const log = openLog({ ...plainLog, level, file: folder.file(`${level}.log`) });
  return traceRequests(log, openLatency());
}

const ways: Record<string, LinkOptions["onExchange"]> = {
  "not traced": undefined,
  "traced, level info": traced("info"),
  "traced, level debug, JSON into a file": traced("debug"),
};

async function measure(onExchange: LinkOptions["onExchange"]): Promise<number> {
  const link = await connect(node.url, { onExchange });
  const startedAt = performance.now();
  for (let i = 0; i < Number(values.requests); i++) await link.batch("echo", calls);
  const perRequestUs = ((performance.now() - startedAt) * 1000) / Number(values.requests);
  link.close();
  return perRequestUs;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const taken = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (const way of Object.values(ways)) await measure(way);
for (let round = 0; round < Number(values.rounds); round++) {
  // Each round begins with another way: none is always first.
  const names = Object.keys(ways);
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length] ?? "";
    taken.get(name)?.push(await measure(ways[name]));
  }
}
const base = median(taken.get("not traced") ?? []);
for (const [name, each] of taken) {
  const us = median(each);
  const best = Math.min(...each);
  process.stdout.write(
    `${name.padEnd(40)} ${us.toFixed(1)} µs a batch of 20 (fastest ${best.toFixed(1)}), ×${(us / base).toFixed(3)}\n`,
  );
}
process.exit(0);
